"""The zip for Gradescope, unpacked and run as its harness does: the points, and what is told."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path
from zipfile import ZipFile

import pytest
from class_of_students import RIGHT
from gradescope_harness import hand_over, run_autograder, unpack
from learners import ROOT, dojo
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from graders import course
from graders.demo.pupils import CLASS, hand_in
from graders.judge.session import Session
from graders.limits import Limits
from graders.outlets.gradescope.handed_in import look_through
from graders.outlets.gradescope.shut_off import WithinReachError, require_shut_off
from graders.outlets.nbgrader.course_folder import CourseFolder

ASSIGNMENT = "derivatives"
TOPICS = {topic.name: topic for topic in course.assignment(ASSIGNMENT)}
IN_ALL = sum(task.points for topic in TOPICS.values() for task in topic.tasks)
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
# As in a container: root, and nobody who may make namespaces.
_TAKEN = "-sys_admin,-sys_ptrace,-net_admin"
AS_IN_A_CONTAINER = ("setpriv", f"--bounding-set={_TAKEN}", f"--inh-caps={_TAKEN}")

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(sys.platform != "linux", reason="grading others takes Linux"),
    pytest.mark.filterwarnings("ignore:Object of type <Submitted"),
    pytest.mark.timeout(900),
]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("package") / "autograder.zip"
    done = dojo(ROOT, "gradescope", ASSIGNMENT, "--seed", "7", "--output", str(path))
    assert done.returncode == 0, done.stderr
    assert f"Autograder points: {IN_ALL:g}" in done.stdout
    assert "why-silent in curvature is marked by a person" in done.stdout
    return path


@pytest.fixture(scope="module")
def image(package: Path) -> Iterator[Path]:
    """The unpacked zip, where student code may read as far as the virtual environment."""
    with tempfile.TemporaryDirectory(prefix="autograder-") as name:
        os.chmod(name, 0o755)
        unpack(package, Path(name))
        yield Path(name)


@pytest.fixture
def broken_image(package: Path) -> Iterator[Path]:
    """One that a test may spoil."""
    with tempfile.TemporaryDirectory(prefix="autograder-") as name:
        os.chmod(name, 0o755)
        unpack(package, Path(name))
        yield Path(name)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of the same answers, graded by `dojo grade`."""
    folder = tmp_path_factory.mktemp("graded") / "course"
    CourseFolder.copy_of(ROOT, folder).release(ASSIGNMENT)
    for pupil in CLASS:
        if pupil.name in SAME:
            hand_in(pupil, folder / "release" / ASSIGNMENT, submitted(folder, pupil.name))
    done = dojo(folder, "grade", ASSIGNMENT, "--no-feedback", "--jobs", "2")
    assert done.returncode == 0, done.stderr
    return folder


SAME = {
    # Who hands in what, and what a sentence of the answer to the task says.
    "ada": ("hvp", "passed"),
    "dan": ("jacobian", "Hint: "),
    "finn": ("hvp", "stopped"),
    "gina": ("hvp", "memory"),
    "iris": ("hessian", "the interpreter was left"),
}


def submitted(folder: Path, who: str) -> Path:
    return folder / "submitted" / who / ASSIGNMENT


def by_grade(folder: Path, who: str) -> dict[str, float]:
    grades = CourseFolder(folder).grades(ASSIGNMENT, who)
    return {
        grade.cell.removeprefix("check-"): grade.score
        for grade in grades
        if grade.cell.startswith("check-")
    }


