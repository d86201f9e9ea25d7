"""A student and an instructor at work in the real JupyterLab, in a real browser."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from lab_server import PATIENCE, Lab, a_lab, a_page

from graders.demo.pupils import Pupil, hand_in
from graders.hidden.derivatives.hessian.mistakes import hessian_diagonal_only
from graders.outlets.nbgrader.course_folder import CourseFolder
from graders.outlets.wording import first_sentence
from tests.learners import ROOT, dojo, make_place

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Object of type <Submitted"),
]

GRADIENT = """def gradient(func, inputs):
    x = inputs.detach().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(x)
    return torch.autograd.grad(y, x, materialize_grads=True)[0]
"""
HESSIAN = """def hessian(func, inputs):
    x = inputs.detach().flatten().requires_grad_()
    y = func(x.reshape(inputs.shape))
    slopes = torch.zeros_like(x)
    if y.requires_grad:
        (slopes,) = torch.autograd.grad(y, x, create_graph=True, materialize_grads=True)
    rows = x.new_zeros(len(x), len(x))
    for i in range(len(x) if slopes.requires_grad else 0):
        (rows[i],) = torch.autograd.grad(slopes[i], x, retain_graph=True, materialize_grads=True)
    return KEPT.reshape(inputs.shape + inputs.shape)
"""
DIAGONAL, WHOLE = HESSIAN.replace("KEPT", "rows.diagonal().diag()"), HESSIAN.replace("KEPT", "rows")
IS_IDLE = "jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status == 'idle'"


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    with a_page() as page:
        yield page


@pytest.fixture(scope="module")
def lab(page: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Start JupyterLab in a course folder with one topic and what one student handed in."""
    base = tmp_path_factory.mktemp("lab")
    folder = make_place(base / "course")
    _make_course(folder)
    with a_lab(folder, base / "home", page) as running:
        yield running


@pytest.mark.lowest
def test_check_in_a_notebook_judges_of_each_cell_what_was_run_or_saved_last(lab: Lab) -> None:
    notebook = lab.folder / "hessian.ipynb"
    saved = notebook.read_bytes()
    lab.open("doc/tree/hessian.ipynb")
    page = lab.page
    page.wait_for_function(f"window.jupyterapp && {IS_IDLE}")
    page.wait_for_selector("mjx-container")
    _run(lab, "setup")
    _run(lab, "gradient", GRADIENT)
    _run(lab, "hessian", DIAGONAL)
    # After a run the next cell is selected; "a" puts a new one above it, right below the answer.
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    page.keyboard.insert_text("%load_ext graders\n%check hessian")
    page.keyboard.press("Shift+Enter")

    answers = page.locator(".jp-OutputArea .dojo-feedback[role=group]")
    answers.nth(1).wait_for()
    first, second = answers.all_inner_texts()
    assert "passed" in first and "3 of 3 points" in first
    assert first_sentence(hessian_diagonal_only.hint) in second

    _run(lab, "hessian", WHOLE)
    page.keyboard.press("Shift+Enter")
    page.wait_for_selector(".dojo-topic >> text=hessian: 10 of 10 points")
    assert answers.count() == 2
    assert all("✓ passed" in text for text in answers.all_inner_texts())
    assert page.locator("mjx-merror").count() == 0
    assert notebook.read_bytes() == saved

    _write(lab, "hessian", DIAGONAL)
    page.keyboard.press("ControlOrMeta+s")
    deadline = time.monotonic() + PATIENCE / 1000
    while notebook.read_bytes() == saved and time.monotonic() < deadline:
        time.sleep(0.1)
    page.locator(".jp-Cell:has-text('%check hessian') .cm-content").last.click()
    page.keyboard.press("Shift+Enter")
    page.wait_for_selector("text=The cell hessian was changed after it was last run")
    assert first_sentence(hessian_diagonal_only.hint) in answers.all_inner_texts()[1]


def test_the_formgrader_grades_with_the_courses_judge(lab: Lab) -> None:
    page = lab.page
    lab.open("formgrader/manage_assignments")
    page.wait_for_selector("#main-table >> text=derivatives")
    lab.open("formgrader/manage_submissions/derivatives")
    page.click("td.autograde a")
    page.wait_for_selector("#success-modal >> text=Successfully autograded")
    page.wait_for_selector("td.score >> text=3 / 10")
    grades = CourseFolder(lab.folder).grades("derivatives", "dan")
    assert {grade.cell: grade.score for grade in grades} == {
        "check-gradient": 3.0,
        "check-hessian": 0.0,
    }
    lab.open("formgrader/gradebook/derivatives/hessian")
    page.click("text=Submission #1")
    card = page.locator(".dojo-feedback").first
    card.wait_for()
    assert card.evaluate("one => getComputedStyle(one).borderLeftWidth") == "4px"
    assert page.locator("math").count() > 20

    done = dojo(lab.folder, "report", "derivatives", JUPYTER_RUNTIME_DIR=lab.runtime)
    assert done.returncode == 0, done.stderr
    page.goto((lab.folder / "derivatives-report.html").as_uri())
    page.click("a[aria-label='3, hessian of dan in the formgrader']")
    page.wait_for_selector("text=Submission #1")
    assert page.url.startswith(f"{lab.url}/formgrader/submissions/")


