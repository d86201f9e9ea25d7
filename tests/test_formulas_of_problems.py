"""A message shows a problem with its numbers, and no name of a parameter."""

from __future__ import annotations

import re

import pytest
from specimens_of_answers import TOPICS

from graders import course
from graders.checks.references import problems_of
from graders.judge.declared import declared_tasks
from graders.sandbox.problem import Spec, spec

pytestmark = pytest.mark.lowest


@pytest.mark.parametrize(
    ("topic", "which", "formula"),
    [
        ("curvature", spec("scaled_pair", power=-9), "10⁻⁹ · [[2, 1], [1, 2]]"),
        ("curvature", spec("uneven_diagonal", power=-17), "the diagonal matrix of 1 and 10⁻¹⁷"),
        ("curvature", spec("one_entry", entry=-2.0), "the 1 × 1 matrix [[-2]]"),
        ("curvature", spec("square_and_fourth_power", sign=-1), "f(x, y) = x² - y⁴ at (0, 0)"),
        ("curvature", spec("round_square", x=2.0, y=-2.0), "f(x, y) = x² + y² at (2, -2)"),
        (
            "curvature",
            spec("at_the_limit", sign=1),
            "the diagonal matrix of -1 and +2 eps, which just counts as zero",
        ),
        (
            "curvature",
            spec("rounded_unevenly"),
            "10⁰ · [[2, 1, 0], [1, 3, 1], [0, 1, 2]], some entries 4 units of rounding larger",
        ),
        (
            "hvp",
            spec("parameter_mlp", n=1007),
            "loss = the mean squared error of a tanh network with 1,007 parameters, on 32 examples",
        ),
    ],
    ids=str,
)
def test_a_formula_has_the_numbers_of_its_problem(topic: str, which: Spec, formula: str) -> None:
    assert problems_of(course.topic(topic)).build(which).formula == formula


@pytest.mark.parametrize("topic", TOPICS)
def test_no_formula_names_a_parameter(topic: str) -> None:
    """One letter may be a variable of the formula: what is longer can only be the parameter."""
    problems = problems_of(course.topic(topic))
    for which in {one for task in declared_tasks(course.topic(topic)) for one in task.problems}:
        formula = problems.build(which).formula
        names = [name for name, _ in which.parameters if len(name) > 1]
        said = [name for name in names if re.search(rf"\b{name}\b", formula)]
        assert not said or set(said) <= _WORDS, f"{which}: {formula}"
        assert "{" not in formula.replace("{}", ""), f"{which}: {formula}"


# Words of the language, which stand for no number, and an argument, whose value the call shows.
_WORDS = {"damping", "examples", "inputs", "scale", "rows", "trained", "marked"}
