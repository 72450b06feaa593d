"""Convolutions along a sentence with fewer products: Winograd's minimal filtering (Lavin and Gray 2016, after Toom and Cook).

Four outputs of a window of r inputs take r + 3 products instead of 4 r: 5 of 8, 6 of 12, 8 of 20 for windows of 2, 3 and 5.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

OUTPUTS = 4
"""Of one tile."""

_POINTS = (0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5)
"""Where the polynomials are evaluated, besides infinity: small numbers keep single precision."""


@dataclass(frozen=True)
class Filter:
    """A convolution of ``size`` steps, ready for tiles of OUTPUTS outputs; a = size + OUTPUTS - 1 inputs make one."""

    inputs: np.ndarray
    """(a, a): inputs of a tile to what is multiplied."""
    weights: np.ndarray
    """(a, channels in, channels out)"""
    outputs: np.ndarray
    """(OUTPUTS, a): products to the outputs of a tile."""

    @classmethod
    def of(cls, weights: np.ndarray) -> Filter:
        """``weights``: (size, channels in, channels out); output t is the sum of input t + k times ``weights[k]``."""
        size = len(weights)
        points = np.array(_POINTS[: size + OUTPUTS - 2])
        others = [np.delete(points, k) for k in range(len(points))]
        a = len(points) + 1
        inputs, kernel, outputs = np.zeros((a, a)), np.zeros((a, size)), np.zeros((OUTPUTS, a))
        for k, (x, rest) in enumerate(zip(points, others)):
            inputs[k, :-1] = np.poly(rest)[::-1]
            kernel[k] = x ** np.arange(size) / np.prod(x - rest)
            outputs[:, k] = x ** np.arange(OUTPUTS)
        inputs[-1] = np.poly(points)[::-1]
        kernel[-1, -1] = outputs[-1, -1] = 1
        spread = np.einsum("pk,kio->pio", kernel, weights.astype(float))
        return cls(inputs.astype(np.float32), spread.astype(np.float32), outputs.astype(np.float32))

    def apply(self, tiles: np.ndarray, work: np.ndarray, out: np.ndarray, bias: np.ndarray) -> None:
        """The outputs of n tiles, plus ``bias`` (channels out), into ``out`` (OUTPUTS, n, channels).

        ``tiles``: (a, n, channels), input k of every tile in ``tiles[k]``; overwritten, as ``work`` of the same shape is.
        """
        flat = (len(tiles), -1)
        np.matmul(self.inputs, tiles.reshape(flat), out=work.reshape(flat))
        np.matmul(work, self.weights, out=tiles)
        tiles[1] += bias  # what stands at point 1 counts once in each output
        np.matmul(self.outputs, tiles.reshape(flat), out=out.reshape(OUTPUTS, -1))
