"""Follow the files that a learner saves."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path


def follow(
    folder: Path, changed: Callable[[Path], None], stop: threading.Event, *, poll: bool = False
) -> None:
    """Call `changed` for every file written or deleted below a folder, until `stop` is set."""
    from watchfiles import watch

    for changes in watch(
        folder,
        force_polling=poll or None,
        debounce=200,
        step=10,
        stop_event=stop,
        raise_interrupt=False,
    ):
        for path in dict.fromkeys(Path(name) for _, name in changes):
            changed(path)
