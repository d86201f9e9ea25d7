"""The picture of memory where an answer breaks off: nothing measured is lost, nothing made up."""

from __future__ import annotations

from typing import Any

import pytest
from matplotlib.figure import Figure
from specimens_of_verdicts import passed_task, samples
from warm import judge

from graders import course
from graders.authoring.specimens import with_function
from graders.judge.verdict import TaskVerdict
from graders.outlets import memory_picture as picture_module
from graders.outlets.measurements import BrokenOff, broken_off, measurements_of
from graders.outlets.memory_picture import memory_picture

TOPIC = course.topic("hvp")
BEGINNING = """
def hvp(func, inputs, v):
    x = inputs.detach().requires_grad_()
    (g,) = torch.autograd.grad(func(x) + 0 * (x**2).sum(), x, create_graph=True)
"""
PRODUCT = "    return torch.autograd.grad(g, x, v)[0]\n"
NO_ROOM = f"{BEGINNING}    if x.numel() > 15_000:\n        raise MemoryError('no room')\n{PRODUCT}"
ROWS = f"""{BEGINNING}
    rows = [(torch.autograd.grad(e, x, retain_graph=True)[0] * v).sum() for e in g.flatten()]
    return torch.stack(rows).reshape(x.shape)
"""


def judged(code: str) -> TaskVerdict:
    (verdict,) = judge([with_function(TOPIC, "hvp", code, "hvp")])
    return next(task for task in verdict.tasks if task.name == "hvp")


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """The figures behind the pictures that a test makes."""
    figures: list[Figure] = []
    png = picture_module.png
    monkeypatch.setattr(picture_module, "png", lambda one: figures.append(one) or png(one))
    memory_picture.cache_clear()
    return figures


@pytest.mark.parametrize(
    ("code", "measured", "broke_off"),
    [(NO_ROOM, (200, 10_000), (40_000,)), (ROWS, (200,), (10_000, 40_000))],
    ids=["an exception", "stopped"],
)
def test_every_size_is_kept_up_to_where_an_answer_broke_off(
    code: str, measured: tuple[int, ...], broke_off: tuple[int, ...], drawn: list[Figure]
) -> None:
    task = judged(code)
    assert task.first_failure is not None and 0 < task.score < task.max_score
    found, ends = measurements_of(task), broken_off(task)
    assert tuple(one.n for one in found if one.problem == "mlp") == measured
    assert tuple(one.n for one in ends if one.problem == "mlp") == broke_off
    picture = memory_picture(found, ends)
    assert f"At n = {broke_off[0]:,} your answer broke off" in picture.caption
    assert f"up to n = {measured[-1]:,}" in picture.caption
    *allowed, answer = drawn[0].axes[0].lines
    assert tuple(answer.get_xdata()) == measured
    assert len(allowed) == 3
    assert all(tuple(line.get_xdata()) == (*measured, *broke_off) for line in allowed)


def test_the_lines_that_the_caption_names_are_to_be_seen_at_a_single_size(
    drawn: list[Figure],
) -> None:
    cost: dict[str, Any] = {"samples": samples()["samples"][:1]}
    picture = memory_picture(measurements_of(passed_task("hvp", 5, cost=cost)))
    assert "The dotted line" in picture.caption
    lines = drawn[0].axes[0].lines
    assert [line.get_linestyle() for line in lines] == [":", "--", "-", "-"]
    assert all(len(set(line.get_xdata())) > 1 for line in lines[:3])
    assert lines[0].get_zorder() > lines[-1].get_zorder()


def test_the_problem_that_an_answer_broke_off_on_is_the_one_shown() -> None:
    found = measurements_of(passed_task("hvp", 5, cost=samples()))
    last = next(one for one in found if one.problem == "rosenbrock")
    ends = (BrokenOff(last.problem, 10**6, last.budget_bytes, last.gradient_bytes),)
    assert "rosenbrock" in memory_picture(found, ends).caption
    assert "mlp" in memory_picture(found, (BrokenOff("mlp", 10**6, 1, 1),)).caption
