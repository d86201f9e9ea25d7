"""Every layer of the confinement is attacked, all together and each of them alone.

Attempts under full confinement run as they would when judging. Whatever needs a layer taken away
runs inside bubblewrap: read-only files, its own processes and network, limits on memory.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from confined import NOBODY, USERS, command, run, run_caged

if sys.platform != "linux":
    pytest.skip("confinement needs Linux", allow_module_level=True)

from graders.outlets import bounds, doctor
from graders.outlets.bounds import BOUNDS
from graders.sandbox import layers as names
from graders.sandbox.confine.apart import OWN_USERS
from graders.sandbox.confine.ways_out import ATTEMPTS
from graders.sandbox.layers import Layer, Policy, gaps, missing, put_on

ALL_LAYERS = frozenset(v for k, v in vars(names).items() if k.isupper() and isinstance(v, str))

_ATTEMPT = """
nest()
todo = {attempt.name: attempt for attempt in (*ways_out.ATTEMPTS, ways_out.HONEST_WORK)}
results = []
with attempts.stage() as planted:
    for name, without in given["jobs"]:
        policy = attempts.default_policy(frozenset(without))
        outcome = attempts.make(todo[name], planted, policy)
        results.append([outcome.stopped, outcome.how, [[l.name, l.active] for l in outcome.layers],
                        planted.canary.read_text(), planted.spare.exists()])
print(json.dumps(results))
"""


@cache
def _under_full_confinement(user: str) -> dict[str, Any]:
    jobs = [(attempt.name, []) for attempt in ATTEMPTS] + [("honest-work", [])]
    results = run(command(_ATTEMPT, user, jobs=jobs))
    return {job[0]: result for job, result in zip(jobs, results, strict=True)}


@pytest.mark.lowest
@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("attempt", [attempt.name for attempt in ATTEMPTS])
def test_full_confinement_stops_every_attempt(attempt: str, user: str) -> None:
    stopped, how, _, canary, spare_is_left = _under_full_confinement(user)[attempt]
    assert stopped, how
    assert canary == "canary"
    assert spare_is_left


@pytest.mark.parametrize("user", USERS)
def test_every_refused_call_was_really_tried(user: str) -> None:
    _, how, *_ = _under_full_confinement(user)["calls"]
    assert re.search(r"each of [23]\d\d, by its number", how), how


@pytest.mark.lowest
@pytest.mark.parametrize("user", USERS)
def test_honest_work_goes_on(user: str) -> None:
    stopped, how, *_ = _under_full_confinement(user)["honest-work"]
    assert not stopped, how


@cache
def _under_one_layer() -> dict[tuple[str, str], Any]:
    pairs = [(attempt.name, layer) for attempt in ATTEMPTS for layer in attempt.layers]
    results = run_caged(_ATTEMPT, jobs=[(name, sorted(ALL_LAYERS - {one})) for name, one in pairs])
    return dict(zip(pairs, results, strict=True))


@pytest.mark.parametrize(
    ("attempt", "layer"),
    [(attempt.name, layer) for attempt in ATTEMPTS for layer in attempt.layers],
)
def test_each_named_layer_stops_the_attempt_alone(attempt: str, layer: str) -> None:
    stopped, how, layers, *_ = _under_one_layer()[attempt, layer]
    if layer == names.PROCESS_LIMIT and os.geteuid() == 0:
        pytest.skip("root is not bound by this limit, in whatever namespace")
    if [layer, True] not in layers:
        pytest.skip(f"this machine does not give the layer {layer}")
    assert [name for name, active in layers if active] == [layer]
    assert stopped, how


@cache
def _without_any_layer() -> dict[str, Any]:
    jobs = [(attempt.name, sorted(ALL_LAYERS)) for attempt in ATTEMPTS]
    return {job[0]: r for job, r in zip(jobs, run_caged(_ATTEMPT, jobs=jobs), strict=True)}


@pytest.mark.parametrize("attempt", [attempt.name for attempt in ATTEMPTS])
def test_without_protection_the_attempt_would_succeed(attempt: str) -> None:
    yama = Path("/proc/sys/kernel/yama/ptrace_scope")
    if attempt == "ptrace" and yama.exists() and yama.read_text().strip() != "0":
        pytest.skip("the Yama module of this kernel bars tracing one's parent")
    stopped, how, layers, *_ = _without_any_layer()[attempt]
    assert not any(active for _, active in layers)
    assert not stopped, how


_CLONES = """
nest()
from graders.sandbox.confine.system import system_call
numbers = {"x86_64": 56, "aarch64": 220}
# With the folder shared, and a mount namespace of its own, the kernel itself says EINVAL.
contradiction = 0x00010000 | 0x00000100 | 0x00000800 | 0x00000200 | 0x00020000
more = {"mount": 0, "cgroup": 0x02000000, "time": 0x80, "traced": 0x2000}
work = lambda: {name: system_call(numbers[os.uname().machine], contradiction | flag)
                for name, flag in more.items()}
