"""The best chain of sentence pairs against the recurrence written down cell by cell, and how long two long texts take."""

import time

import numpy as np
from hypothesis import given, settings, strategies as st

from analyzer.copying.chain import _STEPS, best_chains


def cell_by_cell(scores: np.ndarray) -> float:
    """Smith and Waterman's recurrence: the highest total of any chain."""
    best = np.zeros(scores.shape, np.float32)
    for (i, j), score in np.ndenumerate(scores):
        before = [best[i - di, j - dj] - np.float32(cost) for di, dj, cost in _STEPS if i >= di and j >= dj]
        best[i, j] = max([np.float32(0), *before]) + score
    return max(0.0, float(best.max()))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=1, max_size=5), st.integers(0, 2**32 - 1))
def test_the_same_total_as_cell_by_cell_and_a_path_that_steps_as_it_may(shapes, seed):
    chance = np.random.default_rng(seed)
    scores = [chance.normal(-0.3, 1, shape).astype(np.float32).round(1) for shape in shapes]
    for given_scores, (total, path) in zip(scores, best_chains(scores)):
        assert np.isclose(total, cell_by_cell(given_scores), atol=1e-4)
        steps = [(i - h, j - k) for (h, k), (i, j) in zip(path, path[1:])]
        costs = {(di, dj): cost for di, dj, cost in _STEPS}
        assert set(steps) <= set(costs)
        assert np.isclose(total, sum(given_scores[cell] for cell in path) - sum(costs[step] for step in steps), atol=1e-4)


def test_two_texts_of_a_thousand_sentences_take_seconds():
    began = time.process_time()
    best_chains([np.full((1000, 1000), 0.5, np.float32)])
    assert time.process_time() - began < 10
