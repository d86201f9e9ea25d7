"""What a person has marked stays marked until it changes; then it is said, and nothing is lost."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from class_of_students import ASSIGNMENT, cell_of, make_course
from graded_pages import comment, page_of
from sqlalchemy import text, update
from test_feedback_html import Page
from typer.testing import CliRunner

from graders.classroom.grade import Order, Outcome, grade
from graders.classroom.local_processes import local_processes
from graders.classroom.pool import Crew
from graders.classroom.store import Ruling
from graders.cli import app
from graders.course import root
from graders.demo.pupils import Pupil
from graders.demo.pupils import hand_in as hand_in_as
from graders.outlets.csv_export import waiting
from graders.outlets.nbgrader.course_folder import CourseFolder
from graders.outlets.nbgrader.graded_for import ANSWERS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Object of type <Submitted"),
]
ROOT = root()
TOPIC, WRITTEN, ANSWER = "curvature", "why-silent", "Because terms of higher order decide."
Cells = list[dict[str, Any]]


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("released") / "course"
    make_course(folder, TOPIC)
    return folder


@pytest.fixture
def course(released: Path, tmp_path: Path) -> CourseFolder:
    return CourseFolder(Path(shutil.copytree(released, tmp_path / "course")))


@pytest.fixture(scope="module")
def crew() -> Iterator[Crew]:
    with local_processes(1) as make, Crew(make, 1) as shared:
        yield shared


def hand_in(course: CourseFolder, change: Callable[[Cells], None] = lambda _cells: None) -> None:
    """Hand in right answers, all of them or as `change` leaves them."""
    folder = course.folder / "submitted" / "ann" / ASSIGNMENT
    release = course.folder / "release" / ASSIGNMENT
    hand_in_as(Pupil("ann", "", ("right_by_rows",)), release, folder)
    path = folder / f"{TOPIC}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cell_of(notebook["cells"], WRITTEN)["source"] = ANSWER
    change(notebook["cells"])
    path.write_text(json.dumps(notebook), encoding="utf-8")


def run(course: CourseFolder, crew: Crew, **order: Any) -> Outcome:
    return grade(
        Order(course.folder, ASSIGNMENT, Ruling(), **order), crew, crew, lambda _outcome: None
    )


def found(course: CourseFolder, name: str = WRITTEN) -> tuple[float | None, float, bool]:
    """Give the points of the machine, those that count, and whether a person is waited for."""
    with course.gradebook() as gradebook:
        one = gradebook.find_grade(name, TOPIC, ASSIGNMENT, "ann")
        return one.auto_score, one.score, bool(one.needs_manual_grade)


def in_order_to_regrade(course: CourseFolder) -> None:
    """Change a setting, so that the whole class is written again."""
    with (course.folder / "nbgrader_config.py").open("a", encoding="utf-8") as settings:
        settings.write("\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")


def changed(cells: Cells) -> None:
    cell_of(cells, WRITTEN)["source"] = "I do not know."


def code_changed(cells: Cells) -> None:
    cell_of(cells, "eigenvalues")["source"] += "\n# once more"


def report_of(course: CourseFolder) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(course.folder)
        done = CliRunner().invoke(app, ["report", ASSIGNMENT])
    assert done.exit_code == 0, done.output
    page = course.folder / f"{ASSIGNMENT}-report.html"
    return " ".join(Page(page.read_text(encoding="utf-8")).words.split())


@pytest.mark.parametrize("again", ["new settings", "--force", "nbgrader's own steps"])
def test_an_answer_that_is_the_same_stays_marked_whatever_is_graded_again(
    course: CourseFolder, crew: Crew, again: str
) -> None:
    hand_in(course)
    run(course, crew)
    assert found(course) == (None, 0.0, True)
    comment(course, TOPIC, "ann", WRITTEN, "Good", points=1.5)
    comment(course, TOPIC, "ann", "check-eigenvalues", "", points=0.5)
    if again == "new settings":
        in_order_to_regrade(course)
        assert run(course, crew).written == 1
    elif again == "--force":
        assert run(course, crew, afresh=True, student="ann").written == 1
    else:
        shutil.rmtree(course.folder / "autograded")
        course.autograde(ASSIGNMENT, "ann")
    assert found(course) == (None, 1.5, False)
    assert found(course, "check-eigenvalues")[1:] == (0.5, False)
    words = Page(page_of(course, TOPIC, "ann")).words
    assert "✎ marked by hand why-silent 1.5 of 2 points" in " ".join(words.split())
    with course.gradebook() as gradebook:
        assert waiting(gradebook) == {}


def test_code_that_is_handed_in_anew_leaves_a_written_answer_marked(
    course: CourseFolder, crew: Crew
) -> None:
    hand_in(course)
    run(course, crew)
    comment(course, TOPIC, "ann", WRITTEN, "", points=2)
    comment(course, TOPIC, "ann", "check-eigenvalues", "", points=0.5)
    hand_in(course, code_changed)
    run(course, crew)
    assert found(course) == (None, 2.0, False)
    # What was given for the code was given for other code.
    assert found(course, "check-eigenvalues")[1:] == (0.5, True)


def test_an_answer_that_changed_keeps_its_points_and_everybody_is_told(
    course: CourseFolder, crew: Crew
) -> None:
    hand_in(course)
    run(course, crew)
    comment(course, TOPIC, "ann", WRITTEN, "Good", points=2)
    hand_in(course, changed)
    run(course, crew)
    assert found(course) == (None, 2.0, True)
    page = " ".join(Page(page_of(course, TOPIC, "ann")).words.split())
    assert "! marked before it was changed; a person looks again why-silent 2 of 2 points" in page
    assert "not marked yet" not in page
    said = report_of(course)
    assert "Changed after a person gave the points" in said
    assert "ann (why-silent)" in said
    assert "Nobody" not in said
    with course.gradebook() as gradebook:
        assert waiting(gradebook) == {ASSIGNMENT: ["ann"]}
    # Whoever marks it anew is not asked again.
    comment(course, TOPIC, "ann", WRITTEN, "", points=0)
    run(course, crew, afresh=True)
    assert found(course) == (None, 0.0, False)
    assert "Changed after" not in report_of(course)


def without_metadata(cells: Cells) -> None:
    cell_of(cells, WRITTEN)["metadata"] = {}


def in_a_new_cell(cells: Cells) -> None:
    own = {"cell_type": "markdown", "metadata": {}, "source": ANSWER}
    cells[:] = [one for one in cells if one is not cell_of(cells, WRITTEN)] + [own]


def below_the_stub(cells: Cells) -> None:
    place = cells.index(cell_of(cells, WRITTEN))
    cells.insert(place + 1, {"cell_type": "markdown", "metadata": {}, "source": ANSWER})
    cell_of(cells, WRITTEN)["source"] = "*Your answer comes here, in place of this line.*"


@pytest.mark.parametrize("change", [without_metadata, in_a_new_cell, below_the_stub])
def test_a_written_answer_in_another_cell_waits_for_a_person(
    course: CourseFolder, crew: Crew, change: Callable[[Cells], None]
) -> None:
    hand_in(course, change)
    run(course, crew)
    assert found(course) == (None, 0.0, True)
    page = " ".join(Page(page_of(course, TOPIC, "ann")).words.split())
    assert "! not marked yet why-silent worth 2 points" in page
    assert "other cells hold words of yours" in page and "No response" not in page
    assert "1 written answer waits to be marked" in report_of(course)


def test_no_answer_and_no_words_of_one_s_own_are_worth_nothing_and_nobody_waits(
    course: CourseFolder, crew: Crew
) -> None:
    def unanswered(cells: Cells) -> None:
        cell_of(cells, WRITTEN)["source"] = "*Your answer comes here, in place of this line.*"

    hand_in(course, unanswered)
    run(course, crew)
    assert found(course) == (0.0, 0.0, False)
    page = page_of(course, TOPIC, "ann")
    assert "No response" in BeautifulSoup(page, "html.parser").get_text()
    words = " ".join(Page(page).words.split())
    assert "· not answered why-silent 0 of 2 points" in words
    assert "marked by hand" not in words


def test_a_note_that_is_damaged_has_a_person_look_again(course: CourseFolder, crew: Crew) -> None:
    hand_in(course)
    run(course, crew)
    comment(course, TOPIC, "ann", WRITTEN, "", points=2)
    with course.gradebook() as gradebook:
        gradebook.db.execute(update(ANSWERS).values(graded_for="["))
        gradebook.db.commit()
    run(course, crew, afresh=True)
    assert found(course) == (None, 2.0, True)


def test_a_gradebook_of_before_there_was_a_note_has_a_person_look_again_once(
    course: CourseFolder, crew: Crew
) -> None:
    hand_in(course)
    run(course, crew)
    comment(course, TOPIC, "ann", WRITTEN, "", points=2)
    with course.gradebook() as gradebook:
        gradebook.db.execute(text(f"DROP TABLE {ANSWERS.name}"))
        gradebook.db.commit()
    run(course, crew)
    assert found(course) == (None, 2.0, True)
    comment(course, TOPIC, "ann", WRITTEN, "", points=2)
    run(course, crew, afresh=True)
    assert found(course) == (None, 2.0, False)


def all_changed(cells: Cells) -> None:
    changed(cells)
    code_changed(cells)


def copied(course: CourseFolder) -> Path:
    return Path(shutil.copy(course.folder / "gradebook.db", course.folder / "older.db"))


@pytest.mark.parametrize("marked_since", [True, False])
def test_points_of_an_older_gradebook_wait_where_the_answer_is_another_now(
    course: CourseFolder, crew: Crew, marked_since: bool
) -> None:
    hand_in(course)
    run(course, crew)
    comment(course, TOPIC, "ann", WRITTEN, "for the first text", points=0.5)
    comment(course, TOPIC, "ann", "check-eigenvalues", "", points=1)
    run(course, crew)
    older = copied(course)
    hand_in(course, all_changed)
    run(course, crew)
    assert found(course)[1:] == (0.5, True)
    if marked_since:
        comment(course, TOPIC, "ann", WRITTEN, "for the second text", points=2)
        comment(course, TOPIC, "ann", "check-eigenvalues", "", points=2)
        run(course, crew)
        assert found(course) == (None, 2.0, False)
    # In place: the crew keeps the file open, as no second run of the command does.
    shutil.copyfile(older, course.folder / "gradebook.db")
    assert run(course, crew).written == 1
    assert found(course) == (None, 0.5, True)
    assert found(course, "check-eigenvalues")[1:] == (1.0, True)
    assert f"ann (eigenvalues, {WRITTEN})" in report_of(course)
    assert run(course, crew).unchanged == 1


@pytest.mark.parametrize("again", ["new settings", "--force"])
def test_points_for_a_notebook_that_is_gone_wait_until_a_person_has_looked(
    course: CourseFolder, crew: Crew, again: str
) -> None:
    other = course.folder / "source" / ASSIGNMENT / "hessian.ipynb"
    shutil.copy(ROOT / "source" / ASSIGNMENT / "hessian.ipynb", other)
    course.release(ASSIGNMENT)
    hand_in(course)
    theirs = course.folder / "submitted" / "ann" / ASSIGNMENT
    shutil.copy(course.folder / "release" / ASSIGNMENT / "hessian.ipynb", theirs)
    with local_processes(1) as make, Crew(make, 1) as crew:
        run(course, crew)
        comment(course, TOPIC, "ann", WRITTEN, "", points=2)
        (theirs / f"{TOPIC}.ipynb").unlink()
        gone = run(course, crew).gone["ann"]
        assert gone.startswith(f"graded before and not there any more: {TOPIC}.ipynb; ")
        assert found(course) == (0.0, 2.0, True)
        for _ in range(2):
            if again == "new settings":
                in_order_to_regrade(course)
            assert run(course, crew, afresh=again == "--force").written == 1
            assert found(course) == (0.0, 2.0, True)
        comment(course, TOPIC, "ann", WRITTEN, "", points=0)
        run(course, crew, afresh=True)
        assert found(course) == (0.0, 0.0, False)


@pytest.mark.parametrize("step", ["autograded", "feedback"])
def test_a_file_of_a_student_that_is_lost_or_empty_is_made_again(
    course: CourseFolder, crew: Crew, step: str
) -> None:
    hand_in(course)
    run(course, crew)
    (path,) = (course.folder / step / "ann" / ASSIGNMENT).glob(f"{TOPIC}.*")
    whole = path.read_bytes()
    for harm in (path.unlink, lambda: path.write_bytes(b"")):
        harm()
        again = run(course, crew)
        assert (again.judged, again.written) == (0, 1)
        assert path.read_bytes() == whole
    assert run(course, crew).unchanged == 1


def test_who_was_being_written_when_a_run_was_killed_is_written_by_the_next(
    course: CourseFolder, crew: Crew
) -> None:
    class Killed(Crew):
        def run(self, *_given: Any) -> Iterator[Any]:
            for items, start in [_given]:
                start(SimpleNamespace(submit=lambda *_: None), items[0])
            raise KeyboardInterrupt
            yield

    hand_in(course)
    run(course, crew)
    order = Order(course.folder, ASSIGNMENT, Ruling(), afresh=True)
    with pytest.raises(KeyboardInterrupt), Killed(lambda: pytest.fail("nobody works"), 1) as dead:
        grade(order, crew, dead, lambda _outcome: None)
    assert run(course, crew).written == 1
    assert run(course, crew).unchanged == 1


def test_a_due_date_that_moves_is_brought_to_those_who_were_graded(
    course: CourseFolder, crew: Crew
) -> None:
    in_order_to_regrade(course)
    hand_in(course)
    time = course.folder / "submitted" / "ann" / ASSIGNMENT / "timestamp.txt"
    time.write_text("2026-11-29 10:00:00 UTC", encoding="utf-8")
    assert run(course, crew).written == 1
    for due, penalty in (("2026-11-29 09:00:00", True), ("2026-12-31 12:00:00", False)):
        with course.gradebook() as gradebook:
            gradebook.update_or_create_assignment(ASSIGNMENT, duedate=due)
        assert run(course, crew).written == 1
        with course.gradebook() as gradebook:
            late = gradebook.find_submission(ASSIGNMENT, "ann").late_submission_penalty
        assert bool(late) == penalty
    assert run(course, crew).unchanged == 1


def test_who_was_not_in_the_gradebook_is_named_where_others_were(
    course: CourseFolder, crew: Crew
) -> None:
    hand_in(course)
    assert run(course, crew).enrolled == []
    submitted = course.folder / "submitted"
    shutil.copytree(submitted / "ann", submitted / "ANN")
    assert run(course, crew).enrolled == ["ANN"]
    assert run(course, crew).enrolled == []
