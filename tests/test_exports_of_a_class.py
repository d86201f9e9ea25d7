"""`dojo export` on a class graded for real: three files that agree, names that stay names."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from learners import ROOT, dojo

from graders.outlets.nbgrader.course_folder import CourseFolder

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings("ignore:Object of type <Submitted"),
]

NAMES = {
    "ada": ("Łucja", 'Ødegård, "Q"'),
    "ben": ("=cmd|' /C calc'!A0", "@SUM(1+1)"),
    "cleo": ("＝1+1", "李, 小龍"),
}


@pytest.fixture(scope="module")
def small_class(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Grade three of the sample class for real, and give them awkward names."""
    folder = tmp_path_factory.mktemp("class") / "demo"
    done = dojo(ROOT, "demo", "--students", "3", "--folder", str(folder))
    assert done.returncode == 0, done.stderr
    with CourseFolder(folder).gradebook() as gradebook:
        for name, (first, last) in NAMES.items():
            student = gradebook.find_student(name)
            student.first_name, student.last_name = first, last
        gradebook.db.commit()
    return folder


def exported(folder: Path, form: str, path: Path, *words: str) -> list[dict[str, str]]:
    done = dojo(folder, "export", form, "--output", str(path), *words)
    assert done.returncode == 0, done.stderr
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_three_files_of_a_graded_class_agree(small_class: Path, tmp_path: Path) -> None:
    in_full = exported(small_class, "csv", tmp_path / "grades.csv")
    possible, *canvas = exported(small_class, "canvas", tmp_path / "canvas.csv")
    moodle = exported(small_class, "moodle", tmp_path / "moodle.csv")
    assert {row["assignment"] for row in in_full} == {"derivatives", "applications"}
    for row in in_full:
        name, who = row["assignment"], row["student_id"]
        (there,) = [one for one in canvas if one["SIS Login ID"] == who]
        (also,) = [one for one in moodle if one["Username"] == who]
        none = row["handed_in"] == "no"
        assert (there[name], also[name]) == (("", "-") if none else (row["score"], row["score"]))
        assert possible[name] == row["max_score"]
        parts = [text for key, text in row.items() if "." in key and text]
        assert none or sum(map(float, parts)) == pytest.approx(float(row["score"]))
    assert float(next(row["derivatives"] for row in moodle if row["Username"] == "ada")) > 30


def test_awkward_names_of_a_graded_class_stay_names(small_class: Path, tmp_path: Path) -> None:
    in_full = exported(small_class, "csv", tmp_path / "grades.csv")
    canvas = exported(small_class, "canvas", tmp_path / "canvas.csv")[1:]
    moodle = exported(small_class, "moodle", tmp_path / "moodle.csv")
    for who, (first, last) in NAMES.items():
        full = next(row for row in in_full if row["student_id"] == who)
        (there,) = [row for row in canvas if row["SIS Login ID"] == who]
        (also,) = [row for row in moodle if row["Username"] == who]
        safe = [f"'{name}" if name[0] in "=@＝" else name for name in (first, last)]
        assert [full["first_name"], full["last_name"]] == safe
        assert [also["First name"], also["Last name"]] == safe
        assert there["Student"] == f"{safe[1]}, {first}"


def test_an_export_says_whose_points_are_not_all_there(small_class: Path, tmp_path: Path) -> None:
    path = tmp_path / "canvas.csv"
    done = dojo(small_class, "export", "canvas", "--output", str(path))
    assert "derivatives: something of 3 students is still to be marked by a person" in done.stdout
    only = exported(small_class, "canvas", path, "--assignment", "derivatives")
    assert "applications" not in only[0]


def test_an_export_of_nothing_is_one_sentence(small_class: Path, tmp_path: Path) -> None:
    refused = dojo(tmp_path, "export", "csv")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "no nbgrader_config.py" in refused.stderr
    refused = dojo(small_class, "export", "csv", "--assignment", "nope")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "knows no nope; it has applications, derivatives" in refused.stderr
    refused = dojo(small_class, "export", "csv", "--output", str(tmp_path / "no" / "grades.csv"))
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    (tmp_path / "nbgrader_config.py").write_text((ROOT / "nbgrader_config.py").read_text("utf-8"))
    refused = dojo(tmp_path, "export", "moodle")
    assert "there is no gradebook" in refused.stderr
    assert not list(tmp_path.glob("*.db"))
