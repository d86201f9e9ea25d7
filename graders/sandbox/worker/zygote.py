"""The start of a warm process, which imports torch once for all the workers that it forks."""

from __future__ import annotations

import socket
import sys

from graders.sandbox.confine.namespaces import nest
from graders.sandbox.warmth import Warmth


def main() -> None:
    """Serve a control socket; argv: its number, how warm to begin, the course."""
    nest()
    # Torch is imported behind that fork: who stays behind as the guard has no use for it, and each
    # page that the two shared would be copied when it is written to.
    from graders.sandbox.worker.forks import fork_workers

    control = socket.socket(fileno=int(sys.argv[1]))
    fork_workers(control, Warmth(int(sys.argv[2])), sys.argv[3:])
