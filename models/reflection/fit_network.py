"""Fit the network over an essay's sentences with PyTorch: ``pip install "xinde[encoders]"`` brings it."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from analyzer.reflection.features import SentenceTable
from analyzer.reflection.network import ContextNetwork

WIDTH, EPOCHS, BATCH, RATE, DECAY = 64, 14, 24, 4e-3, 0.05
"""As first tried; wider, narrower or longer made no difference when campaigns were left out."""
DROPOUT, WORD_DROPOUT, SMOOTHING = 0.4, 0.3, 0.05
COMMON = 0.7
"""A word is read only if it is met in this share of the training campaigns: what one topic brings cannot mislead another."""


class _Net(nn.Module):
    def __init__(self, words: int, dense: int, labels: int) -> None:
        super().__init__()
        h = WIDTH
        self.words = nn.Embedding(words, h)
        nn.init.normal_(self.words.weight, 0, 0.05)
        self.dense = nn.Linear(dense, h)
        self.near = nn.Conv1d(2 * h, h, 3, padding=1)
        self.wide = nn.Conv1d(h, h, 5, padding=2)
        self.out = nn.Linear(6 * h, labels)
        self.drop = nn.Dropout(DROPOUT)

    def forward(self, slots, offsets, weights, dense, place):
        """(essays, sentences, labels); ``place`` (essays, sentences) are rows, the row after the last one is padding."""
        real = (place < len(dense)).float()
        weights = weights * (torch.rand_like(weights) > WORD_DROPOUT) / (1 - WORD_DROPOUT)
        by_words = functional.embedding_bag(slots, self.words.weight, offsets, mode="sum", per_sample_weights=weights)
        rows = self.drop(torch.relu(torch.cat([by_words, self.dense(dense)], 1)))
        own = torch.cat([rows, rows.new_zeros(1, rows.shape[1])])[place]
        near = self.drop(torch.relu(self.near(own.transpose(1, 2))) * real[:, None])
        wide = self.drop(torch.relu(self.wide(near)) * real[:, None])
        mean = (own.sum(1) / real.sum(1, keepdim=True))[:, None].expand_as(own)
        return self.out(torch.cat([own, near.transpose(1, 2), wide.transpose(1, 2), mean], -1))


def fit_network(
    table: SentenceTable, dense: np.ndarray, label: np.ndarray, rows: np.ndarray, campaign: np.ndarray, seed: int
) -> ContextNetwork:
    """A network from the essays that hold ``rows``; other rows of these essays are context only."""
    torch.set_num_threads(1)  # the same figures on any machine, and small matrices gain nothing
    torch.manual_seed(seed)
    wanted = np.full(len(label), -1)
    wanted[rows] = label[rows]
    slots = common_slots(table, rows, campaign)
    hashed = table.hashed[:, slots].astype(np.float32)
    mean, scale = dense[rows].mean(axis=0), dense[rows].std(axis=0) + 1e-3
    inputs = torch.from_numpy(((dense - mean) / scale).astype(np.float32))
    essays = [np.flatnonzero(table.essay == k) for k in np.unique(table.essay[rows])]
    net = _Net(len(slots), dense.shape[1], int(label.max()) + 1)
    optimizer = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=DECAY)
    steps = EPOCHS * -(-len(essays) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps)
    loss_of = nn.CrossEntropyLoss(ignore_index=-1, label_smoothing=SMOOTHING)
    rng = np.random.default_rng(seed)
    for _ in range(EPOCHS):
        order = rng.permutation(len(essays))
        for start in range(0, len(order), BATCH):
            chosen = [essays[k] for k in order[start : start + BATCH]]
            held, place = np.concatenate(chosen), _places(chosen)
            bag = hashed[held]
            said = net(
                torch.from_numpy(bag.indices.astype(np.int64)), torch.from_numpy(bag.indptr[:-1].astype(np.int64)),
                torch.from_numpy(bag.data), inputs[held], torch.from_numpy(place),
            )
            target = torch.from_numpy(np.append(wanted[held], -1)[place])
            loss = loss_of(said.flatten(0, 1), target.flatten())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    w = {name: value.detach().numpy() for name, value in net.named_parameters()}
    return ContextNetwork(
        slots, w["words.weight"], mean, scale, w["dense.weight"].T, w["dense.bias"],
        w["near.weight"].transpose(2, 1, 0), w["near.bias"], w["wide.weight"].transpose(2, 1, 0), w["wide.bias"],
        w["out.weight"].T, w["out.bias"],
    )


def common_slots(table: SentenceTable, rows: np.ndarray, campaign: np.ndarray) -> np.ndarray:
    names = np.unique(campaign[rows])
    met = sum((table.hashed[rows[campaign[rows] == name]].getnnz(axis=0) > 0).astype(int) for name in names)
    return np.flatnonzero(met >= COMMON * len(names))


def _places(chosen: list[np.ndarray]) -> np.ndarray:
    total = sum(map(len, chosen))
    place, at = np.full((len(chosen), max(map(len, chosen))), total), 0
    for k, rows in enumerate(chosen):
        place[k, : len(rows)] = np.arange(at, at + len(rows))
        at += len(rows)
    return place
