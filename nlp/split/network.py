"""Learning the boundary network: Adam over texts, the loss of each being that of its cuts together.

A block with known beginnings wants the softmax over «one problem» and all cuts to fall on any of them; a block without
wants it to fall on «one problem».
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.split.boundary import BoundaryModel
from nlp.split.vectors import Floats

HIDDEN = 96
SEEDS = 2
EPOCHS = 10
BATCH = 64
"""Blocks in a step."""
RATE = 1e-3
WARM_STEPS = 100
DECAY = 1e-4
BETAS = (0.9, 0.999)
START_BIAS = -2.0
"""Most texts hold one problem: so say the scores at the beginning."""


@dataclass(frozen=True)
class Blocks:
    """Features of all cuts (n, f), whether a problem begins there (n,), and of each block its cuts and its weight."""

    features: Floats
    begins: NDArray[np.bool_]
    sizes: NDArray[np.int64]
    weight: Floats


@dataclass
class Layers:
    """Parameters of one network, in the order of the gradients."""

    hidden: Floats
    hidden_bias: Floats
    output: Floats
    output_bias: Floats

    def all(self) -> tuple[Floats, ...]:
        return self.hidden, self.hidden_bias, self.output, self.output_bias


def fit_boundary(blocks: Blocks, seeds: int = SEEDS) -> BoundaryModel:
    """The boundary network: `seeds` networks of one hidden layer, side by side, their scores averaged."""
    mean = blocks.features.mean(axis=0)
    scale = np.maximum(blocks.features.std(axis=0), 1e-3)
    scaled = Blocks((blocks.features - mean) / scale, blocks.begins, blocks.sizes, blocks.weight)
    networks = [_fitted(scaled, seed) for seed in range(seeds)]
    return BoundaryModel(
        mean=mean,
        scale=scale,
        hidden=np.hstack([network.hidden for network in networks]),
        hidden_bias=np.concatenate([network.hidden_bias for network in networks]),
        output=(np.concatenate([network.output for network in networks]) / seeds).astype(np.float32),
        output_bias=np.mean([network.output_bias for network in networks], axis=0, dtype=np.float32),
    )


def _fitted(blocks: Blocks, seed: int) -> Layers:
    random = np.random.default_rng(seed)
    layers = _started(blocks.features.shape[1], random)
    first = [np.zeros_like(values) for values in layers.all()]
    second = [np.zeros_like(values) for values in layers.all()]
    steps = EPOCHS * -(-len(blocks.sizes) // BATCH)
    for step, batch in enumerate(_batches(blocks, random), 1):
        rate = RATE * min(1.0, step / WARM_STEPS) * (1.0 - 0.95 * step / steps)
        for at, (values, slope) in enumerate(zip(layers.all(), _gradients(layers, *batch), strict=True)):
            first[at] = BETAS[0] * first[at] + (1 - BETAS[0]) * slope
            second[at] = BETAS[1] * second[at] + (1 - BETAS[1]) * slope**2
            mean, square = first[at] / (1 - BETAS[0] ** step), second[at] / (1 - BETAS[1] ** step)
            values -= (rate * mean / (np.sqrt(square) + 1e-8)).astype(np.float32)
    return layers


def _started(size: int, random: Any) -> Layers:
    return Layers(
        (random.normal(size=(size, HIDDEN)) / np.sqrt(size)).astype(np.float32),
        np.zeros(HIDDEN, dtype=np.float32),
        (random.normal(size=HIDDEN) / np.sqrt(HIDDEN)).astype(np.float32),
        np.array([START_BIAS], dtype=np.float32),
    )


Batch = tuple[Floats, NDArray[np.bool_], NDArray[np.int64], Floats]


def _batches(blocks: Blocks, random: Any) -> Iterator[Batch]:
    """Features, beginnings, sizes and weights of a few blocks at a time, all of them EPOCHS times."""
    ends = np.cumsum(blocks.sizes)
    starts = ends - blocks.sizes
    for _ in range(EPOCHS):
        order = random.permutation(len(blocks.sizes))
        for at in range(0, len(order), BATCH):
            chosen = order[at : at + BATCH]
            rows = np.concatenate([np.arange(starts[block], ends[block]) for block in chosen])
            yield blocks.features[rows], blocks.begins[rows], blocks.sizes[chosen], blocks.weight[chosen]


def _gradients(
    layers: Layers, features: Floats, begins: NDArray[np.bool_], sizes: NDArray[np.int64], weight: Floats
) -> tuple[Floats, ...]:
    inside = np.maximum(features @ layers.hidden + layers.hidden_bias, 0.0)
    odds = np.exp(np.clip(inside @ layers.output + layers.output_bias, -30.0, 30.0))
    starts = np.cumsum(sizes) - sizes
    share = odds / np.repeat(1.0 + np.add.reduceat(odds, starts), sizes)
    right = np.where(begins, odds, 0.0)
    total = np.add.reduceat(right, starts)
    wanted = right / np.repeat(np.where(total > 0, total, 1.0), sizes)
    error = ((share - wanted) * np.repeat(weight, sizes) / len(sizes)).astype(np.float32)
    back = np.outer(error, layers.output) * (inside > 0)
    return (
        features.T @ back + DECAY * layers.hidden,
        back.sum(axis=0),
        inside.T @ error + DECAY * layers.output,
        error.sum(keepdims=True),
    )
