"""A worker as a process of its own, for systems without fork: time limits but no confinement."""

from __future__ import annotations

import contextlib
import os
import socket
import sys

from graders.sandbox.channel import ChannelError
from graders.sandbox.warmth import Warmth
from graders.sandbox.worker.serve import leave, serve
from graders.sandbox.worker.warm import warm_up


def main() -> None:
    """Warm up, connect to the judge's port (argv) with the token it gave on stdin, and serve."""
    port, memory_bytes = int(sys.argv[1]), int(sys.argv[2])
    token = sys.stdin.readline().strip()
    warm = warm_up(sys.argv[3:])
    warm.up_to(Warmth.LIKELY)
    channel = socket.create_connection(("127.0.0.1", port))
    channel.sendall(token.encode())
    layer = _limit_memory(memory_bytes)
    os.environ.clear()
    with contextlib.suppress(ChannelError):
        serve(channel, warm, [layer])
    leave()


def _limit_memory(memory_bytes: int) -> list[object]:
    """Limit the address space to what is in use plus `memory_bytes`, where the system can."""
    try:
        import resource

        with open("/proc/self/statm") as statm:
            used = int(statm.read().split()[0]) * resource.getpagesize()
        limit = used + memory_bytes
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    except (ImportError, OSError, ValueError) as error:
        return ["memory limit", False, f"this system has no address-space limit ({error})"]
    return ["memory limit", True, "address space"]


if __name__ == "__main__":
    main()
