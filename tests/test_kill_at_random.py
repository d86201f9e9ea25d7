"""A worker or a zygote that is killed while it judges costs no grade; many leave nothing behind."""

from __future__ import annotations

from typing import Any

import pytest
from attacks import container

KILLS = 110
ZYGOTE_KILLS = 6
SUBMISSIONS = 300


def in_container(module: str, *arguments: object) -> Any:
    if reason := container.why_not():
        pytest.skip(reason)
    return container.run(module, [str(argument) for argument in arguments], seconds=1500)


@pytest.fixture(scope="module")
def disturbed() -> dict[str, Any]:
    return in_container("attacks.killed", KILLS, ZYGOTE_KILLS)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("which", "kills"), [("light", KILLS), ("real", ZYGOTE_KILLS)])
def test_no_grade_is_lost_or_changed_by_a_kill(
    disturbed: dict[str, Any], which: str, kills: int
) -> None:
    got = disturbed[which]
    assert got["kills"] >= kills
    assert got["score"] > 0
    assert got["changed"] == 0
    # One kill is made good by a second try; a person is needed only after two in one call.
    assert got["sent_to_a_person"] == 0
    assert got["same"] >= kills


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_who_is_killed_every_time_goes_to_a_person(disturbed: dict[str, Any]) -> None:
    got = disturbed["always"]
    assert got["kills"] >= 2
    assert all(got["needs_person"])
    assert "failed" not in got["statuses"]


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_hundreds_of_submissions_leave_nothing_behind() -> None:
    report = in_container("attacks.many", SUBMISSIONS)
    before, after = report["before"], report["after"]
    assert report["same"] == SUBMISSIONS
    assert after["processes"] == before["processes"]
    assert after["descriptors"] == before["descriptors"]
    assert after["files"] == before["files"]
    assert after["memory_mb"] < before["memory_mb"] + 60
    assert report["processes"] == []
