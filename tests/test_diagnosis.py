"""What naming a mistake costs: counted in runs of known mistakes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from specimens_of_answers import with_cell
from specimens_of_verdicts import dense_hvp
from specimens_of_verdicts import verdict as verdict_of
from warm import SESSION, judge

from graders import course
from graders.authoring.specimens import catalogue, mistake_submission, spread
from graders.authoring.verify import mistake_faults
from graders.checks.solution import Solution
from graders.judge.declared import declared_task

NEWTON = course.topic("newton")


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The names of known mistakes, as often as they are run; nothing of them is kept."""
    names, run = [], Solution.outcome
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    def counted(self: Solution, mistake: Any, call: Any) -> Any:
        names.append(mistake.name)
        return run(self, mistake, call)

    monkeypatch.setattr(Solution, "outcome", counted)
    return names


def test_a_mistake_that_the_first_wrong_problem_rules_out_is_not_run_on_the_others(
    runs: list[str],
) -> None:
    (wrong,) = (one for one in catalogue(NEWTON) if one.name == "no_line_search")
    # With a seed of its own, so that no other test has run them already.
    with SESSION.judgement(mistake_submission(NEWTON, wrong), seed=77) as judgement:
        judgement.run_all({"newton"})
        (judged,) = judgement.verdict(SESSION.launcher.isolation).tasks
    task = declared_task(NEWTON, "newton")
    assert judged.first_failure is not None
    assert judged.first_failure.mistake == "no_line_search"
    assert len(task.mistakes) <= len(runs) <= len(task.mistakes) + 2 * len(task.problems)


def test_looking_for_two_mistakes_runs_none_on_a_problem_more(
    runs: list[str],
) -> None:
    unknown = with_cell(
        "derivatives/hessian",
        "hessian",
        "_right = hessian\ndef hessian(func, inputs):\n    return _right(func, inputs).cos()\n",
    )
    with SESSION.judgement(unknown, seed=78) as judgement:
        judgement.run_all({"hessian"})
        (judged,) = judgement.verdict(SESSION.launcher.isolation).tasks
    assert judged.first_failure is not None
    assert judged.first_failure.mistakes == ()
    assert len(runs) <= len(declared_task(course.topic("hessian"), "hessian").mistakes)


@pytest.mark.parametrize(
    ("hint", "score", "is_wrong"),
    [
        ("The numbers are\nright, but they lie in one row.", 0.0, True),
        ("Row 0 is right, and no other.", 0.0, True),
        ("Your step is a flat vector.\n\nThe numbers are right.", 0.0, True),
        ("The numbers are right, but the Hessian was in memory.", 2.5, False),
        ("Your numbers lie in one long row.", 0.0, False),
    ],
)
def test_no_hint_says_that_something_is_right_beside_no_points(
    hint: str, score: float, is_wrong: bool
) -> None:
    known = next(one for one in catalogue(course.topic("hvp")) if one.symptom is not None)
    mistake = replace(known, task="hvp", name="hessian_materialised", hint=hint)
    faults = mistake_faults(mistake, verdict_of("hvp", replace(dense_hvp(), score=score)))
    assert bool(faults) is is_wrong


@pytest.mark.parametrize(
    ("most", "taken"), [(None, "abcdefgh"), (0, ""), (1, "a"), (3, "adg"), (8, "abcdefgh")]
)
def test_so_many_of_the_known_mistakes_are_tried_evenly(most: int | None, taken: str) -> None:
    assert "".join(spread("abcdefgh", most)) == taken


@pytest.mark.parametrize(("topic", "task"), [("hessian", "gradient"), ("jacobian", "vjp")])
def test_zeros_of_the_default_dtype_are_not_said_to_have_lost_digits(topic: str, task: str) -> None:
    """The student is right wherever there are digits to lose."""
    code = (
        f"_right = {task}\n"
        f"def {task}(func, inputs, *v):\n"
        f"    found = _right(func, inputs, *v)\n"
        f"    return found if bool(found.any()) else torch.zeros(found.shape)\n"
    )
    (verdict,) = judge([with_cell(f"derivatives/{topic}", task, code)])
    (judged,) = [one for one in verdict.tasks if one.name == task]
    assert not judged.passed
    named = [check.mistake for check in judged.checks if check.mistake]
    assert named == [f"{task}_zeros_of_the_default_dtype"]


# Each works for vectors only, which is a mistake of its own.
ONLY_FOR_VECTORS = {
    "a value that came back": (
        "def hessian(func, inputs):\n"
        "    slopes = torch.func.grad(func)(inputs)\n"
        "    return torch.outer(slopes, slopes)\n",
        ["outer_product"],
    ),
    "zeros, which come of many things": (
        "def hessian(func, inputs):\n"
        "    slopes = torch.func.grad(func)(inputs)\n"
        "    return torch.outer(slopes, slopes) * 0\n",
        [],
    ),
    "the matrix, right where it comes back": (
        "_right = hessian\n"
        "def hessian(func, inputs):\n"
        "    (_length,) = inputs.shape\n"
        "    return _right(func, inputs)\n",
        ["hessian_for_vectors_only"],
    ),
    "something that no known mistake gives": (
        "def hessian(func, inputs):\n"
        "    slopes = torch.func.grad(func)(inputs)\n"
        "    return torch.outer(slopes, slopes.cos())\n",
        [],
    ),
}


@pytest.mark.parametrize(("code", "names"), ONLY_FOR_VECTORS.values(), ids=ONLY_FOR_VECTORS.keys())
def test_values_that_came_back_name_a_mistake_where_other_calls_broke_off(
    code: str, names: list[str]
) -> None:
    (verdict,) = judge([with_cell("derivatives/hessian", "hessian", code)])
    (judged,) = [task for task in verdict.tasks if task.name == "hessian"]
    assert not judged.passed
    assert [check.mistake for check in judged.checks if check.mistake] == names
