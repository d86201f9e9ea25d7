"""A solution that answers cannot be compared with is told by its file, before any check."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from graders import course
from graders.checks.fingerprint import graders_fingerprint
from graders.checks.kept_outcomes import SolutionWithKeptOutcomes, kept_file
from graders.checks.references import problems_of
from graders.checks.solution import reference_functions
from graders.course import CourseError


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is empty"),
        ("def (", "SyntaxError"),
        ("1 / 0", "ZeroDivisionError"),
        (None, "no file"),
    ],
)
def test_a_solution_of_no_use_is_told_by_its_file(
    tmp_path: Path, text: str | None, said: str
) -> None:
    topic = replace(course.topic("jacobian"), course=tmp_path)
    topic.solution.parent.mkdir(parents=True)
    if text is not None:
        topic.solution.write_text(text, encoding="utf-8")
    with pytest.raises(CourseError, match=said) as raised:
        reference_functions(topic)
    assert str(topic.solution) in str(raised.value)
    assert "bring back an older version" in str(raised.value)


def test_who_practises_is_told_before_any_check_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the values of the solution as it was before are kept."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    here = course.topic("jacobian")
    topic = replace(here, course=tmp_path)
    for mine, theirs in ((topic.solution, here.solution), (topic.source, here.source)):
        mine.parent.mkdir(parents=True)
        shutil.copy(theirs, mine)
    shutil.copytree(here.course / "graders", tmp_path / "graders")
    kept = kept_file(topic, 0)
    assert kept is not None
    kept.parent.mkdir(parents=True)
    kept.touch()
    SolutionWithKeptOutcomes(topic, problems_of(here), 0, practice=True)
    # Another process would look at the files anew.
    graders_fingerprint.cache_clear()
    with topic.solution.open("a", encoding="utf-8") as file:
        file.write("\n# %%\n1 / 0\n")
    with pytest.raises(CourseError, match="ZeroDivisionError"):
        SolutionWithKeptOutcomes(topic, problems_of(here), 0, practice=True)
