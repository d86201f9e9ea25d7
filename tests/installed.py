"""The course as an installed package, apart from the environment that the tests run in."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def install(wheel: Path, site: Path) -> Path:
    """Put a wheel's files into a folder; what it depends on is there already."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    done = subprocess.run(
        [*pip, "--target", str(site), str(wheel)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return site
