"""What is kept of the points of a class, so that the next report can say what moved."""

from __future__ import annotations

from pathlib import Path

import pytest

from graders.classroom.points import Earned, PointsKept


def earned(score: float, digest: str = "a", notebook: str = "hessian") -> Earned:
    return Earned(notebook, score, 10, digest)


@pytest.fixture
def kept(tmp_path: Path) -> PointsKept:
    return PointsKept(tmp_path, "derivatives")


def told(kept: PointsKept) -> list[tuple[str, str, float, float, str]]:
    moves = kept.moves(["ann", "bob"])
    return [(one.student, one.topic, one.before, one.now, one.why) for one in moves]


def test_the_first_points_are_no_move(kept: PointsKept) -> None:
    kept.note("ann", [earned(3)])
    assert told(kept) == []


def test_other_points_for_the_same_work_are_the_graders_doing(kept: PointsKept) -> None:
    kept.note("ann", [earned(3), earned(5, notebook="hvp")])
    kept.note("ann", [earned(4), earned(5, notebook="hvp")])
    assert told(kept) == [("ann", "derivatives/hessian", 3, 4, "other graders")]


def test_other_points_for_other_work_are_the_students_doing(kept: PointsKept) -> None:
    kept.note("bob", [earned(3)])
    kept.note("bob", [earned(10, "b")])
    assert told(kept) == [("bob", "derivatives/hessian", 3, 10, "handed in anew")]


def test_a_run_that_goes_on_after_it_was_killed_forgets_no_move(kept: PointsKept) -> None:
    kept.note("ann", [earned(3)])
    for _ in range(2):
        kept.note("ann", [earned(4)])
    kept.note("ann", [])
    assert told(kept) == [("ann", "derivatives/hessian", 3, 4, "other graders")]


def test_new_work_for_the_same_points_leaves_the_last_move_as_it_was(kept: PointsKept) -> None:
    for one in (earned(3), earned(4), earned(4, "b")):
        kept.note("ann", [one])
    assert told(kept) == [("ann", "derivatives/hessian", 3, 4, "other graders")]
    kept.note("ann", [earned(5, "b")])
    assert told(kept) == [("ann", "derivatives/hessian", 4, 5, "other graders")]


def test_other_points_of_a_task_are_nobodys_doing_and_a_lost_notebook_earns_nothing(
    kept: PointsKept,
) -> None:
    kept.note("ann", [earned(3), earned(5, notebook="hvp")])
    assert kept.note("ann", [Earned("hessian", 2, 8, "a")], ["hessian"]) == ["hvp"]
    assert told(kept) == [
        ("ann", "derivatives/hessian", 3, 2, "other points"),
        ("ann", "derivatives/hvp", 5, 0, "not there any more"),
    ]
    (first, _) = kept.moves(["ann"])
    kept.note("ann", [Earned("hessian", 2, 9, "a")], ["hessian"])
    assert kept.moves(["ann"])[0] == first and first.max_score == 8


def test_a_damaged_file_counts_as_none_and_nothing_is_written_without_need(
    kept: PointsKept, tmp_path: Path
) -> None:
    kept.note("ann", [earned(3)])
    (path,) = tmp_path.rglob("*.json")
    before = path.stat().st_mtime_ns
    kept.note("ann", [earned(3)])
    assert path.stat().st_mtime_ns == before
    for damage in ("", "[]", "{", '{"hessian": 3}', '{"hessian": {"other": 1}}'):
        path.write_text(damage, encoding="utf-8")
        assert told(kept) == []
    kept.note("ann", [earned(4)])
    assert told(kept) == []
