"""How much memory the processes of a run need together, at their peaks."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

_PAUSE_SECONDS = 0.05


@dataclass(frozen=True)
class Held:
    """What a process held at its peak, and what of it it now shares with others, in bytes."""

    peak: int
    shared: int

    @classmethod
    def by(cls, pid: int) -> Held:
        """Read it; nothing of a process that has just ended."""
        try:
            peak = _read(pid, "status", "VmHWM:")
            shared = _read(pid, "smaps_rollup", "Shared_Clean:", "Shared_Dirty:")
        except (FileNotFoundError, ProcessLookupError):
            return cls(0, 0)
        return cls(peak, min(peak, shared))


def peak_while_running(process: subprocess.Popen[bytes]) -> int:
    """Wait for a process to end; give the peak of it and all below it, in bytes.

    An upper bound: each of those alive counts with its own highest peak so far, as if all had been
    at the same time. What the forks of a warm process share is counted once, and not for each.
    """
    peak = 0
    while process.poll() is None:
        try:
            below = psutil.Process(process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            continue
        first, *others = [Held.by(pid) for pid in (process.pid, *(one.pid for one in below))]
        apart = sum(one.peak - one.shared for one in others)
        peak = max(peak, first.peak + apart + max((one.shared for one in others), default=0))
        time.sleep(_PAUSE_SECONDS)
    return peak


def _read(pid: int, file: str, *names: str) -> int:
    lines = Path(f"/proc/{pid}/{file}").read_text().splitlines()
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith(names))