def notebook(folder: Path, topic: str, answers: dict[str, str]) -> str:
    path = folder / "release" / ASSIGNMENT / f"{topic}.ipynb"
    found = json.loads(path.read_text(encoding="utf-8"))
    for cell in found["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = answers.get(name, cell["source"])
    return json.dumps(found)


@pytest.mark.parametrize("who", SAME)
def test_the_points_are_those_of_dojo_grade(image: Path, graded: Path, who: str) -> None:
    hand_over(image, submitted(graded, who))
    run = run_autograder(image)
    assert run.status == 0, run.printed
    assert run.results is not None
    assert run.points() == by_grade(graded, who)
    assert run.results["score"] == pytest.approx(sum(run.points().values()), abs=1e-9)
    assert (run.results["score"] == IN_ALL) == (who == "ada")
    assert run.results["stdout_visibility"] == "hidden"
    assert sum(test["max_score"] for test in run.tasks) == IN_ALL
    for test in run.tasks:
        assert (test["status"] == "passed") == (test["score"] == test["max_score"])
    task, words = SAME[who]
    assert words in run.told(task)
    assert "why-silent in curvature" in run.results["output"]


def test_what_cannot_be_judged_costs_its_points_and_says_why(image: Path) -> None:
    hand_over(image)
    place = image / "submission" / "my work"
    place.mkdir()
    (place / "jacobian.ipynb").write_text('{"cells": [', encoding="utf-8")
    talk = "import os\nfor _ in range(2048):\n    print('x' * 2**20)\n    os.write(1, b'x' * 2**20)"
    script = f"# %%\n{RIGHT['gradient']}\n# %%\n{RIGHT['hessian']}\n# %%\n{talk}"
    (place / "Hessian.PY").write_text(script, encoding="utf-8")
    (place / "curvature-final=1.ipynb").write_text("{}", encoding="utf-8")
    (place / "hvp.ipynb").symlink_to(image / "source" / "solutions" / ASSIGNMENT / "hvp.py")
    run = run_autograder(image)
    assert run.status == 0, run.printed
    assert run.results is not None
    points = run.points()
    assert {name: score for name, score in points.items() if score} == {"gradient": 3, "hessian": 7}
    assert run.results["score"] == 10
    assert "its JSON is broken" in run.told("vjp")
    assert "is a link, not a notebook" in run.told("hvp")
    assert "There is no curvature.ipynb" in run.told("eigenvalues")
    assert "curvature-final=1.ipynb" in run.told("eigenvalues")
    assert len(run.told("eigenvalues")) < 500


def test_nothing_handed_in_is_no_points_and_one_sentence(image: Path) -> None:
    hand_over(image)
    run = run_autograder(image)
    assert run.status == 0, run.printed
    assert run.results is not None
    assert run.results["score"] == 0
    sentences = {test["output"] for test in run.tasks}
    assert len(sentences) == len(TOPICS)
    assert all("it is empty" in sentence for sentence in sentences)


def attack(image: Path) -> str:
    """Look for the solution, forge the results now and after the end, and change the graders."""
    results, source = image / "results" / "results.json", image / "source"
    return f"""
import os
def forge():
    for path in ({str(results)!r}, {str(results.parent / "other")!r}, {str(source / "setup.sh")!r}):
        try:
            with open(path, "w") as file:
                file.write('{{"score": 1000, "tests": []}}')
        except OSError:
            pass
forge()
try:
    exec(open({str(source / "solutions" / ASSIGNMENT / "hessian.py")!r}).read())
except OSError:
    pass
try:
    if os.fork() == 0:
        import time
        for _ in range(100):
            forge()
            time.sleep(0.1)
except OSError:
    pass
"""


@pytest.mark.skipif(not IS_ROOT, reason="Gradescope runs the autograder as root")
@pytest.mark.skipif(not shutil.which("setpriv"), reason="setpriv is not installed")
def test_without_namespaces_a_trickster_gains_nothing(image: Path, graded: Path) -> None:
    hand_over(image)
    before = (image / "source" / "setup.sh").read_bytes()
    answers = {"gradient": RIGHT["gradient"], "hessian": attack(image)}
    text = notebook(graded, "hessian", answers)
    (image / "submission" / "hessian.ipynb").write_text(text, encoding="utf-8")
    run = run_autograder(image, AS_IN_A_CONTAINER)
    assert run.status == 0, run.printed
    assert run.results is not None
    assert run.results["score"] == 3
    (note,) = [test for test in run.results["tests"] if test["visibility"] == "hidden"]
    assert (note["score"], note["max_score"]) == (0, 0)
    assert "pid-namespace" in note["output"]
    assert note["output"] in run.printed
    assert (image / "source" / "setup.sh").read_bytes() == before


FAULTS = {
    "a hidden test that cannot be loaded": ("graders/hidden/derivatives/hessian/test_hessian.py",),
    "a reference that is not there": ("solutions/derivatives/hessian.py",),
    "settings that are not there": ("autograder.json",),
}


@pytest.mark.parametrize("names", FAULTS.values(), ids=FAULTS)
def test_a_fault_of_the_graders_own_is_no_score_at_all(
    broken_image: Path, graded: Path, names: tuple[str, ...]
) -> None:
    for name in names:
        path = broken_image / "source" / name
        path.write_text("raise ValueError('mended soon')\n", encoding="utf-8")
    hand_over(broken_image, submitted(graded, "ada"))
    (broken_image / "results" / "results.json").write_text('{"score": 40}', encoding="utf-8")
    run = run_autograder(broken_image)
    assert run.status != 0
    assert run.results is None
    assert "The autograder failed, and no score was written" in run.printed


_LESS = """
import sys
from pathlib import Path
from graders.limits import Limits
from graders.outlets.gradescope.run import grade
grade(Path(sys.argv[1]), Limits(without=frozenset(sys.argv[2:])))
"""
LESS = {
    "an older kernel in a container": (
        ("landlock-files", "landlock-network", "landlock-scope", "pid-namespace"),
        "student code reached neither solutions",
    ),
    "no filter of system calls": (
        ("seccomp", "network-namespace", "landlock-network"),
        "student code could reach the network here, so nothing of it was run",
    ),
}


@pytest.mark.skipif(not IS_ROOT, reason="Gradescope runs the autograder as root")
@pytest.mark.parametrize(("without", "words"), LESS.values(), ids=LESS)
def test_with_less_it_grades_only_where_nothing_is_within_reach(
    image: Path, graded: Path, without: tuple[str, ...], words: str
) -> None:
    hand_over(image)
    shutil.copy(submitted(graded, "ada") / "hessian.ipynb", image / "submission")
    results = image / "results" / "results.json"
    results.unlink(missing_ok=True)
    own = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    command = [sys.executable, "-B", "-c", _LESS, str(image), *without]
    done = subprocess.run(
        command, cwd=image / "source", env=own, capture_output=True, text=True, check=True
    )
    assert words in done.stdout
    assert without[0] in done.stdout
    assert results.exists() == ("neither" in words)
    if results.exists():
        assert json.loads(results.read_text(encoding="utf-8"))["score"] == 10


def test_where_something_is_within_reach_nothing_is_run(tmp_path: Path) -> None:
    without = frozenset({"landlock-files", "user"})
    told = pytest.raises(WithinReachError, match=r"the solutions.*landlock-files")
    with Session(limits=Limits(without=without)) as session, told:
        require_shut_off(session, TOPICS["hvp"], tmp_path)
    assert list(tmp_path.iterdir()) == []
    with Session() as session:
        require_shut_off(session, TOPICS["hvp"], tmp_path)


def test_files_are_found_by_name_in_any_folder(tmp_path: Path) -> None:
    def found(*names: str) -> tuple[str, str]:
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        for name in names:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            is_notebook = name.endswith("ipynb")
            path.write_text('{"cells": []}' if is_notebook else "x = 1\n", encoding="utf-8")
        (one,) = look_through(folder, [TOPICS["hvp"]])
        return one.remark, one.problem

    assert found("hvp.ipynb") == found("a/b/HVP.ipynb") == found("hvp.py") == ("", "")
    remark, problem = found("hvp.py", "b/hvp.ipynb", "a/hvp.ipynb")
    assert (remark, problem) == ("a/hvp.ipynb was judged, and not b/hvp.ipynb, hvp.py.", "")
    for names in (("__MACOSX/hvp.ipynb",), (".ipynb_checkpoints/hvp.ipynb",), ("hvp.txt",)):
        assert "There is no hvp.ipynb" in found(*names)[1]
    many = found(*(f"{'n' * 200}{number}.ipynb" for number in range(100)))[1]
    assert "and 90 more" in many
    assert len(many) < 1500
    assert "\x1b" not in found("\x1b[2J.ipynb")[1]


def test_the_zip_holds_what_judging_needs_and_nothing_else(package: Path, tmp_path: Path) -> None:
    with ZipFile(package) as archive:
        modes = {one.filename: one.external_attr >> 16 & 0o777 for one in archive.infolist()}
    names = set(modes)
    assert {"setup.sh", "run_autograder", "requirements.txt", "constraints.txt"} <= names
    assert {f"solutions/{topic.path}.py" for topic in course.topics()} <= names
    assert {f"source/{topic.path}.ipynb" for topic in course.topics()} <= names
    tops = {name.split("/")[0] for name in names if "/" in name}
    assert tops == {"graders", "source", "solutions"}
    parts = {name.split("/")[1] for name in names if name.startswith("graders/")}
    assert not parts & {"demo", "commands", "classroom", "learners", "authoring", "cli.py"}
    assert not [name for name in names if "__pycache__" in name or "/." in name]
    assert {name for name, mode in modes.items() if mode & 0o111} == {"setup.sh", "run_autograder"}
    assert package.stat().st_size < 5e6
    assert package.stat().st_mode & 0o077 == 0
    again = tmp_path / "again.zip"
    dojo(ROOT, "gradescope", ASSIGNMENT, "--seed", "7", "--output", str(again))
    assert again.read_bytes() == package.read_bytes()


def test_a_wrong_name_or_place_is_one_sentence(tmp_path: Path) -> None:
    refused = dojo(ROOT, "gradescope", "nope", "--output", str(tmp_path / "x.zip"))
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    refused = dojo(ROOT, "gradescope", ASSIGNMENT, "--seed", "7", "--output", "/proc/no/x.zip")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)


