"""What confinement is asked for (`Policy`), and what of it this machine gave (`Layer`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

DESCRIPTORS = "descriptors"
ENVIRONMENT = "environment"
USER_NAMESPACE = "user-namespace"
NETWORK_NAMESPACE = "network-namespace"
IPC_NAMESPACE = "ipc-namespace"
UTS_NAMESPACE = "uts-namespace"
PID_NAMESPACE = "pid-namespace"
USER = "user"
PROCESSOR_SHARE = "processor-share"
PROCESS_COUNT = "process-count"
MEMORY_LIMIT = "memory-limit"
CPU_LIMIT = "cpu-limit"
FILE_LIMITS = "file-limits"
PROCESS_LIMIT = "process-limit"
CAPABILITIES = "capabilities"
PARENT_DEATH = "parent-death"
NO_NEW_PRIVILEGES = "no-new-privileges"
LANDLOCK_FILES = "landlock-files"
LANDLOCK_NETWORK = "landlock-network"
LANDLOCK_SCOPE = "landlock-scope"
NOT_DUMPABLE = "not-dumpable"
SECCOMP = "seccomp"
# Between files that are judged side by side; without these, nothing gets out.
FAIRNESS = (PROCESSOR_SHARE, PROCESS_COUNT)
# Kernels before 6.7 and 6.12 lack these, and all that they stop is stopped by each of the others.
COVERED = {
    LANDLOCK_NETWORK: {NETWORK_NAMESPACE, SECCOMP},
    LANDLOCK_SCOPE: {NETWORK_NAMESPACE, PID_NAMESPACE, SECCOMP},
}


@dataclass(frozen=True)
class Policy:
    """What a confined process may still do.

    Args:
        readable: files and folders it may read (interpreter, libraries); missing ones are skipped.
        scratch: a private folder it may write to; root hands it over to `user`.
        keep_fds: descriptors that stay open; 0, 1 and 2 become /dev/null unless they are listed.
        memory_bytes: address space on top of what the process has mapped when it is confined.
        cpu_seconds: processor seconds after which the kernel kills it.
        user: the uid and gid that a root process takes on first; where it has none such, nobody's.
        without: names of layers to leave out, to prove that the others cover for them.

    """

    readable: tuple[Path, ...] = ()
    scratch: Path | None = None
    keep_fds: tuple[int, ...] = ()
    memory_bytes: int | None = None
    cpu_seconds: int | None = None
    user: int | None = None
    without: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Layer:
    """One protection: whether it is in force, and how far (or why not)."""

    name: str
    active: bool
    why: str


class NotHereError(Exception):
    """Raised where the machine or the policy does not give a layer; the text says why."""


def put_on(policy: Policy, name: str, step: Callable[[], str]) -> Layer:
    """Run `step`, which returns what it did, and report a refusal instead of hiding it."""
    if name in policy.without:
        return Layer(name, False, "left out on request")
    try:
        return Layer(name, True, step())
    except NotHereError as error:
        return Layer(name, False, str(error))
    except (OSError, RuntimeError, ValueError) as error:
        return Layer(name, False, f"refused: {error}")


def gaps(layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """Pick those of the missing layers by which something could get out.

    Without the others, files that are judged side by side may slow each other down, or a way out
    is shut by fewer layers than elsewhere.
    """
    active = {layer.name for layer in layers if layer.active}
    covered = {name for name, others in COVERED.items() if others <= active}
    return tuple(one for one in missing(layers) if one.name not in {*FAIRNESS, *covered})


def missing(layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """Pick the layers that are not in force, and that none takes the place of."""
    active = {layer.name for layer in layers if layer.active}
    # Root becomes another user, an ordinary user has a user namespace: one of the two will do.
    either = {USER, USER_NAMESPACE}
    spared = either if active & either else set()
    return tuple(layer for layer in layers if not layer.active and layer.name not in spared)
