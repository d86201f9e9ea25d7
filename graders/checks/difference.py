"""What is known of the difference between a wrong answer and the right one."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from graders.checks.compare import leaves
from graders.checks.failure import Symptom

# Below this a wrong answer is an approximation of the right one, not another quantity.
_ALMOST = 1e-3
_SAME = 1e-9


def known_difference(got: Any, expected: Any, error: float) -> tuple[Symptom | None, str]:
    """Describe a wrong value without giving the right one away; with it, a symptom if it shows."""
    pairs = list(leaves(got, expected))
    if not all(isinstance(item, Tensor) for pair in pairs for item in pair):
        return None, ""
    mine = torch.cat([pair[0].detach().reshape(-1).double() for pair in pairs])
    theirs = torch.cat([pair[1].detach().reshape(-1).double() for pair in pairs])
    if not bool(torch.isfinite(mine).all()):
        return None, "Some entries are not finite numbers."
    if error < _ALMOST:
        return _approximation(pairs, error)
    sentence = _factor(mine, theirs) or _arrangement(pairs) or _share(mine, theirs)
    return None, sentence


def _approximation(pairs: list[tuple[Tensor, Tensor]], error: float) -> tuple[Symptom | None, str]:
    if all(torch.equal(mine, mine.float().to(mine.dtype)) for mine, _ in pairs):
        sentence = f"Off by {error:.0e} of the norm: the accuracy of float32, not of float64."
        return Symptom.FLOAT32, sentence
    return Symptom.FINITE_DIFFERENCE, (
        f"Off by {error:.0e} of the norm: close, but an exact method is off by less than 1e-12."
    )


def _factor(mine: Tensor, theirs: Tensor) -> str:
    size = float(theirs @ theirs)
    if size == 0:
        return "The right answer is zero everywhere."
    factor = float(mine @ theirs) / size
    if factor == 0 or float((mine - factor * theirs).norm()) > _SAME * float(mine.norm()):
        return ""
    if abs(factor + 1) < _SAME:
        return "The sign is the wrong way round."
    there = int(theirs.count_nonzero())
    if there < 2:
        return ""
    every = "Every entry" if there == theirs.numel() else "Every entry that is not zero"
    return f"{every} is {factor:.4g} times what it should be."


def _arrangement(pairs: list[tuple[Tensor, Tensor]]) -> str:
    if len(pairs) != 1 or pairs[0][1].dim() < 2:
        return ""
    mine, theirs = (tensor.detach().double() for tensor in pairs[0])
    if theirs.dim() == 2 and theirs.shape[0] == theirs.shape[1]:
        if _close(mine, theirs.T):
            return "It is the transpose of what it should be."
        if _close(mine + mine.T, theirs + theirs.T):
            return "Its symmetric part is right, its antisymmetric part is not."
        if _close(mine.diagonal(), theirs.diagonal()):
            return _beside_the_diagonal(mine, theirs)
    return ""


def _beside_the_diagonal(mine: Tensor, theirs: Tensor) -> str:
    beside = ~torch.eye(len(mine), dtype=torch.bool)
    right = int(_right_entries(mine, theirs)[beside].sum())
    if not right:
        return "The diagonal is right, the entries off it are not."
    return f"The diagonal is right, and {right} of {int(beside.sum())} entries off it."


def _right_entries(mine: Tensor, theirs: Tensor) -> Tensor:
    return torch.isclose(mine, theirs, rtol=_SAME, atol=_SAME * float(theirs.abs().max()))


def _share(mine: Tensor, theirs: Tensor) -> str:
    right = _right_entries(mine, theirs)
    return f"{int(right.sum())} of {right.numel()} entries are right."


def _close(mine: Tensor, theirs: Tensor) -> bool:
    return float((mine - theirs).norm()) <= _SAME * float(theirs.norm())
