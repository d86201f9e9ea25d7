"""Run inside the container: a class of tricksters through `nbgrader autograde`, as JSON.

Each hands in the released notebook with half of it answered and one trick; between them and at
the end come honest students with right answers.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from attacks import canaries, specimens
from graders.outlets.nbgrader.course_folder import CourseFolder

Notebook = dict[str, Any]
ASSIGNMENT, TOPIC = "derivatives", "hessian"
CLASS = Path("/tmp/class")
# One submission of each class of attack, as a cell of a notebook.
CODE = (
    "exhausting/four_terabytes",
    "exhausting/output",
    "forging/display_hook",
    "forging/stolen_token",
    "injecting/html_in_a_message",
    "injecting/terminal_escapes",
    "injecting/text_that_is_not_unicode",
    "leaving/os_exit_in_a_cell",
    "leaving/segfault",
    "leaving/signal_the_judge",
    "writing/gradebook",
)
SHOWN = ("scripts_everywhere", "dotted_names", *(path for path in CODE if "injecting" in path))
RIGHT = """
def hessian(func, inputs):
    x = inputs.detach().requires_grad_()
    (g,) = torch.autograd.grad(func(x) + 0 * (x**2).sum(), x, create_graph=True)
    rows = [torch.autograd.grad(e, x, retain_graph=True)[0] for e in g.flatten()]
    return torch.stack(rows).reshape(x.shape + x.shape)
"""


def marks(cell: dict[str, Any]) -> dict[str, Any]:
    """Give nbgrader's metadata of a cell."""
    return cell["metadata"].get("nbgrader", {})


def find(notebook: Notebook, grade_id: str) -> dict[str, Any]:
    """Find the cell with a grade_id."""
    return next(cell for cell in notebook["cells"] if marks(cell).get("grade_id") == grade_id)


def checks(notebook: Notebook) -> list[dict[str, Any]]:
    """List the check cells."""
    return [cell for cell in notebook["cells"] if marks(cell).get("grade")]


def tagged(notebook: Notebook) -> None:
    """Check cells tagged, so that they are not run or may fail."""
    for cell in checks(notebook):
        cell["metadata"]["tags"] = ["skip-execution", "raises-exception"]


def points_multiplied(notebook: Notebook) -> None:
    """Points multiplied by a hundred."""
    for cell in checks(notebook):
        marks(cell)["points"] = 1000


def unlocked(notebook: Notebook) -> None:
    """Check cells unlocked and replaced by the number of points."""
    for cell in checks(notebook):
        marks(cell).update(locked=False, schema_version=1)
        cell["source"] = "10.0"


def deleted(notebook: Notebook) -> None:
    """Check cells deleted."""
    notebook["cells"] = [cell for cell in notebook["cells"] if not marks(cell).get("grade")]


def doubled(notebook: Notebook) -> None:
    """Every marked cell handed in twice."""
    notebook["cells"] += [json.loads(json.dumps(c)) for c in notebook["cells"] if marks(c)]


def a_check_of_its_own(notebook: Notebook) -> None:
    """A check cell of its own, worth 100 points."""
    cell = json.loads(json.dumps(checks(notebook)[0]))
    marks(cell).update(grade_id="check-bonus", points=100, locked=False)
    cell["source"] = "100.0"
    notebook["cells"].append(cell)


def graded_as_written(notebook: Notebook) -> None:
    """A check cell turned into a written answer, which a person grades."""
    for cell in checks(notebook):
        marks(cell).update(solution=True, locked=False, cell_type="markdown")
        cell["cell_type"] = "markdown"


def forged_outputs(notebook: Notebook) -> None:
    """Outputs that carry the points already."""
    for cell in checks(notebook):
        data = {"text/plain": "7.0"}
        output = {"output_type": "execute_result", "data": data, "metadata": {}}
        cell["outputs"] = [{**output, "execution_count": 1}] * 3


def forged_verdict(notebook: Notebook) -> None:
    """The grader's own notes on a cell, forged."""
    task = {"name": "hessian", "score": 7.0, "max_score": 7.0, "needs_person": True, "checks": []}
    for cell in notebook["cells"]:
        cell["metadata"]["dojo"] = {"task": task, "needs_person": True, "reason": "full points"}


def other_kernel(notebook: Notebook) -> None:
    """Another kernel, whose command runs a program."""
    kernel = {"name": "../../bin/sh", "language": "bash", "argv": ["touch", "/tmp/kernel"]}
    notebook["metadata"] = {"kernelspec": kernel, "language_info": {"name": "bash"}}


def dotted_names(notebook: Notebook) -> None:
    """Names with `..` wherever a name can stand."""
    for cell in checks(notebook):
        marks(cell)["grade_id"] = "../../../gradebook"
    notebook["metadata"]["name"] = "../../../source/derivatives/hessian"
    picture = {"../../../../source/x.png": {"image/png": "aGVsbG8="}}
    text = "![x](attachment:../../../../source/x.png)"
    cell = {"cell_type": "markdown", "metadata": {}, "source": text, "attachments": picture}
    notebook["cells"].append(cell)


