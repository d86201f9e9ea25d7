"""A worker or a zygote that is killed while it judges costs no grade."""

from __future__ import annotations

from typing import Any

import pytest
from in_container import in_container

KILLS = 110
ZYGOTE_KILLS = 6


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
