"""What an answer of the wrong form would have been in the right one: a list as a tuple."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from graders.checks.asking import Asking
from graders.checks.compare import is_number_for_tensor, is_tuple_of_one
from graders.checks.failure import Symptom
from graders.judge.evidence import Evidence, is_right_outcome
from graders.sandbox.answers import Returned

_OF_FORM = (Symptom.A_LIST, Symptom.NOT_A_TUPLE, Symptom.A_TUPLE_OF_ONE, Symptom.A_NUMBER)


def in_due_form(evidence: Sequence[Evidence], symptom: Symptom, asking: Asking) -> list[Evidence]:
    """Put what came back into the form that is due; empty where the symptom is not of the form."""
    if symptom not in _OF_FORM:
        return []
    return [_put(item, asking) for item in evidence]


def _put(item: Evidence, asking: Asking) -> Evidence:
    if not isinstance(item.outcome, Returned):
        return item
    outcome = Returned(_as_due(item.outcome.value, asking.expected(item.spec)))
    right = is_right_outcome(asking, item.spec, outcome)
    return replace(item, outcome=outcome, right=right)


def _as_due(value: Any, expected: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    if isinstance(expected, Tensor) and is_tuple_of_one(value):
        return value[0]
    if is_number_for_tensor(value, expected):
        return torch.tensor(value, dtype=expected.dtype)
    if isinstance(value, tuple) and isinstance(expected, tuple) and len(value) == len(expected):
        return tuple(_as_due(*pair) for pair in zip(value, expected, strict=True))
    if not isinstance(value, Tensor) or not isinstance(expected, tuple):
        return value
    sizes = [one.numel() for one in expected if isinstance(one, Tensor)]
    if len(sizes) != len(expected) or value.numel() != sum(sizes):
        return value
    pieces = value.reshape(-1).split(sizes)
    return tuple(one.reshape(due.shape) for one, due in zip(pieces, expected, strict=True))
