"""Import large packages without what takes long and is not used here.

They are jsonschema, jupytext and so nbformat, nbgrader, and torch.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from types import ModuleType

# A parser of URIs, which takes about a second to build: no field of a notebook is checked with it.
_GRAMMAR = ("rfc3987_syntax",)
# What jupytext does without where it reads percent scripts: how a Jupyter server opens them, and
# with it the whole server; Markdown; and forms of text that no field of a notebook has.
_NOT_FOR_SCRIPTS = (
    *("jupytext.sync_contentsmanager", "jupytext.async_contentsmanager", "markdown_it"),
    *("fqdn", "idna", "isoduration", "rfc3986_validator", "uri_template", "webcolors"),
)
# nbgrader imports them with itself, and they half of Jupyter.
_NBGRADERS_EXTENSIONS = ("assignment_list", "course_list", "validate_assignment", "formgrader")
_LOAD = "load_jupyter_server_extension"


def import_jsonschema() -> None:
    """Import jsonschema without its parser of URIs; call this before nbformat."""
    with _hidden(_GRAMMAR):
        import jsonschema  # type: ignore[import-untyped]  # noqa: F401


def import_jupytext() -> ModuleType:
    """Import jupytext, and give it, without what it does not need to read percent scripts."""
    with _hidden(_NOT_FOR_SCRIPTS):
        import_jsonschema()
        import jupytext
    return jupytext


def import_nbgrader() -> None:
    """Import nbgrader without its extensions of a Jupyter server, which a server still finds."""
    if "nbgrader" in sys.modules:
        return
    names = [f"nbgrader.server_extensions.{name}" for name in _NBGRADERS_EXTENSIONS]
    for name in names:
        stand_in = ModuleType(name)
        stand_in.__dict__[_LOAD] = partial(_load_extension, name)
        sys.modules[name] = stand_in
    try:
        import nbgrader  # noqa: F401
    finally:
        for name in names:
            del sys.modules[name]


def _load_extension(name: str, server: object) -> None:
    getattr(import_module(name), _LOAD)(server)


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
