"""What holds for every test: zygotes are forks of one, and nothing old is looked through again."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
import twins


def pytest_collection_finish() -> None:
    """Keep what is there for good out of the collector's way: it is most of what it would visit."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    """Let the process end at once: its collector would visit all that is there, for seconds."""
    gc.freeze()


@pytest.fixture(autouse=True, scope="session")
def _zygotes_are_forks() -> None:
    twins.fork_zygotes_from(twins.mother)


@pytest.fixture
def started_from_nothing() -> Iterator[None]:
    """Have the zygotes of a test start as they do for a user."""
    with twins.started_from_nothing():
        yield
