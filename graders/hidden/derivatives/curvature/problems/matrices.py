"""Matrices for `eigenvalues` and `classify_hessian`; the answers stand in the tests only."""

from __future__ import annotations

from typing import Any

import torch

from graders.sandbox.problem import Draw, problem, spec

Values = dict[str, Any]


@problem("[[a, b], [b, -c]] with a, b and c drawn between 1 and 2")
def drawn_pair(draw: Draw) -> Values:
    """Draw the three entries, so that no answer can be known beforehand."""
    a, b, c = draw.uniform(1.0, 2.0, 3)
    return {"matrix": torch.stack((a, b, b, -c)).reshape(2, 2)}


@problem("a·I + u uᵀ with a number a and a vector u of length 4, both drawn")
def shifted_outer_product(draw: Draw) -> Values:
    """Draw a dense matrix whose eigenvalues are known by hand."""
    u = draw.uniform(0.5, 1.5, 4)
    return {"matrix": torch.outer(u, u) + draw.uniform(1.0, 2.0) * draw.tensor(_identity(4))}


@problem("[[1, 2], [2, 1]]")
def equal_diagonal(draw: Draw) -> Values:
    """Hold a diagonal that says nothing about the eigenvalues."""
    return {"matrix": draw.tensor([[1, 2], [2, 1]])}


@problem("[[-3, 1], [1, -2]]")
def two_negative_entries(draw: Draw) -> Values:
    """Hold a positive determinant and a negative trace."""
    return {"matrix": draw.tensor([[-3, 1], [1, -2]])}


@problem("[[1, 4], [4, -5]]")
def unequal_sizes(draw: Draw) -> Values:
    """Hold eigenvalues whose order changes when their signs are dropped."""
    return {"matrix": draw.tensor([[1, 4], [4, -5]])}


@problem("the 4 × 4 matrix with 2 on the diagonal and -1 beside it")
def second_difference(draw: Draw) -> Values:
    """Hold the discrete second derivative."""
    return {"matrix": draw.tensor(_second_difference(4))}


@problem("[[1, 0, 3, 0], [0, 1, 0, 2], [3, 0, 1, 0], [0, 2, 0, 1]]")
def interleaved_pairs(draw: Draw) -> Values:
    """Interleave two 2 × 2 matrices, whose determinants multiply."""
    return {"matrix": draw.tensor([[1, 0, 3, 0], [0, 1, 0, 2], [3, 0, 1, 0], [0, 2, 0, 1]])}


@problem("[[1, 2], [2, 4]]")
def proportional_rows(draw: Draw) -> Values:
    """Hold two rows that say the same."""
    return {"matrix": draw.tensor([[1, 2], [2, 4]])}


@problem("-u uᵀ with u = (1, 2, 2)")
def minus_outer_product(draw: Draw) -> Values:
    """Hold a 3 × 3 matrix of rank one."""
    u = draw.tensor([1, 2, 2])
    return {"matrix": -torch.outer(u, u)}


@problem("[[0, 0, 1], [0, 0, 0], [1, 0, 0]]")
def corners_only(draw: Draw) -> Values:
    """Hold nothing but two entries away from the diagonal."""
    return {"matrix": draw.tensor([[0, 0, 1], [0, 0, 0], [1, 0, 0]])}


@problem("the 3 × 3 matrix of zeros")
def all_zero(draw: Draw) -> Values:
    """Hold no curvature at all."""
    return {"matrix": draw.tensor([[0, 0, 0]] * 3)}


@problem("the 1 × 1 matrix [[{entry}]]")
def one_entry(draw: Draw, entry: float) -> Values:
    """Hold the smallest matrix there is."""
    return {"matrix": draw.tensor([[entry]])}


@problem("10{power:^} · [[2, 1], [1, 2]]")
def scaled_pair(draw: Draw, power: int) -> Values:
    """Hold the same matrix in other units."""
    return {"matrix": draw.tensor([[2, 1], [1, 2]]) * 10.0**power}


@problem("10{power:^} · [[1, 2], [2, -1]]")
def scaled_opposites(draw: Draw, power: int) -> Values:
    """Hold the same matrix, with both signs on its diagonal, in other units."""
    return {"matrix": draw.tensor([[1, 2], [2, -1]]) * 10.0**power}


@problem("10{power:^} · [[1, 2], [2, 4]]")
def scaled_proportional_rows(draw: Draw, power: int) -> Values:
    """Hold two rows that say the same, in other units."""
    return {"matrix": draw.tensor([[1, 2], [2, 4]]) * 10.0**power}