print(json.dumps(in_child(work, attempts.default_policy())))
"""


@pytest.mark.skipif(os.uname().machine not in ("x86_64", "aarch64"), reason="another machine")
def test_a_thread_gets_no_namespace_of_its_own() -> None:
    """EPERM comes from the filter; whatever it lets through, the kernel refuses as EINVAL."""
    refused, _ = run(command(_CLONES))
    assert refused == dict.fromkeys(("mount", "cgroup", "time", "traced"), -1)


_STATUS = """
nest()
def status():
    lines = Path("/proc/self/status").read_text().splitlines()
    return dict(line.split(":\\t", 1) for line in lines if ":\\t" in line)
policy = replace(attempts.default_policy(), readable=(Path("/proc"),))
print(json.dumps(in_child(status, policy)))
"""


@pytest.mark.lowest
@pytest.mark.parametrize("user", USERS)
def test_the_kernel_confirms_privileges_user_and_filter(user: str) -> None:
    status, layers = run(command(_STATUS, user))
    active = {name for name, is_active, _ in layers if is_active}
    expected = {names.CAPABILITIES, names.NO_NEW_PRIVILEGES, names.SECCOMP}
    assert expected <= active
    assert int(status["CapEff"], 16) == int(status["CapPrm"], 16) == int(status["CapInh"], 16) == 0
    assert status["NoNewPrivs"] == "1"
    assert status["Seccomp"] == "2"
    (number,) = {int(one) for one in status["Uid"].split()}
    asked_for_root = user == "self" and os.geteuid() == 0
    assert number in OWN_USERS if asked_for_root else number == (os.geteuid() or NOBODY)
    if names.PID_NAMESPACE in active:
        assert status["NSpid"].split()[-1] == "1"


_LIMITS = """
nest()
import resource
kinds = (resource.RLIMIT_NOFILE, resource.RLIMIT_CORE, resource.RLIMIT_FSIZE, resource.RLIMIT_CPU,
         resource.RLIMIT_NPROC)
work = lambda: [resource.getrlimit(kind) for kind in kinds]
print(json.dumps(in_child(work, attempts.default_policy())))
"""


def test_limits_are_set_soft_and_hard() -> None:
    values, _ = run(command(_LIMITS))
    assert values == [[64, 64], [0, 0], [0, 0], [1, 1], [256, 256]]


_SCRATCH = """
nest()
folder = Path(given["folder"])
def work():
    (folder / "notes").mkdir()
    note = folder / "notes" / "a.txt"
    note.write_text("kept")
    said = [note.read_text(), os.getcwd() == str(folder), os.environ["HOME"] == str(folder)]
    for forbidden in (
        lambda: (folder / "link").symlink_to("/etc/passwd"),
        lambda: os.truncate(note, 65 * 2**20),
        lambda: note.chmod(0o777),
        lambda: os.mkfifo(folder / "pipe"),
    ):
        try:
            forbidden()
            said.append("went through")
        except OSError:
            said.append("stopped")
    note.unlink()
    return said
policy = replace(attempts.default_policy(), scratch=folder)
print(json.dumps(in_child(work, policy)))
"""


def test_the_scratch_folder_takes_plain_files_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path
    if os.geteuid() == 0:
        # pytest's own folders are closed to other users.
        folder = Path("/tmp") / f"scratch-{os.getpid()}"
        folder.mkdir()
    try:
        said, _ = run(command(_SCRATCH, folder=str(folder)))
        assert said == ["kept", True, True, "stopped", "stopped", "stopped", "stopped"]
    finally:
        if folder != tmp_path:
            shutil.rmtree(folder)


_THREADS_AND_SIGNALS = """
nest()
import socket, threading
def work():
    caught = []
    signal.signal(signal.SIGPROF, lambda *_: caught.append("timer"))
    signal.setitimer(signal.ITIMER_PROF, 0.01)
    while not caught:
        pass
    thread = threading.Thread(target=caught.append, args=("thread",))
    thread.start()
    thread.join()
    for kind in ("socket", "socketpair"):
        try:
            getattr(socket, kind)()
        except OSError as error:
            caught.append(error.errno)
    return caught
