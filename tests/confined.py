"""Processes that tests start to confine: with this user or as nobody, caged where layers go."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from attacks.container import brought_back

NOBODY = 65534
USERS = ("self", "nobody")

# The first lines of every process that the tests start: one warm process of their own.
_BEGIN = """
import json, os, signal, sys, time
given = json.loads(sys.argv[1])
sys.path[:] = given["path"]
from dataclasses import replace
from pathlib import Path
from graders.sandbox.confine import attempts, confine, fork, nest
from graders.sandbox.confine import landlock, seccomp, ways_out
from graders.sandbox.layers import *
if given["torch"]:
    import torch, torch.func
    torch.set_num_threads(1)
    f = lambda x: (torch.tanh(x) ** 2).sum() + x[0] * x[1]
    x = torch.tensor([0.5, -0.25, 2.0], dtype=torch.float64)
    exec(given["work"])
    free = work()
if given["user"] is not None:
    os.setgroups([])
    os.setresgid(*[given["user"]] * 3)
    os.setresuid(*[given["user"]] * 3)
    # Changing the user closed /proc/self; an ordinary user's own process is not closed.
    from graders.sandbox.confine.system import PR_SET_DUMPABLE, prctl
    prctl(PR_SET_DUMPABLE, 1)
"""
_IN_CHILD = """
def in_child(work, policy):
    reading, writing = os.pipe()
    child = fork()
    if child == 0:
        answer = None
        try:
            layers = confine(replace(policy, keep_fds=(writing,)))
            answer = [work(), [[l.name, l.active, l.why] for l in layers]]
        except BaseException as error:
            answer = [f"{type(error).__name__}: {error}", []]
        finally:
            os.write(writing, json.dumps(answer).encode())
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return json.loads(said)
"""


def command(body: str, user: str = "self", **given: Any) -> list[str]:
    number = None
    if user == "nobody":
        if os.geteuid() != 0:
            pytest.skip("only root can become another user")
        number = NOBODY
    told = {"path": [str(Path(__file__).parents[1]), *sys.path], "user": number, "torch": False}
    return [sys.executable, "-c", _BEGIN + _IN_CHILD + body, json.dumps(told | given)]


def run(words: list[str]) -> Any:
    # A new user namespace is for single-threaded processes only.
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    done = subprocess.run(
        words,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ | one_thread,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


_BWRAP = (
    *("bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"),
    *brought_back(),
    *("--unshare-user", "--uid", "65534", "--gid", "65534", "--unshare-pid", "--unshare-net"),
    *("--unshare-ipc", "--die-with-parent", "--chdir", "/"),
)
_CAGED_LIMITS = "import resource as r\nr.setrlimit(r.RLIMIT_AS, (2**31, 2**31))\n"


@cache
def _bubblewrap_works() -> bool:
    if shutil.which("bwrap") is None:
        return False
    return subprocess.run([*_BWRAP, "true"], capture_output=True, check=False).returncode == 0


def run_caged(body: str, **given: Any) -> Any:
    if not _bubblewrap_works():
        pytest.skip("taking layers away needs bubblewrap (bwrap), which does not work here")
    return run([*_BWRAP, *command(_CAGED_LIMITS + body, **given)])
