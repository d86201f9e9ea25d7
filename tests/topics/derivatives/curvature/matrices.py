"""Eigenvalues and classes of the matrix problems, worked out by hand."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from graders.sandbox.problem import Problem


def _pair(problem: Problem) -> list[float]:
    (a, b), (_, c) = problem.values["matrix"].tolist()
    half = ((a - c) ** 2 / 4 + b**2) ** 0.5
    return [(a + c) / 2 - half, (a + c) / 2 + half]


def _shifted_outer_product(problem: Problem) -> list[float]:
    # a·I + u uᵀ has a three times and a + |u|² once; the entries give a and |u|² back.
    m = problem.values["matrix"].tolist()
    shift = m[0][0] - m[0][1] * m[0][2] / m[1][2]
    trace = sum(m[i][i] for i in range(4))
    return [shift, shift, shift, trace - 3 * shift]


def _second_difference(problem: Problem) -> list[float]:
    # 2 - 2 cos(kπ/5), k = 1 … 4: with the golden ratio, as cos 36° = (1 + √5)/4.
    root = 5**0.5
    return [(3 - root) / 2, (5 - root) / 2, (3 + root) / 2, (5 + root) / 2]


def _uneven_diagonal(problem: Problem) -> list[float]:
    return [10.0 ** dict(problem.spec.parameters)["power"], 1.0]


def _one_entry(problem: Problem) -> list[float]:
    return [float(dict(problem.spec.parameters)["entry"])]


def _rounded_unevenly(problem: Problem) -> list[float]:
    scale = 10.0 ** int(dict(problem.spec.parameters).get("power", 0))
    return [scale, 2 * scale, 4 * scale]


def _scaled(*eigenvalues: float) -> Callable[[Problem], list[float]]:
    return lambda problem: [
        10.0 ** dict(problem.spec.parameters)["power"] * value for value in eigenvalues
    ]


def _always(*eigenvalues: float) -> Callable[[Problem], list[float]]:
    return lambda _: list(eigenvalues)


_EIGENVALUES: dict[str, Callable[[Problem], list[float]]] = {
    "drawn_pair": _pair,
    "shifted_outer_product": _shifted_outer_product,
    "equal_diagonal": _always(-1, 3),
    "two_negative_entries": _always((-5 - 5**0.5) / 2, (-5 + 5**0.5) / 2),
    "unequal_sizes": _always(-7, 3),
    "second_difference": _second_difference,
    "interleaved_pairs": _always(-2, -1, 3, 4),
    "proportional_rows": _always(0, 5),
    "minus_outer_product": _always(-9, 0, 0),
    "corners_only": _always(-1, 0, 1),
    "all_zero": _always(0, 0, 0),
    "one_entry": _one_entry,
    "scaled_pair": _scaled(1, 3),
    "scaled_opposites": _scaled(-(5**0.5), 5**0.5),
    "scaled_proportional_rows": _scaled(0, 5),
    "uneven_diagonal": _uneven_diagonal,
    "rounded_unevenly": _rounded_unevenly,
    "rounded_zero": _always(2, 3),
    "tolerated": _always(1, 3),
    "two_down_one_flat": _always(-3, -1, 0),
    "rounding_of_both_signs": _always(-3e-5, 1e-5, 1e12),
}

REFUSED = frozenset(
    {
        "upper_triangle",
        "nearly_alike",
        "one_pair_apart",
        "small_upper_triangle",
        "two_by_three",
        "three_by_two",
        "one_by_three",
        "vector",
    }
)
"""Problems that `eigenvalues` must answer with a ValueError."""


def eigenvalues(problem: Problem) -> Tensor:
    """Give the exact eigenvalues, ascending, float64, shape (n,).

    KeyError where the matrix has none to give (see `REFUSED`).
    """
    return torch.tensor(_EIGENVALUES[problem.spec.name](problem), dtype=torch.float64)


CLASSES = {
    "equal_diagonal": "saddle",
    "shifted_outer_product": "minimum",
    "two_negative_entries": "maximum",
    "drawn_pair": "saddle",
    "proportional_rows": "degenerate",
    "minus_outer_product": "degenerate",
    "corners_only": "saddle",
    "interleaved_pairs": "saddle",
    "all_zero": "degenerate",
    "scaled_pair(power=-9)": "minimum",
    "scaled_pair(power=-18)": "minimum",
    "scaled_opposites(power=-9)": "saddle",
    "scaled_proportional_rows(power=9)": "degenerate",
    # R Rᵀ has the rank of R, 4 at most, and no eigenvalue below zero.
    "scaled_flat_directions(power=9)": "degenerate",
    # 10⁻¹⁷ is below 2 · eps = 4.4 · 10⁻¹⁶, the error of the arithmetic, and 10⁻¹⁰ is well above it.
    "uneven_diagonal(power=-17)": "degenerate",
    "uneven_diagonal(power=-10)": "minimum",
    # In float32 2 · eps is 2.4 · 10⁻⁷, so 10⁻⁷ counts as zero there.
    "uneven_diagonal(power=-7, float32)": "degenerate",
    "rounded_unevenly": "minimum",
    # 2 · eps is n · eps · max|λ| itself, and "at most" is zero.
    "just_above_the_limit": "minimum",
    "at_the_limit(sign=1)": "degenerate",
    "at_the_limit(sign=-1)": "degenerate",
    "one_entry(entry=3.0)": "minimum",
    "one_entry(entry=-2.0)": "maximum",
    "second_difference(float32)": "minimum",
    "two_down_one_flat": "degenerate",
    # 3 · eps · 10¹² is 6.7 · 10⁻⁴, so that 10⁻⁵ and 3 · 10⁻⁵ count as zero.
    "rounding_of_both_signs": "degenerate",
    "rounded_zero": "minimum",
}
"""What `classify_hessian` must say, by the name of the problem with its parameters."""
