"""Python's search for garbage, put off while it would only be in the way."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collecting() -> Iterator[None]:
    """Look for no garbage meanwhile.

    Torch is imported in a tenth less time, and work on the clock is not charged with a search
    through all of our own objects, which takes a third of a second where torch is loaded.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
