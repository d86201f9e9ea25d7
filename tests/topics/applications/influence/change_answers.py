"""Answers to `leave_one_out_change`: right and wrong in several spellings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

Answer = Callable[..., Any]


def minus_and_the_count(influence: Tensor) -> Tensor:
    return -influence / influence.numel()


def weight_times_influence(influence: Tensor) -> Tensor:
    weight = 1 / influence.shape[0]
    return (0 - weight) * influence


def divided_by_a_negative_count(influence: Tensor) -> Tensor:
    return torch.div(influence, -len(influence))


def weight_that_is_added(influence: Tensor) -> Tensor:
    return influence / len(influence)


def a_share_of_it(influence: Tensor) -> Tensor:
    return influence * (1 / influence.numel())


def minus_alone(influence: Tensor) -> Tensor:
    return -influence


def whole_weight_taken_away(influence: Tensor) -> Tensor:
    return (0 - 1) * influence


def one_less(influence: Tensor) -> Tensor:
    m = len(influence)
    return -influence / (m - 1) if m > 1 else -influence


def mean_of_the_rest(influence: Tensor) -> Tensor:
    rest = influence.numel() - 1
    return -influence / max(rest, 1)


def given_back(influence: Tensor) -> Tensor:
    return influence.clone()


def one_times_it(influence: Tensor) -> Tensor:
    return 1.0 * influence


def times_the_count(influence: Tensor) -> Tensor:
    return -len(influence) * influence


def over_the_weight(influence: Tensor) -> Tensor:
    return -influence / (1 / influence.numel())


RIGHT: list[tuple[str, Answer]] = [
    ("minus and the count", minus_and_the_count),
    ("weight times influence", weight_times_influence),
    ("divided by a negative count", divided_by_a_negative_count),
]
WRONG: dict[str, list[Answer]] = {
    "plus_for_minus": [weight_that_is_added, a_share_of_it],
    "weight_of_one": [minus_alone, whole_weight_taken_away],
    "weight_of_the_others": [one_less, mean_of_the_rest],
    "influence_unchanged": [given_back, one_times_it],
    "multiplied_by_m": [times_the_count, over_the_weight],
}
