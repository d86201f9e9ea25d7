"""The real `dojo`, as a learner types it: what it prints, and its exit status."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from graders.course import topic, topics
from graders.course.notebook import grade_id
from graders.judge.verdict import Verdict
from tests.learners import (
    ROOT,
    SUM_OF_ROWS,
    dojo,
    exercise,
    make_place,
    solve,
    write_first_stub,
)

# Runs `dojo` where no two cells can be compared, and says what was imported that takes long.
SPARING = """
import importlib, sys
from graders.cli import app
importlib.import_module("graders.course.topics").fingerprint = None
try:
    app(sys.argv[1:])
finally:
    print(sorted({"torch", "jupytext", "nbformat"} & set(sys.modules)))
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return make_place(tmp_path)


def test_dojo_alone_says_where_the_learner_is_and_what_comes_next(place: Path) -> None:
    done = dojo(place)
    assert done.returncode == 0
    assert "white belt" in done.stdout
    assert done.stdout.splitlines()[-1] == "next: dojo watch jacobian"
    assert done.stdout == dojo(place, "list").stdout


@pytest.mark.lowest
def test_help_names_the_commands(place: Path) -> None:
    done = dojo(place, "--help")
    assert all(name in done.stdout for name in ("check", "watch", "hint", "solution", "reset"))


@pytest.mark.lowest
@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["list"], *(["hint", one.name] for one in topics())],
    ids=" ".join,
)
def test_what_judges_nothing_imports_no_torch_and_compares_no_cells(
    arguments: list[str], tmp_path: Path
) -> None:
    """Both take as long as the command itself, several times over."""
    done = subprocess.run(
        [sys.executable, "-c", SPARING, *arguments],
        cwd=make_place(tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )
    *told, imported = done.stdout.splitlines()
    assert told and imported == "[]"


def write_notebook(path: Path, *tasks: str) -> None:
    """Write a topic's notebook with the solutions of these tasks, the others left as given out."""
    given = topic(path.stem).release
    source = ROOT / "source" / topic(path.stem).assignment / given.name
    solved = {grade_id(one): one for one in json.loads(source.read_text("utf-8"))["cells"]}
    notebook = json.loads(given.read_text("utf-8"))
    notebook["cells"] = [
        solved[grade_id(one)] if grade_id(one) in tasks else one for one in notebook["cells"]
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook), encoding="utf-8")