@problem("10{power:^} · R Rᵀ with whole numbers in R, of shape (6, 4)")
def scaled_flat_directions(draw: Draw, power: int) -> Values:
    """Hold two eigenvalues of zero, which no routine computes as zero: the rest is rounding.

    Of smaller matrices, some processors' routines give the zero itself.
    """
    rows = draw.uniform(-9.0, 10.0, 6, 4).floor()
    return {"matrix": rows @ rows.T * 10.0**power}


@problem("the diagonal matrix of 1 and 10{power:^}")
def uneven_diagonal(draw: Draw, power: int) -> Values:
    """Hold two entries so far apart that the arithmetic may lose the smaller one."""
    return {"matrix": draw.tensor([[1, 0], [0, 10.0**power]])}


@problem("10{power:^} · [[2, 1, 0], [1, 3, 1], [0, 1, 2]], some entries 4 units of rounding larger")
def rounded_unevenly(draw: Draw, power: int = 0) -> Values:
    """Hold the asymmetry that two orders of summation leave behind."""
    unit = 4 * torch.finfo(draw.dtype).eps
    matrix = draw.tensor([[2, 1, 0], [1, 3, 1], [0, 1, 2]])
    uneven = matrix + unit * draw.tensor([[0, 1, 0], [0, 0, 1], [0, 0, 0]])
    return {"matrix": uneven * 10.0**power}


@problem("[[2, 10⁻¹⁶], [0, 3]], where rounding has left something on one side of a zero")
def rounded_zero(draw: Draw) -> Values:
    """Hold an asymmetry that is nothing beside the largest entry, and all of its own pair."""
    return {"matrix": draw.tensor([[2, 1e-16], [0, 3]])}


@problem("[[2, 1.00004], [0.99996, 2]], whose halves differ by 4 · 10⁻⁵ of the largest entry")
def tolerated(draw: Draw) -> Values:
    """Hold an asymmetry that is not refused, and large enough to see which half was read."""
    return {"matrix": draw.tensor([[2, 1 + 4e-5], [1 - 4e-5, 2]])}


@problem("10¹² times the diagonal matrix of 1, 10⁻¹⁷ and -3 · 10⁻¹⁷, the last two being rounding")
def rounding_of_both_signs(draw: Draw) -> Values:
    """Hold two zeros that are not zero beside each other, and not small in these units."""
    return {"matrix": draw.tensor([[1e12, 0, 0], [0, 1e-5, 0], [0, 0, -3e-5]])}


@problem("the diagonal matrix of -3, 0 and -1")
def two_down_one_flat(draw: Draw) -> Values:
    """Hold more than one negative number beside a zero."""
    return {"matrix": draw.tensor([[-3, 0, 0], [0, 0, 0], [0, 0, -1]])}


@problem("the diagonal matrix of {sign:∓}1 and {sign:±}2 eps, which just counts as zero")
def at_the_limit(draw: Draw, sign: int) -> Values:
    """Hold an eigenvalue of exactly n · eps · max|λ|, with a sign that the other has not."""
    return {"matrix": draw.tensor([[-sign, 0], [0, sign * 2 * torch.finfo(draw.dtype).eps]])}


@problem("the diagonal matrix of 1, 1, 1 and 5 eps, where 4 eps would just count as zero")
def just_above_the_limit(draw: Draw) -> Values:
    """Hold an eigenvalue above n · eps · max|λ|, and below what n² or the length of all makes."""
    smallest = 5 * torch.finfo(draw.dtype).eps
    return {"matrix": torch.diag(draw.tensor([1, 1, 1, smallest]))}


@problem("[[1, 2], [0, 3]], which is not symmetric")
def upper_triangle(draw: Draw) -> Values:
    """Hold a matrix that is no Hessian."""
    return {"matrix": draw.tensor([[1, 2], [0, 3]])}


@problem("[[2, 1.004], [1, 3]], whose entries beside the diagonal differ by four in a thousand")
def nearly_alike(draw: Draw) -> Values:
    """Hold an asymmetry that is small and yet no rounding."""
    return {"matrix": draw.tensor([[2, 1.004], [1, 3]])}


