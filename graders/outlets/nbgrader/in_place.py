"""A notebook that nbconvert works on as it is, in place of copying it three times.

nbconvert copies what it converts, for whoever goes on using it. A notebook that was read to be
converted is nobody else's.
"""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode


class _OursAlone(NotebookNode):
    """A notebook whose copy is itself."""

    def __deepcopy__(self, memo: dict[int, Any]) -> _OursAlone:
        return self


def ours_alone(notebook: NotebookNode) -> NotebookNode:
    """Give a notebook that nobody else has; its cells are the same."""
    return _OursAlone(notebook)