def test_a_path_names_the_file_that_is_judged_and_one_s_own_notebook_is_remembered(
    place: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    write_notebook(place / "derivatives" / "hessian.ipynb", "gradient")
    done = dojo(place, "check", "derivatives/hessian.ipynb")
    lines = done.stdout.splitlines()
    assert lines[0] == f"judged: {Path('derivatives/hessian.ipynb')}"
    assert lines[1] == "hessian: 3 of 10 points"
    # A notebook has no lines to count: its cell is named.
    assert f"next: write hessian in {Path('derivatives/hessian.ipynb')}, cell hessian" in lines
    assert "belt, 1 of 2 tasks" in dojo(place).stdout
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "hvp.ipynb"
    write_notebook(elsewhere, "hessian_bytes")
    done = dojo(place, "check", str(elsewhere))
    assert done.stdout.splitlines()[0] == f"judged: {elsewhere}"
    assert "hvp: 1 of " in done.stdout
    # What lies elsewhere may be anybody's.
    assert "hvp: white belt, 0 of 4 tasks" in dojo(place).stdout
    (place / "old").mkdir()
    shutil.copy(elsewhere, place / "old")
    for path in ("old/hvp.ipynb", "./old/hvp.ipynb"):
        assert dojo(place, "check", path).stdout.startswith(f"judged: {Path(path)}")
    own = dojo(place, "check", "exercises/derivatives/hessian.py")
    assert "judged:" not in own.stdout


def test_whoever_stands_elsewhere_is_told_whose_exercises_these_are(tmp_path: Path) -> None:
    done = dojo(tmp_path)
    assert f"there are no exercises here; this is about those in {ROOT}" in done.stderr
    assert "no exercises" not in dojo(make_place(tmp_path)).stderr


def test_a_solved_exercise_has_status_0_and_is_remembered(place: Path) -> None:
    solve(place, "jacobian")
    done = dojo(place, "check", "jacobian")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "jacobian: 10 of 10 points" in done.stdout
    assert "dojo solution jacobian" in done.stdout
    assert done.stdout.splitlines()[-1] == "next: go on: dojo watch hessian"
    listed = dojo(place).stdout
    assert "jacobian: black belt, 3 of 3 tasks" in listed
    assert listed.splitlines()[-1] == "next: dojo watch hessian"


def test_a_wrong_answer_has_status_1_and_tells_the_mistake_and_what_was_expected(
    place: Path,
) -> None:
    write_first_stub(place, "jacobian", SUM_OF_ROWS)
    done = dojo(place, "check")
    assert done.returncode == 1
    assert done.stdout.index("failed: vjp") < done.stdout.index("open: jacobian, not written yet")
    assert "got [4, 12]" in done.stdout
    assert "expected [12, 6]" in done.stdout
    assert "hint: Your answer does not change with `v`" in done.stdout
    assert "dojo hint jacobian.vjp" in done.stdout


def test_a_check_of_no_topic_judges_all_and_ends_with_a_line_for_each(place: Path) -> None:
    solve(place, "hessian")
    write_first_stub(place, "jacobian", SUM_OF_ROWS)
    exercise(place, "hvp").unlink()
    done = dojo(place, "check")
    assert done.returncode == 2
    lines = done.stdout.splitlines()[-8:]
    assert lines[0].startswith("failed: jacobian: 0 of 10 points, still to do: vjp, jacobian, jvp")
    assert lines[1] == "passed: hessian: 10 of 10 points"
    assert lines[2].startswith("open: curvature: 0 of 10 points, still to do: eigenvalues")
    assert lines[3].startswith("not judged: hvp: there is no file")
    as_json = dojo(place, "check", "--json")
    judged = [json.loads(line)["topic"] for line in as_json.stdout.splitlines()]
    assert len(judged) == 7
    assert judged[:2] == ["derivatives/jacobian", "derivatives/hessian"]
    assert "there is no file" in as_json.stderr
    assert "hessian: black belt" in dojo(place).stdout


def test_an_open_stub_is_named_with_its_file_and_line(place: Path) -> None:
    done = dojo(place, "check", "jacobian")
    found = re.search(r"^next: write vjp in (\S+), line (\d+)$", done.stdout, re.MULTILINE)
    assert found is not None
    lines = (place / found[1]).read_text(encoding="utf-8").splitlines()
    assert lines[int(found[2]) - 1].strip().startswith("raise NotImplementedError")


def test_help_names_the_topics(place: Path) -> None:
    said = " ".join(dojo(place, "check", "--help").stdout.split())
    assert "Topics: jacobian, hessian, curvature, hvp," in said


def test_an_error_shows_the_learners_own_line(place: Path) -> None:
    write_first_stub(place, "jacobian", "return v @ func(inputs).nothing_like_this")
    done = dojo(place, "check", "vjp")
    lines = exercise(place, "jacobian").read_text(encoding="utf-8").splitlines()
    number = next(i for i, line in enumerate(lines, start=1) if "nothing_like_this" in line)
    assert done.returncode == 1
    assert re.search(rf"^  > +{number}  +return v @ func", done.stdout, re.MULTILINE)


def test_json_is_one_object_and_nothing_else(place: Path) -> None:
    write_first_stub(place, "jacobian", "print('noise')\n    " + SUM_OF_ROWS)
    path = exercise(place, "jacobian")
    path.write_text(
        path.read_text(encoding="utf-8") + "\n\nprint('more noise')\n", encoding="utf-8"
    )
    done = dojo(place, "check", "jacobian", "--json")
    data = json.loads(done.stdout)
    schema = json.loads((ROOT / "docs" / "verdict.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(data)
    assert done.stdout.count("\n") == 1
    assert done.returncode == 1
    assert data["topic"] == "derivatives/jacobian"
    assert Verdict.from_json(done.stdout).tasks[0].first_failure is not None


def test_the_same_file_and_seed_give_the_same_bytes(place: Path) -> None:
    write_first_stub(place, "jacobian", SUM_OF_ROWS)
    arguments = ("check", "jacobian", "--json", "--seed", "3")
    first, second = dojo(place, *arguments), dojo(place, *arguments)
    assert first.stdout == second.stdout
    assert json.loads(first.stdout)["seed"] == 3


def test_another_file_is_judged_without_touching_the_progress(place: Path) -> None:
    solution = ROOT / "solutions" / "derivatives" / "jacobian.py"
    done = dojo(place, "check", "jacobian.jvp", "--file", str(solution), "--json")
    assert done.returncode == 0
    assert [task["name"] for task in json.loads(done.stdout)["tasks"]] == ["jvp"]
    assert not (place / "exercises" / ".progress.json").exists()


def test_a_file_without_a_topic_is_of_the_topic_that_it_is_named_after(place: Path) -> None:
    solution = ROOT / "solutions" / "derivatives" / "curvature.py"
    done = dojo(place, "check", "--file", str(solution), "--json")
    assert (done.returncode, json.loads(done.stdout)["topic"]) == (0, "derivatives/curvature")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("check", "laplacian"), "there is no topic 'laplacian'; the course has jacobian"),
        (("check", "hesian"), "there is no topic 'hesian'; did you mean hessian? The course has"),
        (("check", "jacobian", "--file", "gone.py"), "there is no file gone.py"),
        (("hint", "jacobian.laplacian"), "the topic 'jacobian' has no task 'laplacian'"),
        (("hint", "jacobian.VPJ"), "has no task 'VPJ'; did you mean vjp? It has vjp, jacobian"),
        (("list", "--folder", "exercises/derivatives/hvp.py"), "holds no folder called exercises"),
        (("solution", "jacobian"), "not passed yet"),
        (("reset", "jacobian.vjp"), "only a whole topic can begin anew"),
        (("list", "--folder", "nowhere"), "nowhere holds no folder called exercises"),
    ],
)
def test_what_cannot_run_has_status_2_and_one_sentence(
    place: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    done = dojo(place, *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "name", ["Hessian", "hessian.GRADIENT", "exercises/derivatives/hessian.py", "hessian.ipynb"]
)
def test_a_topic_may_be_named_in_capitals_or_by_a_path(place: Path, name: str) -> None:
    assert dojo(place, "hint", name).stdout.startswith("hessian.gradient: hint 1 of")


def test_the_version_and_the_short_help_are_there(place: Path) -> None:
    assert dojo(place, "--version").stdout == f"dojo {version('second-derivatives-dojo')}\n"
    assert dojo(place, "check", "-h").stdout == dojo(place, "check", "--help").stdout != ""


def test_a_lost_exercise_is_answered_with_the_way_to_get_it_back(place: Path) -> None:
    exercise(place, "jacobian").unlink()
    done = dojo(place, "check", "jacobian")
    assert done.returncode == 2
    assert "`dojo reset jacobian` brings it back" in done.stderr
    assert dojo(place, "reset", "jacobian").returncode == 0
    assert exercise(place, "jacobian").read_text(encoding="utf-8") == (
        ROOT / "exercises" / "derivatives" / "jacobian.py"
    ).read_text(encoding="utf-8")


def test_output_in_a_pipe_is_plain(place: Path) -> None:
    for done in (dojo(place), dojo(place, "hint", "jacobian"), dojo(place, "hint", "--plain")):
        assert not re.search("[\x1b✓✗→─-╿]", done.stdout)


def test_hints_remember_how_far_they_went(place: Path) -> None:
    assert "hint 1 of" in dojo(place, "hint", "jacobian.vjp").stdout
    again = dojo(place, "hint", "vjp").stdout
    assert "hint 2 of" in again
    assert again.count("1. ") == 1


def test_reset_says_where_the_backup_is_and_forgets_the_topic(place: Path) -> None:
    exercise(place, "jacobian").write_text("precious = 1\n", encoding="utf-8")
    dojo(place, "hint", "jacobian")
    done = dojo(place, "reset", "jacobian")
    backup = place / done.stdout.splitlines()[-1].removeprefix("Your file is kept as ")
    assert done.returncode == 0
    assert backup.read_text(encoding="utf-8") == "precious = 1\n"
    assert "hint 1 of" in dojo(place, "hint", "jacobian").stdout


def test_a_solution_is_shown_three_ways_with_what_each_costs(place: Path) -> None:
    solve(place, "jacobian")
    done = dojo(place, "solution", "jacobian.jacobian", "--peek")
    assert done.returncode == 0, done.stderr
    titles = re.findall(
        r"^(yours|the reference|one more way): (\d.*) of memory at most, as costly as ([\d.]+)",
        done.stdout,
        re.MULTILINE,
    )
    assert [title for title, _, _ in titles] == ["yours", "the reference", "one more way"]
    assert titles[0][1:] == titles[1][1:]
    # 200 columns forwards against 50 rows backwards.
    assert float(titles[2][2]) > 2 * float(titles[1][2])
    assert "BEGIN SOLUTION" not in done.stdout


def test_watch_judges_shows_a_hint_and_quits_without_a_terminal(place: Path) -> None:
    write_first_stub(place, "jacobian", SUM_OF_ROWS)
    done = dojo(place, "watch", "jacobian", "--plain", "--poll", typed="hlq")
    assert done.returncode == 0, done.stderr
    assert "failed: vjp" in done.stdout
    assert "jacobian.vjp: hint 1 of" in done.stdout
    assert not re.search("[\x1b✓✗→─-╿]", done.stdout)