_STUB = """#!/usr/bin/env bash
echo "${0##*/} $*" >> "$SEEN"
case "$1$2" in
-mvenv) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
-c*) exit "${TOO_OLD:-0}" ;;
esac
"""


def set_up(image: Path, tmp_path: Path, **given: str) -> tuple[int, list[str]]:
    """Run setup.sh with programs that only write down how they were called."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("apt-get", "python3"):
        (tools / name).write_text(_STUB, encoding="utf-8")
        (tools / name).chmod(0o755)
    root = tmp_path / "root"
    shutil.copytree(image / "source", root / "source")
    seen = tmp_path / "seen"
    seen.touch()
    own = {"PATH": f"{tools}:/usr/bin:/bin", "AUTOGRADER_ROOT": str(root), "SEEN": str(seen)}
    script = root / "source" / "setup.sh"
    done = subprocess.run([str(script)], env={**own, **given}, capture_output=True, check=False)
    return done.returncode, seen.read_text(encoding="utf-8").splitlines()


def test_the_set_up_installs_pinned_versions_and_torch_without_cuda(
    image: Path, tmp_path: Path
) -> None:
    for name in ("setup.sh", "run_autograder"):
        text = (image / "source" / name).read_text(encoding="utf-8")
        subprocess.run(["bash", "-n"], input=text, text=True, check=True)
        hosts = re.findall(r"https?://([\w.-]+)", text)
        assert hosts == (["download.pytorch.org"] if name == "setup.sh" else [])
    status, seen = set_up(image, tmp_path)
    assert status == 0
    assert seen[0] == "apt-get update -qq"
    assert "python3-venv" in seen[1]
    assert "libseccomp2" in seen[1]
    pip = [line for line in seen if " -m pip install " in line]
    pinned = re.search(r"^torch==\S+", (ROOT / "constraints.txt").read_text(), re.MULTILINE)
    assert pinned is not None
    assert pip[0].endswith(f"--index-url https://download.pytorch.org/whl/cpu {pinned[0]}")
    assert pip[1].endswith("-c constraints.txt -r requirements.txt")
    assert len(pip) == 2
    assert (tmp_path / "root" / "source").stat().st_mode & 0o077 == 0


def test_the_set_up_ends_where_python_is_too_old(image: Path, tmp_path: Path) -> None:
    status, seen = set_up(image, tmp_path, TOO_OLD="1")
    assert status == 1
    assert not [line for line in seen if "pip" in line]


_WITHOUT = """
import json, sys
folder, absent = sys.argv[1], set(json.loads(sys.argv[2]))
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name in absent:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Absent())
from pathlib import Path
from graders import course
from graders.judge.session import Session
from graders.outlets.gradescope import run
from graders.sandbox.processes import Course
from graders.sandbox.worker.warm import warm_up
papers = run.look_through(Path(folder), course.assignment("derivatives"))
with Session() as session:
    results = run.results_of(run._judge(session, papers, 0), [])
warm_up(Course.here().as_arguments())
print(results["score"])
"""


def test_judging_needs_no_more_than_the_set_up_installs(image: Path, graded: Path) -> None:
    text = (image / "source" / "requirements.txt").read_text(encoding="utf-8")
    there = _closure([line for line in text.splitlines() if line and not line.startswith("#")])
    known = {
        top: {canonicalize_name(one) for one in names}
        for top, names in packages_distributions().items()
        if top != "graders"
    }
    absent = [top for top, names in known.items() if not names & there]
    assert {"nbgrader", "jupyterlab", "typer", "pytest"} <= set(absent)
    command = [sys.executable, "-c", _WITHOUT, str(submitted(graded, "ada")), json.dumps(absent)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) == IN_ALL


def _closure(names: list[str]) -> set[str]:
    """List what pip installs for these, by what is installed here."""
    waiting, found = [Requirement(name) for name in names], set[str]()
    while waiting:
        one = waiting.pop()
        name = canonicalize_name(one.name)
        if name in found or (one.marker and not one.marker.evaluate({"extra": ""})):
            continue
        try:
            wanted = requires(name) or []
        except PackageNotFoundError:
            continue
        found.add(name)
        waiting += [Requirement(text) for text in wanted]
    return found
