"""The page that a student gets: its order, whose words are whose, and what reaches no student."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from class_of_students import ASSIGNMENT, make_course
from formgrader import formgrader_page
from graded_pages import PICTURE, WRITTEN, a_class, comment, page_of

from graders.outlets.nbgrader.course_folder import CourseFolder
from graders.outlets.nbgrader.formgrader import InstructorView

pytestmark = pytest.mark.filterwarnings("ignore:Object of type <Submitted")
TOPIC = "curvature"
TASKS = ("eigenvalues", "classify_hessian", "classify_critical_point")


@dataclass(frozen=True)
class Read:
    """A page as its reader sees it."""

    soup: BeautifulSoup

    def part(self, heading: str) -> Tag:
        """The section below a heading."""
        (found,) = (one for one in self.soup.find_all("h2") if one.get_text() == heading)
        section = found.find_parent(["section", "details"])
        assert section is not None
        return section

    @property
    def words(self) -> str:
        return " ".join(self.soup.get_text().split())


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> CourseFolder:
    """One student's curvature.ipynb, graded, with comments and cells of the student's own."""
    course = make_course(tmp_path_factory.mktemp("pages"), TOPIC)
    a_class(course, TOPIC, "ann", "wrong_in_classic_ways")
    comment(course, TOPIC, "ann", "why-silent", "The pair is **right**: $x^2$.", points=1.5)
    comment(course, TOPIC, "ann", "eigenvalues", "See the lesson, please.")
    return course


@pytest.fixture(scope="module")
def page(course: CourseFolder) -> Read:
    return Read(BeautifulSoup(page_of(course, TOPIC, "ann"), "html.parser"))


def test_it_begins_with_all_points_and_a_link_to_each_task_and_its_cell(page: Read) -> None:
    head = page.soup.header
    assert head is not None and head.h1 is not None
    assert head.h1.get_text().endswith("of 12 points")
    links = [str(link["href"]) for link in head.find_all("a")]
    assert links == [
        *(f"#{place}-{task}" for task in TASKS for place in ("task", "answer")),
        "#written-why-silent",
    ]
    for link in links:
        assert len(page.soup.select(f"[id='{link[1:]}']")) == 1


def test_verdicts_come_first_then_written_answers_own_cells_and_the_lesson(page: Read) -> None:
    headings = [one.get_text() for one in page.soup.find_all("h2")]
    ours = ["Tasks", "Written answers", "Your cells", "The lesson, as you were given it"]
    assert headings == ours
    cards = page.part("Tasks").select(".dojo-feedback")
    assert [str(card["aria-label"]) for card in cards] == [f"Feedback on {t}" for t in TASKS]
    assert "whatever the student wrote" in page.part("Your cells").get_text()


def test_the_lesson_is_folded_and_holds_what_was_given_out(page: Read) -> None:
    lesson = page.part("The lesson, as you were given it")
    assert lesson.name == "details" and not lesson.has_attr("open")
    assert "Curvature: what the eigenvalues say" in lesson.get_text()
    assert "def draw_four_points" in lesson.get_text()
    assert "def draw_four_points" not in page.part("Your cells").get_text()


def test_a_changed_cell_of_the_lesson_is_the_student_s(page: Read) -> None:
    assert "Curvature: what I say" in page.part("Your cells").get_text()


def test_points_and_comments_of_an_instructor_are_shown_where_the_answers_are(page: Read) -> None:
    written = page.part("Written answers")
    assert "1.5 of 2 points" in written.get_text()
    assert "✎ marked by hand" in written.get_text()
    assert WRITTEN in written.get_text()
    (remark,) = written.select(".dojo-remark")
    assert remark.strong is not None and remark.math is not None
    (remark,) = page.part("Your cells").select(".dojo-remark")
    assert "See the lesson, please." in remark.get_text()
    assert remark.find_parent(id="answer-eigenvalues")


def test_an_answer_that_nobody_has_marked_yet_is_no_zero(course: CourseFolder) -> None:
    a_class(course, TOPIC, "new")
    shown = Read(BeautifulSoup(page_of(course, TOPIC, "new"), "html.parser"))
    assert "! not marked yet why-silent worth 2 points" in shown.words
    assert "1 of the parts below waits for a person" in shown.words
    assert "0 of 2" not in shown.words


def test_points_set_by_a_person_are_told_as_such(course: CourseFolder) -> None:
    a_class(course, TOPIC, "set")
    comment(course, TOPIC, "set", "check-eigenvalues", "", points=0.5)
    page = BeautifulSoup(page_of(course, TOPIC, "set"), "html.parser")
    head, task = page.header, page.find(id="task-eigenvalues")
    assert head is not None and task is not None
    assert "A person gave 0.5 of 3 points for this." in task.get_text()
    assert str(page).count("A person gave") == 1
    (line,) = (one for one in head.find_all("li") if "eigenvalues" in one.get_text())
    assert "points set by a person" in line.get_text() and "0.5 of" in line.get_text()


def test_no_cell_of_a_student_passes_for_the_course_s(page: Read) -> None:
    """Forged marks, our classes and names, a verdict in HTML, a printed one: all are theirs."""
    forged = list(page.soup.find_all(string=lambda text: "10 of 10" in (text or "")))
    assert len(forged) >= 4
    for text in forged:
        box = text.find_parent(class_="dojo-theirs")
        assert box is not None and not box.find_parent("details")
        inside = [tag for tag in box.find_all(True) if tag.find_parent("pre") is None]
        assert not [tag for tag in inside if tag.get("id") or tag.get("style")]
        assert not {"h1", "h2", "h3"} & {tag.name for tag in inside}
        assert {str(tag.get("class")) for tag in inside} <= {
            "None", "['dojo-code']", "['dojo-printed']",
        }  # fmt: skip
    ids = [str(tag["id"]) for tag in page.soup.find_all(id=True)]
    assert len(ids) == len(set(ids))


def test_what_a_cell_printed_and_drew_is_shown_and_its_html_is_not(page: Read) -> None:
    own = page.part("Your cells")
    assert "loss 0.5" in own.get_text()
    assert PICTURE in str(own.img and own.img["src"])
    assert own.img is not None and own.img["alt"]
    assert "shown as HTML" not in page.words


def test_the_page_asks_for_nothing_from_elsewhere(page: Read) -> None:
    assert not page.soup.find_all(["script", "link", "iframe", "object"])
    assert not [tag for tag in page.soup.find_all(src=True) if not tag["src"].startswith("data:")]
    assert "http" not in "".join(tag.get_text() for tag in page.soup.find_all("style"))
    assert page.soup.html is not None and page.soup.html["lang"] == "en"


def model_answer(course: CourseFolder) -> str:
    path = course.folder / "source" / ASSIGNMENT / f"{TOPIC}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells]
    (text,) = (source for source in sources if "*Marking:*" in source)
    return text


def test_the_formgrader_shows_the_model_answer_folded_behind_the_student_s(
    course: CourseFolder,
) -> None:
    assert "terms of third and higher order" in model_answer(course)
    soup = BeautifulSoup(formgrader_page(course, "ann", ASSIGNMENT, TOPIC), "html.parser")
    (folded,) = (one for one in soup.find_all("details") if "Model answer" in one.get_text())
    assert not folded.has_attr("open")
    assert "terms of third and higher order" in folded.get_text()
    assert "1 point for a valid pair" in folded.get_text()
    before = folded.find_previous("textarea")
    assert before is not None and before["id"] == "why-silent-comment"


@pytest.mark.parametrize("step", ["release", "autograded", "feedback"])
def test_nothing_that_a_student_gets_holds_the_model_answer(
    course: CourseFolder, page: Read, step: str
) -> None:
    files = [path for path in (course.folder / step).rglob("*") if path.is_file()]
    assert files
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert "Marking:" not in text
        assert "third and higher order" not in text


def test_a_page_that_is_no_formgrader_s_gets_no_model_answer() -> None:
    resources: dict[str, Any] = {"assignment_id": ASSIGNMENT, "notebook_id": TOPIC}
    notebook = object()
    for more in ({}, {"submission_id": "1", "nbgrader": {"student": "ann"}}):
        assert InstructorView().preprocess(notebook, {**resources, **more})[0] is notebook


def test_verdicts_keep_their_style_in_the_formgrader(course: CourseFolder) -> None:
    soup = BeautifulSoup(formgrader_page(course, "ann", ASSIGNMENT, TOPIC), "html.parser")
    cards = soup.select(".dojo-feedback")
    assert len(cards) == len(TASKS)
    for card in cards:
        style = card.find_previous("style")
        assert style is not None and ".dojo-failed { --dojo-state" in style.get_text()


def test_a_class_without_its_release_folder_is_shown_by_the_course_s(
    course: CourseFolder, tmp_path: Path, page: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    (course.folder / "release").rename(tmp_path / "release")
    try:
        again = Read(BeautifulSoup(page_of(course, TOPIC, "ann"), "html.parser"))
    finally:
        (tmp_path / "release").rename(course.folder / "release")
    assert again.words == page.words
