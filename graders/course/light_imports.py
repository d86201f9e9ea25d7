"""Import jsonschema, jupytext and torch without what takes long and is not used here."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

# A parser of URIs, which takes about a second to build: no field of a notebook is checked with it.
_GRAMMAR = ("rfc3987_syntax",)
# How a Jupyter server opens scripts, and with it the whole server; jupytext does without.
_FOR_SERVERS = ("jupytext.sync_contentsmanager", "jupytext.async_contentsmanager")


def import_jsonschema() -> None:
    """Import jsonschema without its parser of URIs; call this before nbformat."""
    with _hidden(_GRAMMAR):
        import jsonschema  # type: ignore[import-untyped]  # noqa: F401


def import_jupytext() -> ModuleType:
    """Import jupytext, and give it, without what a Jupyter server has it for."""
    import_jsonschema()
    with _hidden(_FOR_SERVERS):
        import jupytext
    return jupytext


@contextmanager
def without_collecting() -> Iterator[None]:
    """Import torch in a tenth less time: meanwhile there is no garbage to look for."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def _hidden(names: tuple[str, ...]) -> Iterator[None]:
    """Let modules seem not to be installed, but for those that were imported already."""
    hidden = [name for name in names if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
