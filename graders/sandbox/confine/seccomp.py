"""seccomp: the system calls that honest tensor code makes, and no others.

Binding: `pyseccomp` over the system's libseccomp2, which writes the filter's byte code, checks the
architecture and the x32 numbers, and knows the call numbers of every machine: what a hand-made
filter gets wrong. Importing pyseccomp starts `ldconfig`, so this module is imported before forking.

Whatever is not listed fails with EPERM. `clone3` fails with ENOSYS, because a filter cannot look
into its argument: the C library then falls back to `clone`, whose flags it can see.
"""

from __future__ import annotations

import errno
import os
import termios
from contextlib import suppress
from functools import cache

from graders.sandbox import layers as names
from graders.sandbox.confine.system import (
    CLONE_FOR_THREADS,
    CLONE_THREAD,
    PR_GET_NAME,
    PR_SET_NAME,
)
from graders.sandbox.layers import Layer, NotHereError, Policy, put_on

try:
    import pyseccomp as binding
except (ImportError, RuntimeError, OSError) as _error:
    _WHY_NOT = f"libseccomp cannot be used: {_error}"
else:
    _WHY_NOT = ""

# Landlock decides which files; here, what can be done with one. No chmod, chown, utime, xattr or
# inotify (Landlock lets them pass), no links, no device nodes, no mounts, no file handles.
_FILES = """
    read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 open openat close
    close_range lseek stat fstat lstat newfstatat statx statfs fstatfs access faccessat faccessat2
    readlink readlinkat getdents64 getcwd chdir mkdir mkdirat rmdir unlink unlinkat rename renameat
    renameat2 ftruncate truncate fsync fdatasync fadvise64 copy_file_range sendfile umask
    dup dup2 dup3 pipe pipe2 eventfd2 poll ppoll select pselect6
    epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait
"""
_MEMORY = "brk mmap munmap mremap mprotect madvise msync membarrier get_mempolicy"
_THREADS = """
    futex set_robust_list set_tid_address rseq exit exit_group restart_syscall
    sched_yield sched_getaffinity getcpu
"""
# Only to look; setting anything (limits, priority, affinity, user, session) is not listed.
_ABOUT_ITSELF = """
    getpid gettid getppid getuid geteuid getgid getegid getresuid getresgid getgroups getpgrp
    getpgid getsid getrusage getrlimit getpriority times uname sysinfo wait4 waitid getrandom
"""
_TIME = """
    clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time
    setitimer getitimer alarm pause
"""
_SIGNALS = """
    rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend rt_sigtimedwait sigaltstack
"""
# For the channel that is open already. No socket, no connect, no message with descriptors in it.
_CHANNEL = "recvfrom getsockopt getsockname getpeername shutdown"

ALLOWED = tuple(
    " ".join((_FILES, _MEMORY, _THREADS, _ABOUT_ITSELF, _TIME, _SIGNALS, _CHANNEL)).split()
)

# With given arguments only.
_SOMETIMES = ("clone", "kill", "tgkill", "prlimit64", "sendto", "prctl", "ioctl", "fcntl")
_BEYOND_ALL_CALLS = 512
# uretprobe and uprobe of x86-64, which no filter sees: the kernel ends whoever makes them by hand.
_PROBES = ("number 335", "number 336", "uretprobe", "uprobe")

_IOCTLS = (
    termios.TCGETS,
    termios.TIOCGWINSZ,
    termios.FIONREAD,
    termios.FIONBIO,
    termios.FIOCLEX,
    termios.FIONCLEX,
)
# F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC: no F_SETOWN, which sends signals.
_FCNTLS = (0, 1, 2, 3, 4, 1030)
# A thread and nothing more: no namespace of any kind, no tracing, no signal at its end.
_MORE_THAN_A_THREAD = 0xFFFFFFFF & ~CLONE_FOR_THREADS


def filter_calls(policy: Policy) -> Layer:
    """Load the filter, for good; it is the last layer, for it forbids putting on the others."""
    return put_on(policy, names.SECCOMP, _load)


def _load() -> str:
    if _WHY_NOT:
        raise NotHereError(_WHY_NOT)
    calls = build(os.getpid())
    calls.load()
    return f"{len(ALLOWED)} calls allowed, some only with given arguments"


@cache
def build(own_pid: int, arch: int | None = None) -> binding.SyscallFilter:
    """Write the filter for the process `own_pid`, for this machine's architecture or `arch`."""
    calls = binding.SyscallFilter(binding.ERRNO(errno.EPERM))
    calls.set_attr(binding.Attr.ACT_BADARCH, binding.KILL_PROCESS)
    if arch is not None and arch != _native():
        calls.add_arch(arch)
        calls.remove_arch(_native())
    for name in ALLOWED:
        _add(calls, binding.ALLOW, name)
    _add(calls, binding.ERRNO(errno.ENOSYS), "clone3")
    is_thread = binding.Arg(0, binding.MASKED_EQ, _MORE_THAN_A_THREAD, CLONE_THREAD)
    _add(calls, binding.ALLOW, "clone", is_thread)
    for name in ("kill", "tgkill"):
        _add(calls, binding.ALLOW, name, binding.Arg(0, binding.EQ, own_pid))
    # Reading its own limits, with no new value given.
    _add(calls, binding.ALLOW, "prlimit64", _is(0, 0), _is(2, 0))
    # Answering on the channel, with no address given.
    _add(calls, binding.ALLOW, "sendto", _is(4, 0))
    for option in (PR_SET_NAME, PR_GET_NAME):
        _add(calls, binding.ALLOW, "prctl", _is(0, option))
    for request in _IOCTLS:
        _add(calls, binding.ALLOW, "ioctl", _is(1, request))
    for command in _FCNTLS:
        _add(calls, binding.ALLOW, "fcntl", _is(1, command))
    return calls


def refused_calls() -> dict[str, int]:
    """Give each system call of this machine that is refused whatever its arguments.

    By the names that libseccomp knows, and by its number where it is newer than that.
    """
    if _WHY_NOT:
        return {}
    known = {_name(number): number for number in range(_BEYOND_ALL_CALLS)}
    return {name: known[name] for name in known.keys() - {*ALLOWED, *_SOMETIMES, *_PROBES}}


def _name(number: int) -> str:
    try:
        return str(binding.resolve_syscall(binding.Arch.NATIVE, number).decode())
    except ValueError:
        return f"number {number}"


def _is(position: int, value: int) -> binding.Arg:
    return binding.Arg(position, binding.EQ, value)


def _native() -> int:
    return int(binding.system_arch())


def _add(calls: binding.SyscallFilter, action: int, name: str, *conditions: binding.Arg) -> None:
    number = binding.resolve_syscall(binding.Arch.NATIVE, name)
    # Negative: unknown to this libseccomp, or a call that this architecture does not have.
    if number >= 0:
        calls.add_rule(action, number, *conditions)


if not _WHY_NOT:
    # A worker is process 1 of its namespace; its filter is written here, before any fork.
    with suppress(OSError, RuntimeError):
        build(1)
