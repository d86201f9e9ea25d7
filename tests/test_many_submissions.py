"""Many submissions through one zygote leave nothing behind."""

from __future__ import annotations

import pytest
from in_container import in_container

SUBMISSIONS = 200


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
