"""Answers are compared by kind, then shape, then dtype, then values, and never by broadcasting."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from graders.checks.compare import (
    RELATIVE_TOLERANCE,
    agrees,
    describe,
    dtype_fault,
    kind_fault,
    relative_error,
    shape_fault,
    show,
    show_both,
    tolerance,
)
from graders.sandbox.values import Unsendable

ONES = torch.ones(3, dtype=torch.float64)
PAIR = (ONES, torch.zeros(2, 2, dtype=torch.float64))


@pytest.mark.parametrize(
    ("got", "expected", "words"),
    [
        (None, ONES, "it returned None, expected a tensor"),
        (1.0, ONES, "it returned 1.0, expected a tensor"),
        ((ONES,), ONES, "expected the tensor that is in it, without the tuple round it"),
        ((1.0,), ONES, "it returned a tuple of 1 item, expected a tensor"),
        ([1.0, 1.0, 1.0], ONES, "it returned a list of 3 items, expected a tensor"),
        (Unsendable("a meta tensor"), ONES, "it returned a meta tensor, expected a tensor"),
        (ONES, PAIR, "shape (3,) and dtype float64, expected a tuple of 2 tensors"),
        ((ONES,), PAIR, "it returned 1 item, expected 2"),
        (list(PAIR), PAIR, "it returned a list of 2 items, expected a tuple of 2 tensors"),
        ((ONES, 7), PAIR, "item 2 of what it returned: 7, expected a tensor"),
        (PAIR, {"a": ONES}, "it returned a tuple of 2 items, expected a dict of 1 tensor"),
        ({"b": ONES}, {"a": ONES}, "its keys are b, expected a"),
        ({"a": 7}, {"a": ONES}, "a of what it returned: 7, expected a tensor"),
        (8.0, 8, "it returned 8.0, expected an int"),
        (True, 1, "it returned True, expected an int"),
        (torch.tensor(8), 8, "expected an int"),
        (None, "saddle", "it returned None, expected a word"),
    ],
)
def test_another_kind_of_value_is_told_first(got: Any, expected: Any, words: str) -> None:
    assert words in kind_fault(got, expected)
    assert not agrees(got, expected)


@pytest.mark.parametrize(
    "shape", [(3, 1), (1, 3), (1, 3, 1), (), (1,), (4,), (0,)], ids=lambda shape: str(shape)
)
def test_a_shape_that_broadcasts_is_still_the_wrong_shape(shape: tuple[int, ...]) -> None:
    got = torch.ones(shape, dtype=torch.float64)
    assert kind_fault(got, ONES) == ""
    assert shape_fault(got, ONES) == f"its shape is {shape}, expected (3,)"
    assert not agrees(got, ONES)


def test_the_dtype_must_be_the_inputs_whatever_the_values() -> None:
    single = ONES.float()
    assert shape_fault(single, ONES) == ""
    assert dtype_fault(single, ONES) == "its dtype is float32, expected float64"
    assert relative_error(single, ONES) == 0.0
    assert not agrees(single, ONES)


@pytest.mark.parametrize("dtype", RELATIVE_TOLERANCE, ids=str)
def test_rounding_passes_and_ten_times_the_tolerance_does_not(dtype: torch.dtype) -> None:
    expected = torch.linspace(0.5, 1.5, 7, dtype=torch.float64)
    bound = RELATIVE_TOLERANCE[dtype]
    right = expected.to(dtype)
    assert tolerance(right) == bound
    assert torch.finfo(dtype).eps < bound
    assert agrees(right * (1 + torch.finfo(dtype).eps), right)
    assert not agrees((expected * (1 + 10 * bound)).to(dtype), right)


def test_the_best_finite_difference_in_float64_is_told_from_rounding() -> None:
    x = torch.linspace(0.3, 1.2, 5, dtype=torch.float64)
    errors = []
    for power in range(3, 9):
        step = 10.0**-power
        errors.append(relative_error(((x + step).sin() - (x - step).sin()) / (2 * step), x.cos()))
    assert min(errors) > RELATIVE_TOLERANCE[torch.float64]


def test_a_small_entry_beside_large_ones_is_held_to_the_norm() -> None:
    expected = torch.tensor([1e6, 1e-6], dtype=torch.float64)
    assert agrees(expected + torch.tensor([0.0, 1e-7], dtype=torch.float64), expected)
    assert not agrees(expected + torch.tensor([0.0, 1e-5], dtype=torch.float64), expected)


def test_a_part_that_is_zero_has_to_be_met_exactly() -> None:
    zeros = torch.zeros(3, dtype=torch.float64)
    assert agrees(-zeros, zeros)
    assert relative_error(zeros + 1e-300, zeros) == math.inf
    assert not agrees((ONES, PAIR[1] + 1e-300), PAIR)


@pytest.mark.parametrize("size", [1e200, 1e-200, 1e-310])
def test_numbers_whose_squares_float64_cannot_hold_are_measured_all_the_same(size: float) -> None:
    assert relative_error(3 * size * ONES, size * ONES) == pytest.approx(2)
    assert relative_error(size * ONES, ONES) == pytest.approx(max(size, 1))


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_nothing_that_is_not_finite_agrees(bad: float) -> None:
    got = ONES.clone()
    got[1] = bad
    assert relative_error(got, ONES) == math.inf
    assert not agrees(got, ONES)
    assert not agrees(torch.full((3,), bad, dtype=torch.float64), ONES * 0)


def test_each_part_of_a_tuple_is_held_to_its_own_size() -> None:
    small = (ONES, 1e-9 * ONES)
    assert agrees(tuple(small), small)
    assert not agrees(list(small), small), "a list is no tuple, whatever is in it"
    assert not agrees((ONES, 2e-9 * ONES), small)
    assert shape_fault((ONES, ONES[:2]), small) == "its shape is (2,), expected (3,)"
    assert dtype_fault((ONES, ONES.float()), small) == "its dtype is float32, expected float64"


def test_empty_tensors_agree() -> None:
    empty = torch.zeros(0, 3, dtype=torch.float64)
    assert agrees(empty.clone(), empty)


def test_a_complex_answer_differs_in_dtype_and_keeps_its_imaginary_part() -> None:
    got = ONES.to(torch.complex128)
    assert dtype_fault(got, ONES) == "its dtype is complex128, expected float64"
    assert not agrees(got + 1j, got)


def test_words_and_numbers_are_compared_for_equality() -> None:
    assert agrees("saddle", "saddle")
    assert not agrees("saddle", "minimum")
    assert agrees(4_500_000_000_000_000_000, 4_500_000_000_000_000_000)
    assert not agrees(4_500_000_000_000_000_001, 4_500_000_000_000_000_000)


def test_what_is_said_of_an_answer_does_not_grow_with_its_dimensions() -> None:
    got = torch.zeros((), dtype=torch.float64).reshape([1] * 2000)
    said = (kind_fault(got, 1.0), shape_fault(got, ONES), describe(got), show(got))
    assert max(map(len, said)) < 100
    assert shape_fault(got, ONES) == "its shape is (2000 dimensions), expected (3,)"


def test_of_many_wrong_keys_a_few_are_named() -> None:
    got = {f"{place:04}" + "x" * 1000: ONES for place in range(1000)}
    fault = kind_fault(got, dict.fromkeys(map(str, range(1000)), ONES))
    assert fault.startswith("its keys are 0000xx")
    assert "and 990 more" in fault
    assert fault.partition(", expected")[0].count("x") < 1000


def test_small_values_are_shown_with_numbers_and_large_ones_without() -> None:
    assert show(ONES / 3e7) == "[3.333e-08, 3.333e-08, 3.333e-08]"
    assert show(PAIR) == "([1, 1, 1], [[0, 0], [0, 0]])"
    assert "nan" in show(ONES * math.nan)
    assert show(torch.zeros(25)) == "a tensor of shape (25,) and dtype float32"
    assert show("saddle") == "'saddle'"
    assert len(describe("x" * 1000)) == 200


def test_a_negative_zero_is_shown_as_zero() -> None:
    assert show(torch.tensor([-0.0, 0.0, -1e-300], dtype=torch.float64)) == "[0, 0, -1e-300]"


@pytest.mark.parametrize(("value", "shown"), [(7.0, "7"), (math.nan, "nan")])
def test_two_large_tensors_are_shown_where_they_differ_most(value: float, shown: str) -> None:
    expected = torch.ones(5, 6, dtype=torch.float64)
    got = expected.clone()
    got[0, 0], got[3, 4] = 2.0, value
    of = "a tensor of shape (5, 6) and dtype float64"
    assert show_both(got, expected) == (f"{shown} at [3, 4] of {of}", "1 there")
    both = show_both({"a": ONES, "w": got}, {"a": ONES, "w": expected})
    assert both == (f"{shown} at [3, 4] of w, {of}", "1 there")


@pytest.mark.parametrize(
    ("got", "expected"),
    [(ONES, 2 * ONES), (torch.ones(30), torch.ones(31)), ("saddle", "saddle"), (PAIR, PAIR)],
)
def test_what_is_small_or_does_not_differ_is_shown_as_it_is(got: Any, expected: Any) -> None:
    assert show_both(got, expected) == (show(got), show(expected))


def test_numbers_that_look_alike_are_shown_with_the_digits_that_tell_them_apart() -> None:
    got, expected = torch.tensor([1.0, 3.0 + 1e-9]).double(), torch.tensor([1.0, 3.0]).double()
    got[1] += 1e-9
    mine, due = show_both(got, expected)
    assert mine.startswith("3.000000001 at [1] of") and due == "3 there"