@problem("the second-difference matrix of 12, one entry of which is 4 · 10⁻⁴ off its mirror image")
def one_pair_apart(draw: Draw) -> Values:
    """Hold a single pair beyond the limit, which a mean over all entries loses."""
    matrix = draw.tensor(_second_difference(12))
    matrix[3, 4] += 4e-4
    return {"matrix": matrix}


@problem("10⁻¹⁵ · [[1, 2], [0, 3]], which is not symmetric in any unit")
def small_upper_triangle(draw: Draw) -> Values:
    """Hold an asymmetry that only a comparison with the entries' own size can see."""
    return {"matrix": draw.tensor([[1, 2], [0, 3]]) * 1e-15}


@problem("[[1, 2, 3], [4, 5, 6]], which is not square")
def two_by_three(draw: Draw) -> Values:
    """Hold a matrix without eigenvalues."""
    return {"matrix": draw.tensor([[1, 2, 3], [4, 5, 6]])}


@problem("[[1, 2], [3, 4], [5, 6]], which is not square")
def three_by_two(draw: Draw) -> Values:
    """Hold a matrix that is taller than wide."""
    return {"matrix": draw.tensor([[1, 2], [3, 4], [5, 6]])}


@problem("[[1, 1, 1]], which is not square")
def one_by_three(draw: Draw) -> Values:
    """Hold a row that equals its transpose once the two are broadcast."""
    return {"matrix": draw.tensor([[1, 1, 1]])}


@problem("(1, 2, 3), a vector")
def vector(draw: Draw) -> Values:
    """Hold a single axis, so that there is no second length to compare."""
    return {"matrix": draw.tensor([1, 2, 3])}


def _second_difference(n: int) -> list[list[int]]:
    by_distance = (2, -1)
    return [
        [by_distance[apart] if (apart := abs(row - column)) < 2 else 0 for column in range(n)]
        for row in range(n)
    ]


def _identity(n: int) -> list[list[int]]:
    return [[int(row == column) for column in range(n)] for row in range(n)]


EIGENVALUE_PROBLEMS = (
    spec("drawn_pair"),
    spec("unequal_sizes"),
    spec("equal_diagonal"),
    spec("shifted_outer_product"),
    spec("second_difference"),
    spec("minus_outer_product"),
    spec("scaled_pair", power=-9),
    spec("rounded_unevenly"),
    spec("rounded_unevenly", power=13),
    spec("one_entry", entry=-2.0, core=False),
    spec("all_zero", core=False),
    spec("second_difference", dtype="float32", core=False),
    spec("rounded_unevenly", dtype="float32", core=False),
    spec("rounded_zero", core=False),
    spec("tolerated", core=False),
)
"""Matrices whose eigenvalues are asked for, most telling first."""

REFUSED_PROBLEMS = (
    spec("upper_triangle"),
    spec("nearly_alike"),
    spec("one_pair_apart"),
    spec("small_upper_triangle"),
    spec("two_by_three"),
    spec("three_by_two"),
    spec("one_by_three"),
    spec("vector"),
)
"""Matrices that `eigenvalues` answers with a ValueError."""

REFUSED_ON_THE_WAY = (spec("upper_triangle"), spec("two_by_three"))
"""Some of them, for `classify_hessian`: what `eigenvalues` refuses has no class."""

CLASSIFY_PROBLEMS = (
    spec("equal_diagonal"),
    spec("shifted_outer_product"),
    spec("two_negative_entries"),
    spec("drawn_pair"),
    spec("proportional_rows"),
    spec("minus_outer_product"),
    spec("corners_only"),
    spec("interleaved_pairs"),
    spec("all_zero"),
    spec("scaled_pair", power=-9),
    spec("scaled_pair", power=-18),
    spec("scaled_opposites", power=-9),
    spec("scaled_proportional_rows", power=9),
    spec("scaled_flat_directions", power=9),
    spec("uneven_diagonal", power=-17),
    spec("uneven_diagonal", power=-10),
    spec("uneven_diagonal", power=-7, dtype="float32"),
    spec("rounded_unevenly"),
    spec("at_the_limit", sign=1, core=False),
    spec("at_the_limit", sign=-1, core=False),
    spec("just_above_the_limit", core=False),
    spec("one_entry", entry=3.0, core=False),
    spec("one_entry", entry=-2.0, core=False),
    spec("second_difference", dtype="float32", core=False),
    spec("two_down_one_flat", core=False),
    spec("rounding_of_both_signs", core=False),
    spec("rounded_zero", core=False),
)
"""Hessians to classify, most telling first."""