print(json.dumps(in_child(work, attempts.default_policy())))
"""


def test_threads_and_timers_work_and_no_socket_can_be_made() -> None:
    assert run(command(_THREADS_AND_SIGNALS))[0] == ["timer", "thread", 1, 1]


_TORCH_WORK = """
def work():
    one = torch.ones((), dtype=torch.float64)
    hessian = torch.func.hessian(f)(x)
    _, linear = torch.func.linearize(f, x)
    values = [
        torch.func.vjp(f, x)[1](one)[0],
        hessian,
        torch.func.jvp(f, (x,), (x,))[1],
        torch.linalg.eigvalsh(hessian),
        torch.func.vmap(torch.func.grad(f))(torch.stack([x, x])),
        linear(x),
        torch.autograd.functional.hvp(f, x, x)[1],
        torch.randn(64, 64, generator=torch.Generator().manual_seed(0)) @ torch.ones(64, 64),
    ]
    return [value.tolist() for value in values]
"""
_TORCH = """
nest()
print(json.dumps([free, *in_child(work, replace(attempts.default_policy(), memory_bytes=2**28,
                                                cpu_seconds=20))]))
"""


@pytest.mark.parametrize("user", USERS)
def test_torch_gives_the_same_numbers_confined_as_free(user: str) -> None:
    free, confined, layers = run(command(_TORCH, user, torch=True, work=_TORCH_WORK))
    assert confined == free
    assert gaps(tuple(Layer(*row) for row in layers)) == ()


_MISSING = """
nest()
policy = attempts.default_policy(frozenset(given["without"]))
if "no-landlock" in given["pretend"]:
    landlock._ABI, landlock._WHY_NOT = 0, "no Landlock"
if "old-landlock" in given["pretend"]:
    landlock._ABI = 3
if "first-landlock" in given["pretend"]:
    landlock._ABI = 2
if "claims-too-much" in given["pretend"]:
    real = landlock.binding.Ruleset
    def ruleset(handled_fs, handled_net, scoped):
        if handled_net is None or scoped:
            raise OSError(22, "Invalid argument")
        return real(handled_fs=handled_fs, handled_net=handled_net, scoped=scoped)
    landlock.binding.Ruleset = ruleset
if "keeps-to-nothing" in given["pretend"]:
    landlock._enforce = lambda policy, kinds: None
if "no-seccomp" in given["pretend"]:
    seccomp._WHY_NOT = "no libseccomp"
print(json.dumps(in_child(lambda: None, policy)[1]))
"""


@pytest.mark.parametrize("name", sorted(ALL_LAYERS - {names.USER, names.USER_NAMESPACE}))
def test_a_layer_left_out_is_reported(name: str) -> None:
    gone = missing(tuple(Layer(*r) for r in run_caged(_MISSING, without=[name], pretend=[])))
    assert Layer(name, False, "left out on request") in gone


@pytest.mark.parametrize(
    ("pretend", "expected"),
    [
        ("no-landlock", {"landlock-files", "landlock-network", "landlock-scope"}),
        ("first-landlock", {"landlock-files", "landlock-network", "landlock-scope"}),
        ("old-landlock", {"landlock-network", "landlock-scope"}),
        ("claims-too-much", {"landlock-network", "landlock-scope"}),
        ("keeps-to-nothing", {"landlock-files", "landlock-network"}),
        ("no-seccomp", {"seccomp"}),
    ],
)
def test_what_the_machine_lacks_is_reported(pretend: str, expected: set[str]) -> None:
    layers = [Layer(*row) for row in run_caged(_MISSING, without=[], pretend=[pretend])]
    gone = {layer.name for layer in missing(tuple(layers))}
    assert expected <= gone
    assert ("landlock-files" in gone) == ("landlock-files" in expected)
    assert all(layer.why for layer in layers)


def test_a_refusal_is_reported_and_not_raised() -> None:
    def refuse() -> str:
        raise PermissionError(1, "Operation not permitted")

    layer = put_on(Policy(), "some-layer", refuse)
    assert not layer.active
    assert "Operation not permitted" in layer.why


def test_one_of_user_and_user_namespace_is_enough() -> None:
    user = Layer(names.USER, False, "")
    namespace = Layer(names.USER_NAMESPACE, False, "")
    assert missing((user, namespace)) == (user, namespace)
    assert missing((Layer(names.USER, True, ""), namespace)) == ()


_THREADED = """
import threading
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
print(json.dumps(nest()))
sys.stdout.flush()
os._exit(0)
"""


def test_nest_says_when_the_process_has_threads() -> None:
    assert run(command(_THREADED)) == "the warm process has more than one thread"


_UNNESTED = "print(json.dumps(in_child(lambda: None, attempts.default_policy())[1]))"


def test_without_nest_the_pid_namespace_is_reported_missing() -> None:
    layers = {row[0]: row for row in run(command(_UNNESTED))}
    assert layers[names.PID_NAMESPACE][1:] == [False, "nest() was not called before forking"]


@pytest.mark.parametrize(("ending", "status"), [("os._exit(7)", 7), ("os.abort()", -6)])
def test_the_guard_ends_as_the_warm_process_ends(ending: str, status: int) -> None:
    body = f"signal.signal(signal.SIGABRT, signal.SIG_DFL)\nassert nest() is None\n{ending}\n"
    done = subprocess.run(command(body), capture_output=True, timeout=60, check=False)
    # Process 1 of a namespace cannot raise SIGABRT against itself; abort() then uses SIGSEGV.
    assert done.returncode in ({status, -signal.SIGSEGV} if status < 0 else {status})


_OUTLIVE = """
assert nest() is None
reading, writing = os.pipe()
if fork() == 0:
    confine(replace(attempts.default_policy(), keep_fds=(1,)))
    os.write(1, b"confined")
    time.sleep(600)
