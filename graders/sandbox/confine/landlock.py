"""Landlock: no file but the ones listed, no TCP, no signal and no abstract socket to the outside.

Binding: `landlockpy` (pure Python over ctypes, no dependencies). It knows every ABI up to 11, both
architectures, and drops what a kernel lacks; `landlock` does files only, and `py-landlock` stops
at ABI 7. It is young, so its whole use is the one function below: three system calls, which
the tests and `dojo doctor` prove by trying to break them.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path

from graders.sandbox import layers as names
from graders.sandbox.layers import Layer, Policy

try:
    import landlockpy as binding
    from landlockpy import AccessFS, AccessNet, LandlockError, Scope
except ImportError:
    _ABI, _WHY_NOT = 0, "the package landlockpy is not installed"
else:
    # Asked for here and not after the fork: the first call looks for libc with a subprocess.
    _ABI, _WHY_NOT = binding.abi_version(), "the kernel has no Landlock, or it is off"

# Before this one (Linux 6.2), a file that may not be written may still be emptied.
_FILES_ABI = 3
_NETWORK_ABI = 4
_SCOPE_ABI = 6
_SINCE = {
    names.LANDLOCK_FILES: _FILES_ABI,
    names.LANDLOCK_NETWORK: _NETWORK_ABI,
    names.LANDLOCK_SCOPE: _SCOPE_ABI,
}
_NOT_KEPT = "the kernel took the rules, and does not keep to them"
_DEVICES = (Path("/dev/null"), Path("/dev/urandom"))


def restrict(policy: Policy) -> tuple[Layer, ...]:
    """Put the rules in force; one layer each for files, network and scope."""
    kinds = (names.LANDLOCK_FILES, names.LANDLOCK_NETWORK, names.LANDLOCK_SCOPE)
    if _ABI == 0:
        return tuple(Layer(kind, False, _WHY_NOT) for kind in kinds)
    wanted = [kind for kind in kinds if kind not in policy.without]
    refusals = _enforce_what_can_be(policy, wanted)
    return tuple(_report(kind, kind in wanted, refusals.get(kind, "")) for kind in kinds)


def _enforce_what_can_be(policy: Policy, wanted: list[str]) -> dict[str, str]:
    """Put in force what is wanted, else the rules for files alone; say why of what is not.

    Some kernels claim an ABI of which they have a part (RHEL 9): none is taken at its word.
    """
    why = ""
    for kinds in (wanted, [kind for kind in wanted if kind == names.LANDLOCK_FILES]):
        try:
            if kinds:
                _enforce(policy, kinds)
        except (LandlockError, OSError) as error:
            why = f"the kernel claims ABI {_ABI}, and refuses: {error}"
        else:
            not_kept = {kind: _NOT_KEPT for kind in kinds if not _is_kept(kind)}
            return dict.fromkeys(wanted, why) | dict.fromkeys(kinds, "") | not_kept
    return dict.fromkeys(wanted, why)


def _is_kept(kind: str) -> bool:
    """Whether what the rules forbid is refused, where that can be tried by oneself."""
    tries = {names.LANDLOCK_FILES: _open_root}
    if _ABI >= _NETWORK_ABI:
        tries[names.LANDLOCK_NETWORK] = _connect
    try:
        tries.get(kind, _refused)()
    except PermissionError:
        return True
    except OSError:
        return False
    return False


def _refused() -> None:
    raise PermissionError


def _open_root() -> None:
    os.close(os.open("/", os.O_RDONLY))


def _connect() -> None:
    with socket.socket() as tcp:
        tcp.connect(("127.0.0.1", 1))


def _enforce(policy: Policy, kinds: list[str]) -> None:
    files = names.LANDLOCK_FILES in kinds
    ruleset = binding.Ruleset(
        handled_fs=None if files else AccessFS.NONE,
        handled_net=None if names.LANDLOCK_NETWORK in kinds else AccessNet.NONE,
        scoped=(Scope.SIGNAL | Scope.ABSTRACT_UNIX_SOCKET)
        if names.LANDLOCK_SCOPE in kinds
        else Scope.NONE,
    )
    with ruleset:
        if files:
            _allow_files(ruleset, policy)
        ruleset.restrict(no_new_privs=True)


def _allow_files(ruleset: binding.Ruleset, policy: Policy) -> None:
    for path in filter(os.path.exists, policy.readable):
        folder = AccessFS.READ_DIR if path.is_dir() else AccessFS.NONE
        ruleset.allow_path(path, AccessFS.READ_FILE | folder)
    for device in filter(os.path.exists, _DEVICES):
        ruleset.allow_path(device, AccessFS.READ_FILE | AccessFS.WRITE_FILE)
    if policy.scratch is not None:
        ruleset.allow_path(policy.scratch, _scratch_rights())


def _scratch_rights() -> AccessFS:
    """Allow plain files and folders: no links, pipes, sockets, devices or programs."""
    return (
        AccessFS.READ_FILE
        | AccessFS.READ_DIR
        | AccessFS.WRITE_FILE
        | AccessFS.TRUNCATE
        | AccessFS.MAKE_REG
        | AccessFS.MAKE_DIR
        | AccessFS.REMOVE_FILE
        | AccessFS.REMOVE_DIR
    )


def _report(kind: str, wanted: bool, refusal: str) -> Layer:
    if not wanted:
        return Layer(kind, False, "left out on request")
    if _SINCE[kind] > _ABI:
        return Layer(kind, False, f"needs Landlock ABI {_SINCE[kind]}, the kernel has {_ABI}")
    if refusal:
        return Layer(kind, False, refusal)
    return Layer(kind, True, f"ABI {_ABI}")