def scripts_everywhere(notebook: Notebook) -> None:
    """HTML and JavaScript in text, outputs and metadata."""
    bad = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    data = {"text/html": bad, "image/svg+xml": "<svg onload=alert(1)>", "text/plain": bad}
    find(notebook, "gradient")["outputs"] = [
        {"output_type": "display_data", "data": data, "metadata": {"text/html": bad}},
        {"output_type": "stream", "name": "stderr", "text": bad},
        {"output_type": "error", "ename": bad, "evalue": bad, "traceback": [bad]},
    ]
    for kind in ("markdown", "raw"):
        notebook["cells"].append({"cell_type": kind, "metadata": {"tags": [bad]}, "source": bad})


CHANGES: tuple[Callable[[Notebook], None], ...] = (
    tagged, points_multiplied, unlocked, deleted, doubled, a_check_of_its_own, graded_as_written,
    forged_outputs, forged_verdict, other_kernel, dotted_names, scripts_everywhere,
)  # fmt: skip


def link_to_the_source(path: Path) -> None:
    """The notebook is a link to the instructor's."""
    path.unlink()
    path.symlink_to(CLASS / "source" / ASSIGNMENT / path.name)


def link_to_a_neighbour(path: Path) -> None:
    """The notebook is a link to an honest student's."""
    path.unlink()
    path.symlink_to(CLASS / "submitted" / "honest-0" / ASSIGNMENT / path.name)


def fifo(path: Path) -> None:
    """The notebook is a FIFO that nobody writes to."""
    path.unlink()
    os.mkfifo(path)


def device(path: Path) -> None:
    """The notebook is a device without end."""
    path.unlink()
    path.symlink_to("/dev/zero")


def special_files_beside(path: Path) -> None:
    """Beside the notebook: links to the source, a loop of links, a FIFO, names with dots."""
    folder = path.parent
    (folder / "notes.txt").symlink_to(CLASS / "source" / ASSIGNMENT / path.name)
    (folder / "all").symlink_to(CLASS / "source")
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe")
    (folder / "..hessian.ipynb").write_text("{}")
    (folder / "-rf ; touch x.ipynb").write_text("{}")


FILES: tuple[Callable[[Path], None], ...] = (
    link_to_the_source, link_to_a_neighbour, fifo, device, special_files_beside,
)  # fmt: skip


def main() -> None:
    """Hand in, autograde, show some of it, and print what came of it."""
    sources = CLASS / "source" / ASSIGNMENT
    sources.mkdir(parents=True)
    shutil.copy("source/derivatives/hessian.ipynb", sources)
    shutil.copy("nbgrader_config.py", CLASS)
    course = CourseFolder(CLASS)
    course.release(ASSIGNMENT)
    students = _hand_in()
    with canaries.planted(Path.cwd()) as listeners:
        watched = (Path.cwd(), CLASS / "source", CLASS / "release")
        before = canaries.snapshot(*watched)
        log = _autograde()
        pages = {student: _page(course, student) for student in map(_student, SHOWN)}
        changed = sorted(set(before.items()) ^ set(canaries.snapshot(*watched).items()))
        visitors = canaries.visitors(listeners)
    print(
        json.dumps(
            {
                "students": {student: _described(course, student) for student in students},
                "changed": changed,
                "visitors": visitors,
                "processes": canaries.processes(),
                "pages": pages,
                "log": log,
            }
        )
    )


def _hand_in() -> list[str]:
    attacks = {attack.path: attack for attack in specimens.attacks()}
    _write("half")
    for change in CHANGES:
        _write(change.__name__, change)
    for make in FILES:
        make(_write(make.__name__))
    for path in CODE:
        text = (specimens.HERE / f"{attacks[path].path}.py").read_text(encoding="utf-8")
        _write(_student(path), lambda notebook, text=text: _append(notebook, text))
    for name in ("honest-0", "injecting-z-honest", "zz-honest"):
        _write(name, lambda notebook: find(notebook, "hessian").update(source=RIGHT))
    return sorted(path.name for path in (CLASS / "submitted").iterdir())


def _append(notebook: Notebook, text: str) -> None:
    cell = {"cell_type": "code", "metadata": {}, "source": text, "outputs": []}
    notebook["cells"].append({**cell, "execution_count": None})


def _write(student: str, *changes: Callable[[Notebook], None]) -> Path:
    text = (CLASS / "release" / ASSIGNMENT / f"{TOPIC}.ipynb").read_text(encoding="utf-8")
    notebook = json.loads(text)
    gradient, hessian = specimens.base(TOPIC).split("\n\n\n")[1:]
    find(notebook, "gradient")["source"] = gradient
    find(notebook, "hessian")["source"] = hessian
    for change in changes:
        change(notebook)
    path = CLASS / "submitted" / student / ASSIGNMENT / f"{TOPIC}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def _student(path: str) -> str:
    return path.replace("/", "-")


def _autograde() -> str:
    done = subprocess.run(
        [sys.executable, "-B", "-m", "nbgrader", "autograde", ASSIGNMENT],
        cwd=CLASS,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return f"{done.stdout}{done.stderr}\nended with {done.returncode}"


def _page(course: CourseFolder, student: str) -> str:
    course.feedback(ASSIGNMENT, student)
    page = CLASS / "feedback" / student / ASSIGNMENT / f"{TOPIC}.html"
    return page.read_text("utf-8")


def _described(course: CourseFolder, student: str) -> dict[str, Any]:
    grades = course.grades(ASSIGNMENT, student)
    return {
        "scores": {grade.cell: grade.score for grade in grades},
        "max_score": sum(grade.max_score for grade in grades),
        "needs_person": [grade.cell for grade in grades if grade.needs_person],
    }


if __name__ == "__main__":
    main()
