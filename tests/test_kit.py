"""The kit that students get: it judges as the course does, and no answer can be found in it."""

from __future__ import annotations

import ast
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from installed import install
from learners import RIGHT_VJP, STUB, dojo, environment
from warm import SESSION

from graders.authoring import specimens
from graders.checks.answer_sheet import AnswerSheet
from graders.course import CourseError, Topic, assignment
from graders.course.submission import Submission, read_submission
from graders.judge.session import Session
from graders.kit import make
from graders.sandbox.call import Call
from graders.sandbox.spec import Arguments, spec

ASSIGNMENTS = ("derivatives", "applications")
TOPICS = tuple(topic for name in ASSIGNMENTS for topic in assignment(name))
BLOCK = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)
WORD = re.compile(r"[\w.]+")
NONE = Arguments(())
# Shorter ones, such as `return matrix`, say nothing.
TELLING = 16
JUDGING = """
import json, sys
from pathlib import Path
from graders.course import topic
from graders.course.submission import read_submission
from graders.judge.session import Session

with Session() as session:
    for line in sys.stdin.read().splitlines():
        name, path = line.split()
        found = topic(name)
        (verdict,) = session.judge([read_submission(Path(path), found)], reveal=True)
        print(verdict.to_json())
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip, by the command that an instructor types."""
    base = tmp_path_factory.mktemp("made")
    done = dojo(base, "kit", *ASSIGNMENTS, "--output", "class/kit.zip")
    assert done.returncode == 0, done.stdout + done.stderr
    assert [path.name for path in base.rglob("*")] == ["class", "kit.zip"]
    return base / "class" / "kit.zip"


