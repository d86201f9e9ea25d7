"""Tricks with a whole notebook, through `nbgrader autograde`, gain nothing and harm nothing."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from in_container import in_container
from test_attacks import STEERING

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

HONEST = ("honest-0", "injecting-z-honest", "zz-honest")
UNREADABLE = ("device", "fifo", "link_to_a_neighbour", "link_to_the_source")


@pytest.fixture(scope="module")
def handed_in() -> dict[str, Any]:
    """Have a class of tricksters graded by nbgrader, honest students among them."""
    return in_container("attacks.handed_in")


def test_no_trick_with_a_notebook_gains_a_point(handed_in: dict[str, Any]) -> None:
    students = handed_in["students"]
    half = students["half"]["scores"]
    assert 0 < sum(half.values()) < students["half"]["max_score"]
    for name, got in students.items():
        if name not in HONEST:
            assert all(score <= half[cell] for cell, score in got["scores"].items()), name
        assert got["scores"].keys() == half.keys(), name
        assert got["max_score"] == students["half"]["max_score"], name


def test_only_what_cannot_be_read_goes_to_a_person(handed_in: dict[str, Any]) -> None:
    students = handed_in["students"]
    assert sorted(name for name, got in students.items() if got["needs_person"]) == [*UNREADABLE]


def test_honest_students_among_tricksters_get_their_points(handed_in: dict[str, Any]) -> None:
    assert "ended with 0" in handed_in["log"]
    for name in HONEST:
        got = handed_in["students"][name]
        assert sum(got["scores"].values()) == got["max_score"], name


def test_nbgrader_s_course_is_as_it_was(handed_in: dict[str, Any]) -> None:
    assert handed_in["changed"] == []
    assert handed_in["visitors"] == 0
    assert handed_in["processes"] == []
    assert not STEERING.search(handed_in["log"])


def test_no_trick_runs_a_script_in_the_reader_s_browser(handed_in: dict[str, Any]) -> None:
    for student, page in handed_in["pages"].items():
        for element in BeautifulSoup(page, "html.parser").find_all(True):
            assert not [name for name in element.attrs if name.startswith("on")], student
            assert element.name not in ("svg", "iframe", "form"), student
            assert element.name != "script" or "alert" not in element.get_text(), student
