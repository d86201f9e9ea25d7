"""The lessons run from top to bottom: solved without an error, as given out until a check."""

from __future__ import annotations

import ast
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pytest
from browser import a_browser, what_axe_finds
from nbclient import NotebookClient
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode

from graders import course
from graders.course.notebook import fingerprint, without_hidden_tests

pytestmark = pytest.mark.lowest

ROOT = Path(__file__).resolve().parent.parent
TOPICS = [topic.name for topic in course.topics()]
VERSIONS = ("solved", "as given out")
# Cells that ask for scikit-learn, and cells that ask for the learner's own functions, and say so
# where they are not there.
WITH_MORE_PACKAGES = "-digits-"
WITH_ANSWERS = (WITH_MORE_PACKAGES, "-newton-cg", "-of-maml", "-of-irises")
# Training that takes a quarter of a minute, and in a tenth of its length does all the same.
LONG, SHORT = "iterations: int = 2000", "iterations: int = 200"
# Pictures in place of sliders, as where ipywidgets is not installed.
NO_WIDGETS = "import sys\nsys.modules['ipywidgets'] = None"
# The numbers beside cells and the colours of code are nbconvert's, and the same on all its pages.
OF_NBCONVERT = ("jp-InputPrompt", "jp-OutputPrompt", "<span class=")
Ran = dict[tuple[str, str], list[NotebookNode]]


def cells_of(topic: str, version: str) -> list[NotebookNode]:
    found = course.topic(topic)
    folder = "source" if version == "solved" else "release"
    path = ROOT / folder / found.assignment / f"{topic}.ipynb"
    cells = [one for one in nbformat.read(path, as_version=4).cells if one.cell_type == "code"]
    for cell in cells:
        cell.source = without_hidden_tests(cell.source)
    return cells


def in_a_hurry(cells: list[NotebookNode]) -> list[NotebookNode]:
    for cell in cells:
        cell.source = cell.source.replace(LONG, SHORT)
    return cells


def grade_id(cell: NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """All lessons, one after another in one kernel, whose names are forgotten in between."""
    segments = {
        (topic, version): in_a_hurry(cells_of(topic, version))
        for topic in TOPICS
        for version in VERSIONS
    }
    joined = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(NO_WIDGETS)])
    for cells in segments.values():
        joined.cells += [*cells, nbformat.v4.new_code_cell("%reset -f")]
    client = NotebookClient(
        joined,
        timeout=240,
        allow_errors=True,
        kernel_name="python3",
        resources={"metadata": {"path": str(tmp_path_factory.mktemp("elsewhere"))}},
    )
    client.execute()
    return segments


@pytest.mark.slow
@pytest.mark.browser
def test_as_a_page_axe_finds_nothing_serious_and_every_figure_brings_its_words(
    ran: Ran, tmp_path: Path
) -> None:
    """As nbconvert makes a page of a lesson that was run."""
    lesson = nbformat.read(ROOT / "release" / "derivatives" / "hessian.ipynb", as_version=4)
    code = iter(ran["hessian", "as given out"])
    lesson.cells = [next(code) if one.cell_type == "code" else one for one in lesson.cells]
    page_file = tmp_path / "hessian.html"
    page_file.write_text(HTMLExporter().from_notebook_node(lesson)[0], encoding="utf-8")
    with a_browser() as browser:
        page = browser.new_page()
        page.goto(page_file.as_uri())
        alts = [one.get_attribute("alt") for one in page.locator("figure img").all()]
        found = what_axe_finds(page)
    assert len(alts) >= 4 and all(len((alt or "").split()) >= 8 for alt in alts)
    assert not [one for one in found if not any(mark in one[1] for mark in OF_NBCONVERT)]


def errors(cells: list[NotebookNode]) -> dict[str, str]:
    return {
        grade_id(cell) or cell.source[:60]: f"{output.ename}: {output.evalue}"
        for cell in cells
        for output in cell.outputs
        if output.output_type == "error"
    }


def printed(cell: NotebookNode, stream: str) -> str:
    return "".join(one.text for one in cell.outputs if one.get("name") == stream)


@pytest.mark.slow
@pytest.mark.parametrize("topic", TOPICS)
def test_a_solved_lesson_runs_from_top_to_bottom(ran: Ran, topic: str) -> None:
    cells = ran[topic, "solved"]
    assert errors(cells) == {}
    assert all(cell.execution_count for cell in cells)
    assert [printed(cell, "stderr") for cell in cells if printed(cell, "stderr")] == []


@pytest.mark.long
def test_a_lesson_that_trains_runs_in_its_full_length() -> None:
    cells = cells_of("maml", "solved")
    assert any(LONG in cell.source for cell in cells)
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=240, allow_errors=True, kernel_name="python3").execute()
    assert errors(cells) == {}
    assert all(cell.execution_count for cell in cells)


