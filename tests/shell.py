"""A person at a terminal, and a clone of the course for them to work in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig
from collections.abc import Mapping
from pathlib import Path

from learners import ROOT, environment

_FOLDERS = ("source", "solutions", "release", "exercises", "graders")
_FILES = (
    *("nbgrader_config.py", "constraints.txt", "pyproject.toml", "hatch_build.py", "jupytext.toml"),
    *("LICENSE", "README.md"),
)
_NO_EXCHANGE = '# c.Exchange.root = "/srv/nbgrader/exchange"'


class Shell:
    """A person at a terminal: where they are stays from one command to the next."""

    def __init__(self, folder: Path, home: Path, **variables: str) -> None:
        self.folder, self.where = folder, home / "where"
        (home / ".jupyter").mkdir(parents=True, exist_ok=True)
        path = os.pathsep.join((sysconfig.get_path("scripts"), os.environ["PATH"]))
        own = {"HOME": str(home), "JUPYTER_CONFIG_DIR": str(home / ".jupyter"), "USER": home.name}
        self.variables = environment(PATH=path, **{**own, **variables})

    def run(self, commands: str) -> str:
        """Run commands, all of which must succeed, and give what they say."""
        done = in_bash(f"{commands}\npwd > '{self.where}'", self.folder, self.variables)
        said = done.stdout + done.stderr
        assert done.returncode == 0, f"{commands}\n{said}"
        self.folder = Path(self.where.read_text(encoding="utf-8").strip())
        return said


def in_bash(
    commands: str, folder: Path, variables: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run commands up to the first that fails."""
    return subprocess.run(
        ["bash", "-e", "-c", commands],
        cwd=folder,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )


def make_clone(folder: Path, exchange: Path) -> Path:
    """Copy what a clone of the course has, and have nbgrader's exchange in a folder of its own."""
    for name in _FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in _FILES:
        shutil.copy(ROOT / name, folder)
    exchange.mkdir()
    exchange.chmod(0o777)
    config = folder / "nbgrader_config.py"
    text = config.read_text(encoding="utf-8")
    assert _NO_EXCHANGE in text
    text = text.replace(_NO_EXCHANGE, f'c.Exchange.root = "{exchange}"')
    config.write_text(text, encoding="utf-8")
    return folder
