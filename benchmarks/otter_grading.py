"""Otter's local grading of a topic whose visible checks are Otter's tests.

Otter executes the notebook in a kernel of its own and runs the tests in it, one submission after
another. The figures stay in the notebook, as Otter has no notion of leaving cells out.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.result import Result, ratio, seconds
from benchmarks.submissions import ASSIGNMENT, make_class
from graders.course import topic
from graders.demo.pupils import CLASS, grade_id

_TOPIC = "hessian"
_TEST = """from otter.test_files import test_case

OK_FORMAT = False
name = {name!r}
points = {points!r}


@test_case()
def check(env):
    exec({source!r}, env)
"""


def measure(rounds: int) -> list[Result]:
    """Grade one right submission of a topic with Otter and with the judge, in turns."""
    from otter.execute import grade_notebook  # type: ignore[import-not-found]

    from graders.judge.session import Session

    judge = Session().judge
    from graders.course.submission import read_submission

    right = next(pupil for pupil in CLASS if pupil.name == "ada")
    with tempfile.TemporaryDirectory(prefix="dojo-benchmark-") as name:
        folder = Path(name)
        make_class(folder, 1, (right,))
        (path,) = (folder / "submitted").glob(f"*/{ASSIGNMENT}/{_TOPIC}.ipynb")
        tests = _write_tests(path, folder / "tests")
        submission = read_submission(path, topic(_TOPIC))
        judge([submission])
        places = {"tests_glob": tests, "test_dir": str(folder / "tests"), "cwd": str(folder)}
        graded = grade_notebook(str(path), **places)
        assert graded.total == graded.possible > 0, "Otter has to give full marks to a right answer"
        theirs, ours = [], []
        for _ in range(rounds):
            theirs.append(seconds(lambda: grade_notebook(str(path), **places)))
            ours.append(seconds(lambda: judge([submission])))
    return [
        Result(f"Otter's local grading, {_TOPIC}", "s/notebook", tuple(theirs)),
        Result(f"the judge, {_TOPIC}, warm, one at a time", "s/notebook", tuple(ours)),
        ratio("Otter against the judge", theirs, ours, "", "Otter runs the visible checks only"),
    ]


def _write_tests(notebook: Path, folder: Path) -> list[str]:
    """Turn the check cells of a notebook into test files, and take them out of it."""
    folder.mkdir()
    content: dict[str, Any] = json.loads(notebook.read_text(encoding="utf-8"))
    checks = [cell for cell in content["cells"] if grade_id(cell).startswith("check-")]
    for cell in checks:
        text = _TEST.format(
            name=grade_id(cell),
            points=cell["metadata"]["nbgrader"]["points"],
            source="".join(cell["source"]),
        )
        (folder / f"{grade_id(cell)}.py").write_text(text, encoding="utf-8")
    content["cells"] = [cell for cell in content["cells"] if cell not in checks]
    notebook.write_text(json.dumps(content), encoding="utf-8")
    return sorted(map(str, folder.glob("*.py")))
