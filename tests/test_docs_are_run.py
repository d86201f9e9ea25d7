"""The commands of docs/teaching.md, in order, by one instructor and one student."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from learners import ROOT
from shell import Shell, make_clone

BLOCK = re.compile(r"^```sh( student)?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
PAGE = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")


@pytest.mark.long
@pytest.mark.timeout(900)
def test_every_command_of_the_page_does_what_it_says(tmp_path: Path) -> None:
    exchange = tmp_path / "exchange"
    clone = make_clone(tmp_path / "course", exchange)
    student, teacher = Shell(tmp_path / "ada", tmp_path / "ada"), Shell(clone, tmp_path / "teacher")
    told = f'c = get_config()\nc.Exchange.root = "{exchange}"\n'
    settings = f'{told}c.CourseDirectory.course_id = "second-derivatives"\n'
    theirs = tmp_path / "ada" / ".jupyter" / "nbgrader_config.py"
    theirs.write_text(settings, encoding="utf-8")
    for is_student, commands in BLOCK.findall(PAGE):
        (student if is_student else teacher).run(commands)
    klass = tmp_path / "class"
    assert (klass / "class_seed.txt").is_file() and (klass / "derivatives-kit.zip").is_file()
    assert "ada" in (klass / "grades.csv").read_text(encoding="utf-8")
    assert len(list((klass / "feedback" / "ada" / "derivatives").glob("*.html"))) == 4
    assert (klass / "derivatives-report.html").is_file()
    pages = list((tmp_path / "ada" / "derivatives" / "feedback").rglob("*.html"))
    assert len(pages) == 4
    assert "not written yet" in pages[0].read_text(encoding="utf-8")


def test_the_page_is_linked_from_the_readme_and_names_no_file_that_is_not_there() -> None:
    assert "docs/teaching.md" in (ROOT / "README.md").read_text(encoding="utf-8")
    for link in re.findall(r"\]\((\w[\w./-]*\.md)\)", PAGE):
        assert (ROOT / "docs" / link).is_file(), link