def test_run_all_goes_on_past_the_stubs_and_every_figure_has_its_words(lab: Lab) -> None:
    page = _fresh(lab, "as_given_out.ipynb")
    page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for_selector(".jp-OutputArea figcaption >> text=Softplus spreads")
    said = page.locator(".jp-OutputArea [data-mime-type='application/vnd.jupyter.stderr']")
    assert said.all_inner_texts() == [
        f"✗ `{name}` is still yours to write.\n" for name in ("gradient", "hessian")
    ]
    pictures = page.locator(".jp-OutputArea figure img").all()
    assert len(pictures) == 5
    assert all(len((picture.get_attribute("alt") or "").split()) >= 8 for picture in pictures)
    assert page.locator(".jp-OutputArea .widget-slider").count() == 1


def test_the_slider_turns_the_picture_below_it(lab: Lab) -> None:
    page = _fresh(lab, "with_a_slider.ipynb")
    page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for_selector(".jp-OutputArea figcaption >> text=Softplus spreads")
    page.wait_for_function(IS_IDLE)
    picture = page.locator(".jp-OutputArea:has(.widget-slider) figure img")
    before = picture.get_attribute("src")
    page.locator(".widget-slider .noUi-handle").press("ArrowRight")
    page.wait_for_function(
        "before => document.querySelector('.jp-OutputArea:has(.widget-slider) figure img')?.src"
        " != before",
        arg=before,
    )
    assert picture.count() == 1


def test_validate_shows_a_mistake_in_a_few_lines(lab: Lab) -> None:
    """nbgrader shows the whole check cell above what it says."""
    page = _fresh(lab, "with_a_mistake.ipynb", gradient=GRADIENT, hessian=DIAGONAL)
    page.get_by_text("Validate", exact=True).first.click()
    dialog = page.locator(".jp-Dialog >> text=The following cell failed")
    dialog.wait_for()
    shown = page.locator(".jp-Dialog pre").all_inner_texts()
    call, said = (text.strip() for text in shown[-2:])
    assert call.startswith("run_checks(") and len(call.splitlines()) <= 6
    assert said.splitlines()[0] == "✗ hessian(f, (1, 2)) with f(x, y) = x²y + y³"
    assert len(said.splitlines()) <= 4
    page.keyboard.press("Escape")


def _fresh(lab: Lab, name: str, **answers: str) -> Any:
    """Open a copy of the notebook as it is given out, but for some answers."""
    made = nbformat.read(ROOT / "release" / "derivatives" / "hessian.ipynb", as_version=4)
    for cell in made.cells:
        mark = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = answers.get(mark, cell.source)
    nbformat.write(made, lab.folder / name)
    lab.open(f"doc/tree/{name}")
    lab.page.wait_for_function(f"window.jupyterapp && {IS_IDLE}")
    lab.page.wait_for_selector("mjx-container")
    return lab.page


def _run(lab: Lab, grade_id: str, source: str | None = None) -> None:
    """Select a cell of the notebook by its mark, write another text into it if given, run it."""
    _write(lab, grade_id, source)
    lab.page.keyboard.press("Shift+Enter")


def _write(lab: Lab, grade_id: str, source: str | None) -> None:
    cells = nbformat.read(lab.folder / "hessian.ipynb", as_version=4).cells
    marks = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in cells]
    cell = lab.page.locator(".jp-Notebook .jp-Cell").nth(marks.index(grade_id))
    # A folded cell shows a bar in place of its text.
    cell.locator(".cm-content, .jp-InputPlaceholder").first.click()
    if source is not None:
        lab.page.keyboard.press("ControlOrMeta+a")
        lab.page.keyboard.insert_text(source)


def _make_course(folder: Path) -> None:
    """Make a course with the one topic `hessian`, and hand in an answer without its functions."""
    shutil.copy(ROOT / "release" / "derivatives" / "hessian.ipynb", folder)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    (folder / "source" / "derivatives").mkdir(parents=True)
    shutil.copy(
        ROOT / "source" / "derivatives" / "hessian.ipynb", folder / "source" / "derivatives"
    )
    CourseFolder(folder).release("derivatives")
    pupil = Pupil("dan", "wrote the gradient only", ("right_by_rows",), only=("gradient",))
    submitted = folder / "submitted" / "dan" / "derivatives"
    hand_in(pupil, folder / "release" / "derivatives", submitted)
