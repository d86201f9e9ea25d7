"""Import jsonschema, and so nbformat and jupytext, without the second that a grammar takes."""

from __future__ import annotations

import sys

_URI_GRAMMAR = "rfc3987_syntax"


def import_jsonschema() -> None:
    """Import jsonschema without its parser of URIs; call this before nbformat or jupytext.

    Building the parser takes about a second, and no field of a notebook is checked with it. Where
    either of the two has been imported already, nothing is changed.
    """
    hidden = _URI_GRAMMAR not in sys.modules
    if hidden:
        sys.modules[_URI_GRAMMAR] = None  # type: ignore[assignment]
    try:
        import jsonschema  # type: ignore[import-untyped]  # noqa: F401
    finally:
        if hidden:
            del sys.modules[_URI_GRAMMAR]
