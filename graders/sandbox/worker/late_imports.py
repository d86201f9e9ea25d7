"""What a worker does whose student code asks for what is not imported yet, and Python's library.

Confined, it could not import it by itself: an import may make sure of folders, and may have to read
what cannot be read there.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
import sysconfig
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from importlib.abc import MetaPathFinder
from typing import Any

from graders.sandbox.warmth import MORE_NEEDED, Warmth

_OF_THE_COMPILER = frozenset(("torch._dynamo", "torch._inductor"))
_NOT_IMPORTED = frozenset(
    ("__main__", "antigravity", "ensurepip", "idlelib", "lib2to3", "test", "tests", "this")
    + ("_tkinter", "tkinter", "turtle", "turtledemo", "venv")
)


def library() -> frozenset[str]:
    """Name the modules of Python's own library that lie on this machine."""
    found = {entry.partition(".")[0] for folder in _library_folders() for entry in folder}
    return frozenset(found & sys.stdlib_module_names)


def import_library() -> None:
    """Import all of Python's own library, but for windows, tests and what acts when imported."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in sorted(library() - _NOT_IMPORTED):
            _import_with_all_in_it(name)


def leave_where_more_is_needed(warmth: Warmth, names: frozenset[str]) -> None:
    """Have this process end, with a status of its own, at what is there from a later warmth on.

    `names` is what Python's library has, which cannot be read in the home of root. Where it can be
    read, nobody looks here for it.
    """
    if warmth < Warmth.LIKELY:
        sys.meta_path.insert(0, _Exit(lambda _name: True))
    elif warmth < Warmth.EVERYTHING:
        sys.meta_path.insert(0, _Exit(_OF_THE_COMPILER.__contains__))
        sys.meta_path.append(_Exit(lambda name: name.partition(".")[0] in names))


class _Exit(MetaPathFinder):
    """Finds nothing; ends the process where certain modules are looked for."""

    def __init__(self, at: Callable[[str], bool]) -> None:
        self._at = at

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: Any = None) -> None:
        if self._at(fullname):
            os._exit(MORE_NEEDED)


def _library_folders() -> Iterator[list[str]]:
    lies = sysconfig.get_path("stdlib")
    for folder in (lies, os.path.join(lies, "lib-dynload")):
        with suppress(OSError):
            yield os.listdir(folder)


def _import_with_all_in_it(name: str) -> None:
    try:
        module = importlib.import_module(name)
    except Exception:
        # Of another system, or built without what it needs.
        return
    for part in pkgutil.iter_modules(getattr(module, "__path__", ())):
        if part.name not in _NOT_IMPORTED:
            _import_with_all_in_it(f"{name}.{part.name}")
