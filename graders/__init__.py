"""Graders for a course on second derivatives in PyTorch."""

from __future__ import annotations

from typing import Any


def load_ipython_extension(shell: Any) -> None:
    """Add the magic `%check` to an IPython shell: `%load_ext graders`."""
    from graders.commands.notebook_magic import load

    load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """Take the magic away again."""
    from graders.commands.notebook_magic import unload

    unload(shell)
