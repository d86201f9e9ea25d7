"""Progress, belts, targets, hints and the folder that a learner works in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graders import course
from graders.course import CourseError
from graders.judge.verdict import TaskVerdict, Verdict
from graders.learners.hints import hints_of, next_hint
from graders.learners.overview import BELTS, belt, next_topic, overview_lines
from graders.learners.progress import Progress, TaskProgress, load_progress, save_progress
from graders.learners.targets import Target, find_target
from graders.learners.workplace import Workplace, find_workplace
from graders.outlets.terminal import to_plain

TASKS = [(topic, task.name) for topic in course.topics() for task in topic.tasks]
JACOBIAN = course.topic("jacobian")


def verdict(score: float, *, needs_person: bool = False) -> Verdict:
    return Verdict(
        "derivatives/jacobian", "confined", 0, (TaskVerdict("vjp", score, 3.0, needs_person, ()),)
    )


def all_passed() -> Progress:
    names = {f"{topic.path}.{task.name}": task.points for topic, _ in TASKS for task in topic.tasks}
    return Progress({name: TaskProgress(points, True) for name, points in names.items()})


def test_what_was_saved_is_read_back(tmp_path: Path) -> None:
    progress = Progress().with_verdict(verdict(3.0)).with_hint(JACOBIAN, "vjp", 2)
    save_progress(tmp_path / ".progress.json", progress)
    assert load_progress(tmp_path / ".progress.json") == progress


def test_the_file_is_readable_and_says_that_it_may_be_deleted(tmp_path: Path) -> None:
    save_progress(tmp_path / ".progress.json", Progress().with_verdict(verdict(3.0)))
    data = json.loads((tmp_path / ".progress.json").read_text(encoding="utf-8"))
    assert "may delete" in data["about"]
    assert data["tasks"]["derivatives/jacobian.vjp"]["passed"] is True


def test_without_a_file_there_is_no_progress(tmp_path: Path) -> None:
    assert load_progress(tmp_path / ".progress.json") == Progress()


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"tasks": []}', '{"tasks": {"a": {"score": "x"}}}']
)
def test_a_broken_file_counts_as_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / ".progress.json"
    path.write_text(text, encoding="utf-8")
    assert load_progress(path) == Progress()


def test_a_broken_entry_costs_that_entry_only(tmp_path: Path) -> None:
    path = tmp_path / ".progress.json"
    whole = {"score": 3, "passed": True, "hints": 1}
    tasks = {
        "derivatives/jacobian.vjp": whole,
        "derivatives/jacobian.jvp": {"score": "three"},
        "derivatives/jacobian.jacobian": None,
    }
    path.write_text(json.dumps({"tasks": tasks}), encoding="utf-8")
    progress = load_progress(path)
    assert progress == Progress({"derivatives/jacobian.vjp": TaskProgress(3.0, True, 1)})
    save_progress(path, progress)
    assert load_progress(path) == progress


def test_a_broken_file_is_kept_beside_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / ".progress.json"
    path.write_text("half of a", encoding="utf-8")
    save_progress(path, Progress().with_verdict(verdict(3.0)))
    assert (tmp_path / ".progress.broken.json").read_text(encoding="utf-8") == "half of a"
    assert load_progress(path).of(JACOBIAN, "vjp").passed


def test_writing_leaves_no_draft_behind(tmp_path: Path) -> None:
    save_progress(tmp_path / ".progress.json", Progress())
    assert [path.name for path in tmp_path.iterdir()] == [".progress.json"]


def test_a_task_once_passed_stays_passed_and_the_score_is_the_latest() -> None:
    known = Progress().with_verdict(verdict(3.0)).with_verdict(verdict(1.0)).of(JACOBIAN, "vjp")
    assert known.passed
    assert known.score == 1.0


def test_a_task_that_could_not_be_judged_stays_as_it_was() -> None:
    progress = Progress().with_verdict(verdict(2.0))
    assert progress.with_verdict(verdict(0.0, needs_person=True)) == progress


def test_forgetting_a_topic_leaves_the_others() -> None:
    progress = all_passed().without(JACOBIAN)
    assert not progress.of(JACOBIAN, "vjp").passed
    assert progress.of(course.topic("hessian"), "hessian").passed


def test_belts_go_from_white_to_black() -> None:
    assert [belt(done, 6) for done in range(7)] == list(BELTS)
    assert belt(0, 0) == "white"


def test_only_a_finished_topic_earns_a_black_belt() -> None:
    assert belt(99, 100) == "brown"


def test_the_next_topic_is_the_first_with_an_open_task() -> None:
    assert next_topic(course.topics(), Progress()) == course.topics()[0]
    assert next_topic(course.topics(), all_passed()) is None


def test_the_list_names_every_task_on_a_line_of_its_own() -> None:
    lines = to_plain(overview_lines(course.topics(), Progress())).splitlines()
    for _, task in TASKS:
        assert sum(line.startswith(f"open: {task},") for line in lines) == 1


def test_the_list_says_what_to_do_next() -> None:
    assert "next: dojo watch jacobian" in to_plain(overview_lines(course.topics(), Progress()))
    assert "All tasks are passed" in to_plain(overview_lines(course.topics(), all_passed()))


def test_the_list_tells_a_task_that_is_broken_again() -> None:
    progress = all_passed().with_verdict(verdict(1.5))
    assert "vjp, passed before, now 1.5 of 3" in to_plain(overview_lines([JACOBIAN], progress))


@pytest.mark.parametrize("name", ["jacobian", "derivatives/jacobian"])
def test_a_topic_is_found_by_its_name(name: str) -> None:
    assert find_target(name) == Target(JACOBIAN)


@pytest.mark.parametrize("name", ["jacobian.vjp", "vjp", "derivatives/jacobian.vjp"])
def test_a_task_is_found_with_and_without_its_topic(name: str) -> None:
    assert find_target(name) == Target(JACOBIAN, JACOBIAN.task("vjp"))


@pytest.mark.parametrize("name", ["laplacian", "jacobian.laplacian", ""])
def test_an_unknown_name_is_answered_with_the_known_ones(name: str) -> None:
    with pytest.raises(CourseError, match="jacobian"):
        find_target(name)


@pytest.mark.parametrize(
    ("topic", "task"), TASKS, ids=lambda value: str(getattr(value, "name", value))
)
def test_every_task_has_hints_in_steps(topic: course.Topic, task: str) -> None:
    hints = hints_of(topic, task)
    assert len(hints) >= 3
    assert all(len(hint) > 30 for hint in hints)
    assert "?" in hints[0]
    assert "`" not in hints[0].replace("`v`", "").replace("`u`", "")
    assert any("`" in hint for hint in hints[1:])


def test_hints_come_one_at_a_time_and_the_place_is_remembered() -> None:
    progress = Progress()
    target = Target(JACOBIAN, JACOBIAN.task("vjp"))
    total = len(hints_of(JACOBIAN, "vjp"))
    for shown in [*range(1, total + 1), total]:
        lines, progress = next_hint(target, progress)
        assert lines[0].text == f"jacobian.vjp: hint {shown} of {total}"
        assert progress.of(JACOBIAN, "vjp").hints == shown


def test_a_topics_hint_is_for_its_first_open_task() -> None:
    lines, _ = next_hint(Target(JACOBIAN), Progress().with_verdict(verdict(3.0)))
    assert lines[0].text.startswith("jacobian.jacobian:")


def test_there_are_hints_after_passing_too() -> None:
    lines, _ = next_hint(Target(JACOBIAN), all_passed())
    assert lines[0].text.startswith("jacobian.vjp:")


def test_the_exercises_are_found_from_a_folder_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "exercises" / "derivatives"
    folder.mkdir(parents=True)
    (folder / "jacobian.py").touch()
    monkeypatch.chdir(folder)
    assert find_workplace().folder == tmp_path


def test_a_folder_without_exercises_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="holds no folder called exercises"):
        find_workplace(tmp_path)


def test_every_reset_keeps_what_was_there(tmp_path: Path) -> None:
    place = Workplace(tmp_path)
    assert place.reset(JACOBIAN) is None
    backups = []
    for text in ("first try", "second try"):
        place.exercise(JACOBIAN).write_text(text, encoding="utf-8")
        backups.append(place.reset(JACOBIAN))
    assert [backup.read_text(encoding="utf-8") for backup in backups if backup] == [
        "first try",
        "second try",
    ]
    assert "NotImplementedError" in place.exercise(JACOBIAN).read_text(encoding="utf-8")
