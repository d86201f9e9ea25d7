"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def cannot_be_written(path: Path, error: OSError) -> str:
    """Say that a file that somebody asked for cannot be written, and what to do."""
    return f"{path} cannot be written ({error.strerror}); name another with --output"


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that a reader finds all of it or none of it, even after a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not by the name of the file, which may be as long as a name can be.
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".dojo.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content.encode("utf-8") if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
