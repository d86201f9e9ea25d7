"""Run a module of `tests/attacks` in its container, or skip the test where there is none."""

from __future__ import annotations

from typing import Any

import pytest
from attacks import container

SECONDS = 1500


def in_container(module: str, *arguments: object, unprivileged: bool = False) -> Any:
    """Give what the module prints as JSON."""
    if reason := container.why_not(unprivileged):
        pytest.skip(reason)
    words = [str(argument) for argument in arguments]
    return container.run(module, words, unprivileged=unprivileged, seconds=SECONDS)
