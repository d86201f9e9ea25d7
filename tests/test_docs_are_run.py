"""The commands of docs/teaching.md, in order, by one instructor and one student."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest
from learners import ROOT, environment

BLOCK = re.compile(r"^```sh( student)?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
PAGE = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")


class Shell:
    """A person at a terminal: where they are stays from one block to the next."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder, self.where = folder, home / "where"
        path = os.pathsep.join((sysconfig.get_path("scripts"), os.environ["PATH"]))
        self.variables = environment(
            PATH=path, HOME=str(home), JUPYTER_CONFIG_DIR=str(home / ".jupyter"), USER=home.name
        )

    def run(self, commands: str) -> str:
        done = subprocess.run(
            ["bash", "-e", "-c", f"{commands}\npwd > {self.where}"],
            cwd=self.folder,
            env=self.variables,
            capture_output=True,
            text=True,
            check=False,
        )
        said = done.stdout + done.stderr
        assert done.returncode == 0, f"{commands}\n{said}"
        self.folder = Path(self.where.read_text(encoding="utf-8").strip())
        return said


@pytest.mark.long
@pytest.mark.timeout(900)
def test_every_command_of_the_page_does_what_it_says(tmp_path: Path) -> None:
    clone = tmp_path / "course"
    clone.mkdir()
    for name in ("source", "solutions", "release", "exercises", "graders"):
        shutil.copytree(ROOT / name, clone / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("nbgrader_config.py", "constraints.txt", "pyproject.toml", "hatch_build.py"):
        shutil.copy(ROOT / name, clone)
    for name in ("LICENSE", "README.md"):
        shutil.copy(ROOT / name, clone)
    exchange = tmp_path / "exchange"
    exchange.mkdir(mode=0o777)
    exchange.chmod(0o777)
    _with_exchange(clone / "nbgrader_config.py", exchange)
    homes = tmp_path / "ada", tmp_path / "teacher"
    for home in homes:
        (home / ".jupyter").mkdir(parents=True)
    told = f'c = get_config()\nc.Exchange.root = "{exchange}"\n'
    settings = f'{told}c.CourseDirectory.course_id = "second-derivatives"\n'
    (homes[0] / ".jupyter" / "nbgrader_config.py").write_text(settings, encoding="utf-8")
    student, teacher = Shell(homes[0], homes[0]), Shell(clone, homes[1])
    for is_student, commands in BLOCK.findall(PAGE):
        (student if is_student else teacher).run(commands)
    klass = tmp_path / "class"
    assert (klass / "class_seed.txt").is_file() and (klass / "derivatives-kit.zip").is_file()
    assert "ada" in (klass / "grades.csv").read_text(encoding="utf-8")
    assert len(list((klass / "feedback" / "ada" / "derivatives").glob("*.html"))) == 4
    assert (klass / "derivatives-report.html").is_file()
    pages = list((homes[0] / "derivatives" / "feedback").rglob("*.html"))
    assert len(pages) == 4
    assert "not written yet" in pages[0].read_text(encoding="utf-8")


def _with_exchange(config: Path, exchange: Path) -> None:
    """Take the line out of its comment, as the page says."""
    text = config.read_text(encoding="utf-8")
    line = '# c.Exchange.root = "/srv/nbgrader/exchange"'
    assert line in text
    config.write_text(text.replace(line, f'c.Exchange.root = "{exchange}"'), encoding="utf-8")


def test_the_page_is_linked_from_the_readme_and_names_no_file_that_is_not_there() -> None:
    assert "docs/teaching.md" in (ROOT / "README.md").read_text(encoding="utf-8")
    for link in re.findall(r"\]\((\w[\w./-]*\.md)\)", PAGE):
        assert (ROOT / "docs" / link).is_file(), link
