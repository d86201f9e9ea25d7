"""What is kept by a hash of the graders is found until one changes that matters."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from graders.checks import fingerprint as fingerprint_module
from graders.course import topic


@pytest.mark.parametrize(
    ("changed", "concerned"),
    [
        ("hidden/derivatives/hvp/test_hvp.py", {"hvp"}),
        ("hidden/derivatives/hessian/mistakes.py", {"hessian"}),
        ("hidden/derivatives/hessian/problems.py", {"hvp", "hessian"}),
        ("hidden/derivatives/hvp/problems/functions.py", {"hvp", "hessian"}),
        ("hidden/derivatives/training.py", {"hvp", "hessian"}),
        ("checks/compare.py", {"hvp", "hessian"}),
        ("sandbox/worker/answer.py", {"hvp", "hessian"}),
        ("limits.py", {"hvp", "hessian"}),
        ("outlets/terminal.py", set()),
    ],
)
def test_a_change_of_the_graders_concerns_the_topics_that_it_can_touch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str, concerned: set[str]
) -> None:
    package = tmp_path / "graders"
    shutil.copytree(fingerprint_module._PACKAGE, package)
    for folder in ("source", "solutions"):
        shutil.copytree(fingerprint_module._PACKAGE.parent / folder, tmp_path / folder)
    monkeypatch.setattr(fingerprint_module, "_PACKAGE", package)
    monkeypatch.chdir(tmp_path)
    fingerprint = fingerprint_module.graders_fingerprint.__wrapped__
    before = {name: fingerprint(topic(name)) for name in ("hvp", "hessian")}
    with (package / changed).open("a", encoding="utf-8") as file:
        file.write("\n# changed\n")
    after = {name: fingerprint(topic(name)) for name in ("hvp", "hessian")}
    assert {name for name in after if after[name] != before[name]} == concerned