@pytest.mark.slow
def test_a_slider_asks_nothing_of_whoever_runs_the_notebook() -> None:
    """Of an Output widget the client is asked, and may then miss that the cell has ended.

    nbgrader's Validate waited half a minute for such a cell, one time in ten.
    """
    setup, *others = cells_of("hessian", "solved")
    cells = [setup, *(cell for cell in others if "play(" in cell.source)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    assert errors(cells) == {}
    ((_, state),) = notebook.metadata.widgets.items()
    names = {model["model_name"] for model in state["state"].values()}
    assert "SelectionSliderModel" in names and "OutputModel" not in names


@pytest.mark.slow
@pytest.mark.parametrize("topic", TOPICS)
def test_each_visible_check_says_what_held_of_the_solution(ran: Ran, topic: str) -> None:
    for cell in ran[topic, "solved"]:
        if grade_id(cell).startswith("check-"):
            assert printed(cell, "stdout").count("✓") >= 3, grade_id(cell)


@pytest.mark.slow
@pytest.mark.parametrize("topic", TOPICS)
def test_as_given_out_everything_runs_but_the_checks_and_no_check_passes(
    ran: Ran, topic: str
) -> None:
    cells = ran[topic, "as given out"]
    assert errors(cells) == {}
    said = {grade_id(cell): text for cell in cells if (text := printed(cell, "stderr"))}
    assert said == {
        f"check-{task.name}": f"✗ `{task.name}` is still yours to write.\n"
        for task in course.topic(topic).tasks
    }


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("topic", TOPICS)
def test_every_figure_is_shown_with_its_alt_text_and_caption(
    ran: Ran, topic: str, version: str
) -> None:
    for cell in ran[topic, version]:
        shown = [one for one in cell.outputs if one.output_type == "display_data"]
        pictures = [_Figure(one.data["text/html"]) for one in shown if "text/html" in one.data]
        calls = figure_calls(cell) if "figure-" in grade_id(cell) else []
        if any(part in grade_id(cell) for part in WITH_ANSWERS) and not pictures:
            continue
        assert len(pictures) == len(calls), grade_id(cell)
        for picture, words in zip(pictures, calls, strict=True):
            assert picture.alt == words["alt"]
            assert picture.caption == words["caption"]


class _Figure(HTMLParser):
    """The words of a figure as a browser reads them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.alt: str | None = None
        self.caption = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.alt = dict(attrs)["alt"]

    def handle_data(self, data: str) -> None:
        self.caption += data


def figure_calls(cell: NotebookNode) -> list[dict[str, Any]]:
    """The words that a cell gives to `show_figure` or `play`, where they are constants."""
    return [
        {
            one.arg: one.value.value if isinstance(one.value, ast.Constant) else None
            for one in node.keywords
            if one.arg
        }
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("show_figure", "play")
    ]


FIGURES = [
    (topic, cell)
    for topic in TOPICS
    for cell in cells_of(topic, "solved")
    if grade_id(cell).startswith("figure-")
]


@pytest.mark.parametrize(
    ("topic", "cell"), FIGURES, ids=[f"{topic}-{grade_id(cell)}" for topic, cell in FIGURES]
)
def test_every_figure_has_words_for_who_cannot_see_it(topic: str, cell: NotebookNode) -> None:
    calls = figure_calls(cell)
    assert calls
    for words in calls:
        alt, caption = words["alt"], words["caption"]
        assert isinstance(alt, str) and isinstance(caption, str)
        assert len(alt.split()) >= 8 and len(caption.split()) >= 8
        assert alt != caption


@pytest.mark.parametrize("topic", TOPICS)
def test_a_lesson_needs_nothing_but_torch_matplotlib_and_python(topic: str) -> None:
    for cell in cells_of(topic, "as given out"):
        # Where ipywidgets is not there, pictures stand in for its sliders.
        allowed = {"torch", "matplotlib", "IPython", "ipywidgets"}
        if WITH_MORE_PACKAGES in grade_id(cell):
            allowed.add("sklearn")
        for node in ast.walk(ast.parse(cell.source)):
            names = []
            if isinstance(node, ast.Import):
                names = [one.name for one in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                package = name.partition(".")[0]
                assert package in allowed or package in _OF_PYTHON, f"{grade_id(cell)}: {name}"


_OF_PYTHON = {
    "_thread",
    "base64",
    "html",
    "io",
    "linecache",
    "sys",
    "threading",
    "traceback",
    "math",
    "collections",
    "itertools",
    "functools",
    "warnings",
    "weakref",
    "gc",
    "contextlib",
    "typing",
}


@pytest.mark.parametrize("topic", TOPICS)
def test_what_is_given_out_holds_no_solution_and_no_hidden_test(topic: str) -> None:
    found = course.topic(topic)
    given = nbformat.read(ROOT / "release" / found.assignment / f"{topic}.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in given.cells)
    for mark in ("BEGIN SOLUTION", "END SOLUTION", "HIDDEN TESTS", "hidden graders"):
        assert mark not in text
    stubs = {grade_id(cell): cell.source for cell in given.cells if cell.cell_type == "code"}
    for task in found.tasks:
        assert "raise NotImplementedError" in stubs[task.name]
        solved = next(c for c in cells_of(topic, "solved") if grade_id(c) == task.name)
        assert fingerprint(stubs[task.name]) != fingerprint(solved.source)
        assert stubs[task.name].partition('"""')[0] == solved.source.partition('"""')[0]


@pytest.mark.parametrize("topic", TOPICS)
def test_a_learner_sees_the_cells_to_write_in_and_the_rest_of_the_code_is_folded(
    topic: str,
) -> None:
    """JupyterLab folds by `source_hidden`, Colab by `cellView`."""
    for cell in cells_of(topic, "as given out"):
        lines = len(cell.source.splitlines())
        is_ours = cell.metadata.get("nbgrader", {}).get("locked", False)
        folded = cell.metadata.get("jupyter", {}).get("source_hidden", False)
        assert folded == (cell.metadata.get("cellView") == "form")
        assert folded == (is_ours and lines > 7), cell.source