signal.pause()
"""


def test_nothing_outlives_the_guard() -> None:
    with subprocess.Popen(command(_OUTLIVE), stdout=subprocess.PIPE) as guard:
        assert guard.stdout is not None
        assert os.read(guard.stdout.fileno(), 100) == b"confined"
        guard.kill()
        # The end of the stream comes only when the last process that holds it has ended.
        os.set_blocking(guard.stdout.fileno(), False)
        deadline = time.monotonic() + 30
        while guard.stdout.read() is None:
            assert time.monotonic() < deadline, "a worker is still running"
            time.sleep(0.02)


def test_the_filter_can_be_written_for_both_architectures(tmp_path: Path) -> None:
    binding = pytest.importorskip("pyseccomp", exc_type=Exception)
    from graders.sandbox.confine.seccomp import build

    for arch in (binding.Arch.X86_64, binding.Arch.AARCH64):
        text = tmp_path / f"{arch}.txt"
        with text.open("w") as file:
            build(1, arch).export_pfc(file)
        written = text.read_text()
        for forbidden in ("execve", "ptrace", "socket", "connect", "bpf", "io_uring_setup", "fork"):
            assert f'syscall "{forbidden}"' not in written
        for needed in ("openat", "futex", "clone", "clone3", "mmap"):
            assert f'syscall "{needed}"' in written


def test_the_doctor_finds_nothing_broken_and_says_so_in_sentences() -> None:
    findings = doctor.examine()
    assert [finding for finding in findings if finding.status == "broken"] == []
    tried = {one.name for one in (*ATTEMPTS, *BOUNDS)} | {"process-count", "processor-share"}
    assert tried <= {finding.name for finding in findings}
    assert all(finding.sentence.endswith(".") for finding in findings)
    assert f"{len([f for f in findings if f.status == 'held'])} held" in doctor.render(findings)


_OF_PACKAGES = """
from graders.outlets import doctor
from graders.sandbox.confine import attempts, nest, ways_out
nest()
with attempts.stage() as planted:
    tried = attempts.make(ways_out.PACKAGES, planted, attempts.default_policy())
finding = doctor._judge_packages(tried)
print(f"{finding.status}: {finding.sentence}")
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's workers are somebody else")
def test_the_doctor_says_so_where_packages_cannot_be_read(tmp_path: Path) -> None:
    made = [sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "environment")]
    subprocess.run(made, check=True)
    tmp_path.chmod(0o700)
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run(
        [str(tmp_path / "environment" / "bin" / "python"), "-c", _OF_PACKAGES],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join((str(root), sysconfig.get_path("purelib"))),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    said = "missing: Of packages, only what is imported beforehand can be used"
    assert done.stdout.startswith(said), done.stderr


def test_the_doctor_says_so_where_a_bound_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "receive_frame", lambda *_arguments, **_options: None)
    monkeypatch.setattr(bounds, "read_handed_in", lambda *_arguments: b"")
    monkeypatch.setattr(bounds, "decode", lambda *_arguments: None)
    # Without the limit the search would go on for ever.
    monkeypatch.setattr(bounds, "re", SimpleNamespace(match=lambda *_arguments: None))
    monkeypatch.setattr(bounds, "not_to_be_copied", lambda _folder: iter(()))
    monkeypatch.setattr(bounds, "surplus", lambda _folder: [])
    assert [one.name for one in BOUNDS if one.run()] == []


def test_the_doctor_reports_its_own_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/does/not/exist")
    assert [finding.status for finding in doctor.examine()] == ["broken"]