@pytest.fixture(scope="module")
def unpacked(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that a student unpacks."""
    base = tmp_path_factory.mktemp("student")
    shutil.unpack_archive(made, base)
    (folder,) = base.iterdir()
    return folder


@pytest.fixture(scope="module")
def site(unpacked: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kit's own package, installed where nothing of the course is."""
    (wheel,) = unpacked.glob("*.whl")
    return install(wheel, tmp_path_factory.mktemp("installed") / "site")


def texts(made: Path) -> Iterator[tuple[str, str]]:
    """Every file of the kit, those of the package in it among them; sheets by what they say."""
    archive = zipfile.ZipFile(made)
    for name in archive.namelist():
        content = archive.read(name)
        if name.endswith(".whl"):
            package = zipfile.ZipFile(io.BytesIO(content))
            yield from (
                (one, package.read(one).decode("utf-8", "replace")) for one in package.namelist()
            )
        else:
            yield name, content.decode("utf-8", "replace")


def lines_of_answers(topic: Topic) -> set[str]:
    """What stands in solutions, known mistakes and other ways, and not in the students' lessons."""
    blocks = BLOCK.findall(topic.solution.read_text(encoding="utf-8"))
    assert len(blocks) >= len(topic.tasks)
    blocks += [
        (topic.hidden / f"{one}.py").read_text("utf-8") for one in ("mistakes", "other_ways")
    ]
    given = {
        line.strip() for one in TOPICS for line in one.exercise.read_text("utf-8").splitlines()
    }
    lines = {line.strip() for block in blocks for line in block.splitlines()}
    hints = {line for one in specimens.catalogue(topic) for line in one.hint.splitlines()}
    imports = {line for line in lines if line.startswith(("import ", "from ", "#"))}
    return {line for line in lines - given - hints - imports if len(line) >= TELLING}


def by_word(lines: set[str]) -> dict[str, list[str]]:
    """List the lines in which each word stands: a search through all of them takes minutes."""
    found: dict[str, list[str]] = {}
    for line in lines:
        for word in set(WORD.findall(line)):
            found.setdefault(word, []).append(line)
    return found


def words_of(function: ast.FunctionDef) -> set[str]:
    """The names that a function makes, and its numbers but for the smallest."""
    nodes = list(ast.walk(function))
    stored = (n for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    numbers = {node.value for node in nodes if isinstance(node, ast.Constant)}
    large = {
        repr(one) for one in numbers if type(one) in (int, float) and abs(one) not in range(10)
    }
    return {node.id for node in stored} | large


def test_no_line_of_an_answer_is_in_the_kit(made: Path) -> None:
    """Neither as a line, nor as a part of one where it is long enough to be known again."""
    everything = {line for _, text in texts(made) for line in text.splitlines()}
    known = {part.strip().strip("',") for line in everything for part in line.split("\\n")}
    wanted = {line for topic in TOPICS for line in lines_of_answers(topic)}
    found = wanted & known
    # Parameters of a function are no answer.
    long = [line for line in wanted if len(line) > 40 and ("(" in line or "=" in line)]
    at_word = by_word(everything)
    for line in long:
        # Those at its ends may be parts of longer words in the kit.
        inner = WORD.findall(line)[1:-1]
        likely = min((at_word.get(word, []) for word in inner), key=len, default=everything)
        found |= {line for one in likely if line in one}
    # Types, and beginnings that say nothing of what follows.
    harmless = {"torch.autograd.grad(", "return torch.autograd.grad(", "for parameter in own:"}
    harmless |= {"if not bool(v.any()):", "Function = Callable[[Tensor], Tensor]"}
    harmless |= {"Parameters = Sequence[Tensor]", "Examples = tuple[Tensor, Tensor]"}
    assert found <= harmless


def test_no_two_names_or_numbers_of_a_solution_stand_together_in_the_kit(made: Path) -> None:
    """A name may be a common word; a line that has several of them would be an answer."""
    given = {word for topic in TOPICS for word in WORD.findall(topic.exercise.read_text("utf-8"))}
    own = {
        function.name: words_of(function) - given
        for topic in TOPICS
        for function in ast.walk(ast.parse(topic.solution.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef) and function.name in named(topic)
    }
    assert len(own) == sum(len(topic.tasks) for topic in TOPICS)
    together = {
        (task, tuple(sorted(told)), line.strip()[:200])
        for _, text in texts(made)
        for line in text.splitlines()
        if (words := set(WORD.findall(line)))
        for task, mine in own.items()
        if len(told := mine & words) > 1
    }
    assert together == set()


def named(topic: Topic) -> set[str]:
    return {task.name for task in topic.tasks}


def test_the_kit_holds_neither_source_nor_solutions_nor_what_grades_a_class(made: Path) -> None:
    names = {name for name, _ in texts(made)}
    left_out = ("authoring", "classroom", "demo", "kit", "carried/source", "carried/solutions")
    places = tuple(f"graders/{one}/" for one in left_out)
    assert not [name for name in names if name.startswith(places)]
    assert not [name for name in names if "other_ways" in name]
    assert len([name for name in names if name.endswith(".safetensors")]) == len(TOPICS)


def wrong_answers(folder: Path) -> Iterator[tuple[Topic, Path]]:
    """A right answer, a stub, and of each task a known mistake, as files."""
    for topic in TOPICS:
        path = folder / f"{topic.name}-right.py"
        path.write_text(as_script(specimens.solution(topic)), encoding="utf-8")
        yield topic, path
        yield topic, topic.exercise
        for task in topic.tasks:
            mistakes = [one for one in specimens.catalogue(topic) if one.task == task.name]
            for mistake in mistakes[len(mistakes) // 2 :][:1]:
                path = folder / f"{topic.name}-{mistake.name}.py"
                path.write_text(as_script(specimens.mistake_submission(topic, mistake)), "utf-8")
                yield topic, path


def as_script(submission: Submission) -> str:
    """Without our cells: a check of the instructor's has hidden parts, which no student gets."""
    own = [cell.source for cell in submission.cells if not cell.label.startswith("set-up")]
    own = [source for source in own if "run_checks(" not in source]
    return "\n".join(f"# %%\n{source}\n" for source in own)


def judged_by_sheets(asked: str, site: Path, folder: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", JUDGING],
        input=asked,
        cwd=folder,
        env=environment(PYTHONPATH=str(site)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.slow
def test_verdicts_from_sheets_are_those_from_solutions_to_the_byte(
    site: Path, tmp_path: Path
) -> None:
    answers = list(wrong_answers(tmp_path))
    assert len(answers) > 40
    asked = "\n".join(f"{topic.path} {path}" for topic, path in answers)
    by_sheet = judged_by_sheets(asked, site, tmp_path)
    assert len(by_sheet) == len(answers)
    by_solution = (
        SESSION.judge([read_submission(path, topic)], reveal=True)[0].to_json()
        for topic, path in answers
    )
    named = 0  # All but the right one of each lesson, and its stub.
    for (_, path), mine, theirs in zip(answers, by_sheet, by_solution, strict=True):
        assert mine == theirs, path.name
        named += any(
            check.get("mistake") for task in json.loads(mine)["tasks"] for check in task["checks"]
        )
    assert named == len(answers) - 2 * len(TOPICS)


def test_a_student_checks_asks_for_hints_and_is_refused_the_solution(
    unpacked: Path, site: Path
) -> None:
    def there(*arguments: str) -> subprocess.CompletedProcess[str]:
        return dojo(unpacked, *arguments, PYTHONPATH=str(site))

    path = unpacked / "exercises" / "derivatives" / "jacobian.py"
    text = path.read_text(encoding="utf-8")
    stub = "def vjp(" + text.partition("def vjp(")[2].partition(STUB)[0] + STUB
    path.write_text(text.replace(stub, RIGHT_VJP, 1), encoding="utf-8")
    assert there("check", "jacobian.vjp").returncode == 0
    assert "hint 1 of" in there("hint", "hessian").stdout
    for asked in ("jacobian.vjp", "hvp"):
        refused = there("solution", asked)
        assert refused.returncode == 2 and "holds no solutions" in refused.stderr
        assert "--peek" not in refused.stderr
    other = there("check", "jacobian", "--seed", "5")
    assert other.returncode == 2 and "not for seed 5" in other.stderr
    assert "+kit" in there("--version").stdout
    assert there("grade", "derivatives").returncode == 2
    assert "nothing new" in there("update").stdout


def test_the_kit_says_how_to_begin_and_every_version_in_it_is_exact(unpacked: Path) -> None:
    readme = (unpacked / "README.md").read_text(encoding="utf-8")
    assert "%check jacobian\n" in readme
    assert not re.search(r"[{}]", readme)
    assert all(f"{topic.path}.ipynb" in readme for topic in TOPICS)
    first, *others = (unpacked / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert (unpacked / first).is_file()
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+( ; .*)?", line) for line in others)
    assert {"torch", "jupyterlab", "matplotlib"} <= {line.partition("==")[0] for line in others}
    start = json.loads((unpacked / "start.ipynb").read_text(encoding="utf-8"))
    links = re.findall(r"\]\(([\w/]+\.ipynb)\)", json.dumps(start))
    assert len(links) == len(TOPICS)
    assert all((unpacked / link).is_file() for link in links)


def test_the_magic_works_in_the_kit(unpacked: Path, site: Path) -> None:
    code = (
        "from IPython.core.interactiveshell import InteractiveShell as Shell\n"
        "shell = Shell.instance()\n"
        "shell.run_cell('%load_ext graders')\n"
        f"shell.run_cell({RIGHT_VJP!r})\n"
        "shell.run_cell('import torch')\n"
        "shell.run_cell('%check jacobian')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=unpacked,
        env=environment(PYTHONPATH=str(site)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "vjp" in done.stdout, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_a_damaged_sheet_and_one_of_another_course_are_told_in_a_sentence(
    site: Path, tmp_path: Path
) -> None:
    sheet = next((site / "graders" / "carried" / "sheets").rglob("jacobian-0.safetensors"))
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(sheet.read_bytes()[:1000])
    with pytest.raises(CourseError, match="damaged"):
        AnswerSheet.read(broken)
    hessian = next(sheet.parent.glob("hessian-0.safetensors"))
    with pytest.raises(CourseError, match="not of this course"):
        AnswerSheet.read(hessian).value(Call("derivatives/jacobian", "vjp", spec("none"), NONE))


def test_a_kit_of_a_course_that_is_not_right_is_not_made(tmp_path: Path) -> None:
    done = dojo(tmp_path, "kit", "derivative")
    assert done.returncode == 2 and "derivatives" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_kit_that_cannot_be_written_is_a_sentence_with_its_place(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wheel = tmp_path / "of.whl"
    wheel.touch()
    monkeypatch.setattr(make, "write_package", lambda *_: None)
    monkeypatch.setattr(make, "build_wheel", lambda *_: wheel)
    (tmp_path / "full").write_text("no folder", encoding="utf-8")
    there = tmp_path / "full" / "kit.zip"
    with Session() as session, pytest.raises(CourseError) as told:
        make.make_kit(TOPICS[:1], session, there)
    assert str(told.value).startswith(f"{there} cannot be written (")
    assert str(told.value).endswith("); name another with --output")
