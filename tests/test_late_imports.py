"""Nobody waits for imports that an answer does not need: torch's compiler, and all that is late.

Before 2.7, torch asks more of its compiler with each derivative; there it is imported as it always
was.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from warm import judge

from graders.authoring.specimens import solution, with_function
from graders.course import topic
from graders.course.submission import Submission
from graders.learners.checking import WarmJudge
from graders.limits import Limits
from graders.sandbox.processes import WorkerProcess
from graders.sandbox.warmth import MORE_NEEDED, Warmth

CONFINED = pytest.mark.skipif(
    sys.platform != "linux", reason="only a confined worker has to do without"
)
HESSIAN = topic("hessian")
BEGIN = """
import inspect, os, sys, torch
from graders.sandbox.late_compiler import import_compiler, import_compiler_late, is_put_off
import_compiler_late()
x = torch.tensor([1.0, 2.0], dtype=torch.float64)
def func(x):
    return (torch.tanh(x) ** 2).sum()
first = torch.func.hessian(func)(x)
"""
DO_WITHOUT = """
torch.func.jvp(torch.func.grad(func), (x,), (x,))
torch.autograd.functional.hessian(func, x, vectorize=True)
torch.optim.SGD([torch.nn.Parameter(x)], lr=0.1).zero_grad()
inspect.stack(), inspect.getmodule(func), repr(torch._dynamo)
assert is_put_off() and "torch._inductor" not in sys.modules
"""
IMPORTED = """
assert not is_put_off() and "torch._inductor" in sys.modules
real = sys.modules["torch._dynamo"]
assert torch._dynamo is real and real.__path__ and callable(real.optimize)
import torch._dynamo.eval_frame
assert torch._dynamo.eval_frame.config is torch._dynamo.config, "there are two of it"
assert torch._dynamo.config.__spec__.origin.endswith("config.py")
torch.testing.assert_close(torch.func.hessian(func)(x), first, rtol=0, atol=0)
assert torch.compile(func, backend="eager")(x) == func(x)
"""
ASKING = (
    "import torch._dynamo.config",
    "from torch._dynamo import compiled_autograd as it; it.AutogradCompilerInstance",
    "torch._dynamo.disable(func)",
    "torch.compile(func, backend='eager')(x)",
    "torch.func.linearize(func, x)",
    "import_compiler()",
)
SYMBOLS = """
import itertools, os, sys, warnings, torch
from graders.sandbox import late_symbols
from graders.sandbox.absent import is_absent
from graders.sandbox.late_compiler import import_compiler_late
import_compiler_late()
late_symbols.import_symbols_late()
def are_put_off():
    return is_absent(late_symbols.SYMBOLIC_SHAPES) and is_absent(late_symbols.SYMPY)
absent = sys.modules[late_symbols.SYMBOLIC_SHAPES]
assert torch.fx.experimental.symbolic_shapes is absent and are_put_off()
x = torch.tensor([1.0, 2.0], dtype=torch.float64)
def func(x):
    return (torch.tanh(x) ** 2).sum()
first = torch.func.hessian(func)(x)
"""
NO_SYMBOLS = """
from graders.sandbox.worker.warm import _call_every_routine
_call_every_routine()
torch.nn.functional.softmax(x[None].repeat(3, 1), dim=1).T.reshape(-1)[1:3].to("meta") * 2
assert are_put_off() and "sympy.core" not in sys.modules
"""
SAME_WORDS = """
warnings.simplefilter("ignore")
def said(function, *arguments):
    try:
        given = function(*arguments)
    except Exception as error:
        # Of a wrong number of arguments each speaks by its own name.
        return TypeError if isinstance(error, TypeError) else repr(error)
    # It is a set of its own kind in torch, and empty here as there.
    return len(given) if "free" in function.__name__ else repr(given)
names = [name for name in vars(late_symbols._NoSymbols) if not name.startswith("__")]
values = [True, False, 0, 1, 3, None, "1", 1.5, (), (2,), [2, 3], torch.Size((2, 3)), x]
values += [torch.Size((3, 2)), x.to("meta")]
calls = [one for n in (0, 1, 2) for one in itertools.product(values, repeat=n)]
calls += itertools.product((True, False), repeat=3)
real = torch.fx.experimental.symbolic_shapes.give_way()
assert real is sys.modules[late_symbols.SYMBOLIC_SHAPES] and not are_put_off()
compared = [name for name in names if hasattr(real, name)]
assert len(compared) > 8, compared
for name in compared:
    for arguments in calls:
        given, expected = (said(getattr(one, name), *arguments) for one in (absent, real))
        assert given == expected, (name, arguments, given, expected)
"""
REAL_SYMBOLS = """
import importlib, sympy, sympy.core.symbol, sympy.release
assert sympy.core.symbol.Symbol is sympy.Symbol, "there are two of it"
assert importlib.reload(sympy.release) is sympy.release
assert sympy.__path__ and sympy.Symbol("n") + 1 == 1 + sympy.Symbol("n")
assert isinstance(sympy.Symbol("n"), sympy.Basic)
from torch.fx.experimental.symbolic_shapes import ShapeEnv
assert ShapeEnv.__module__ == late_symbols.SYMBOLIC_SHAPES and not are_put_off()
assert sys.modules[late_symbols.SYMBOLIC_SHAPES].sympy is sys.modules[late_symbols.SYMPY]
size = ShapeEnv().create_unbacked_symint()
assert isinstance(size, torch.SymInt) and absent.guard_or_false(size == 3) is False
assert absent.guard_or_true(size == 3) is True and absent.has_guarding_hint(size) is False
torch.testing.assert_close(torch.func.hessian(func)(x), first, rtol=0, atol=0)
"""
ASKING_FOR_SYMBOLS = (
    "import sympy.core.numbers",
    "from sympy import *; S.One, Basic",
    "import torch.utils._sympy.functions",
    "import sympy; sympy.Basic",
    "late_symbols.import_symbols()",
)
LIBRARY = """
import sys, threading
from graders.sandbox.worker.late_imports import import_library, library
before = set(sys.modules)
import_library()
assert {"statistics", "cProfile", "wave", "encodings.cp437", "xml.sax.saxutils"} < set(sys.modules)
assert len(library() - set(sys.modules)) < 30, library() - set(sys.modules)
assert not {"antigravity", "this", "tkinter", "test"} & (set(sys.modules) - before)
assert threading.active_count() == 1
"""
EACH = """
for asking in given:
    pid = os.fork()
    if pid == 0:
        exec(asking + after, globals())
        sys.stdout.flush()
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0, asking
"""


def run(*parts: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "".join(parts)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="each is tried in a fork")
def test_derivatives_do_without_it_and_whatever_else_is_asked_of_it_brings_the_real_one() -> None:
    run(BEGIN, DO_WITHOUT, f"given, after = {ASKING!r}, {IMPORTED!r}", EACH)


def test_where_it_is_imported_nothing_is_put_in_its_place() -> None:
    run("import torch._dynamo\n", BEGIN, IMPORTED)


def test_derivatives_and_their_shapes_without_data_do_without_symbols() -> None:
    run(SYMBOLS, NO_SYMBOLS)


def test_of_plain_numbers_torch_is_told_what_its_own_module_says() -> None:
    run(SYMBOLS, SAME_WORDS)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="each is tried in a fork")
def test_whoever_asks_for_symbols_has_the_real_ones() -> None:
    run(SYMBOLS, f"given, after = {ASKING_FOR_SYMBOLS!r}, {REAL_SYMBOLS!r}", EACH)


class Counted:
    """A launcher that counts how many workers it is asked for."""

    def __init__(self, warmth: Warmth, *, ahead: bool = True) -> None:
        from graders.sandbox.zygotes import Zygote

        self._zygote = Zygote(ahead=ahead, warmth=warmth)
        self.isolation, self.limits = self._zygote.isolation, self._zygote.limits
        self.warm, self.expect = self._zygote.warm, self._zygote.expect
        self.warm_up_more, self.close = self._zygote.warm_up_more, self._zygote.close
        self.started = 0

    def start(self, limits: Limits) -> WorkerProcess:
        self.started += 1
        return self._zygote.start(limits)


@pytest.fixture
def launcher() -> Iterator[Counted]:
    made = Counted(Warmth.LIKELY)
    yield made
    made.close()


@pytest.fixture
def hurried() -> Iterator[Counted]:
    """A launcher whose first worker waits for no more than every answer needs."""
    made = Counted(Warmth.ROUTINES)
    yield made
    made.close()


def workers(launcher: Counted, submission: Submission) -> int:
    """Judge, and say how many workers that took."""
    before = launcher.started
    judge([submission], launcher=launcher)
    return launcher.started - before


def answering(body: str, *, before: str = "") -> Submission:
    """Answer `hessian` in these words, and the rest as the solution does."""
    code = f"{before}\ndef hessian(func, inputs):\n    {body}\n"
    return with_function(HESSIAN, "hessian", code, "hessian")


SOLUTION = solution(HESSIAN)
BY_COLUMNS = (
    "x = inputs.detach()\n"
    "    axes = torch.eye(x.numel(), dtype=x.dtype, device=x.device).view((-1, *x.shape))\n"
    "    push = lambda axis: torch.func.jvp(torch.func.grad(func), (x,), (axis,))[1]\n"
    "    return torch.stack([push(axis) for axis in axes]).detach().view(x.shape + x.shape)"
)
FORWARD = answering(BY_COLUMNS)
TRACES = answering(
    "axes = torch.eye(inputs.numel(), dtype=inputs.dtype, device=inputs.device)\n"
    "    push = torch.func.linearize(torch.func.grad(func), inputs)[1]\n"
    "    rows = [push(axis.view_as(inputs)) for axis in axes]\n"
    "    return torch.stack(rows).view(inputs.shape + inputs.shape)"
)
DRAWS = answering(BY_COLUMNS, before="import matplotlib.pyplot")


@CONFINED
def test_a_first_worker_without_pictures_judges_who_draws_none(hurried: Counted) -> None:
    (verdict,) = judge([FORWARD], launcher=hurried)
    assert verdict.passed and hurried.started == 1


@CONFINED
@pytest.mark.parametrize("ahead", [True, False])
def test_who_draws_in_the_first_worker_gets_a_warmer_one_and_the_same_verdict(ahead: bool) -> None:
    hurried = Counted(Warmth.ROUTINES, ahead=ahead)
    try:
        (cold,) = judge([DRAWS], launcher=hurried)
        assert hurried.started == 2
        assert cold.to_json() == judge([DRAWS])[0].to_json()
        # The next one was warmed up meanwhile, or is as warm as the last.
        assert workers(hurried, DRAWS) == 1
    finally:
        hurried.close()


@CONFINED
@pytest.mark.parametrize("once", [True, False])
def test_whoever_practises_waits_for_no_pictures_and_if_only_once_for_no_second_worker(
    once: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from graders.sandbox.zygotes import Zygote

    orders = []
    order = Zygote._order
    monkeypatch.setattr(Zygote, "_order", lambda *given: orders.append(order(*given)))
    judge = WarmJudge(once=once)
    try:
        verdict = judge.judge(
            answering("raise KeyError('matplotlib' in sys.modules)", before="import sys")
        )
        assert '"said": "False"' in verdict.to_json()
        assert len(orders) == (1 if once else 2)
    finally:
        judge.close()


@CONFINED
def test_who_imports_sympy_in_the_first_worker_gets_a_warmer_one(hurried: Counted) -> None:
    counts = "import sympy\nassert sympy.diff(sympy.Symbol('t') ** 2) == 2 * sympy.Symbol('t')"
    (verdict,) = judge([answering(BY_COLUMNS, before=counts)], launcher=hurried)
    assert verdict.passed and not verdict.notes
    assert hurried.started == 2


@CONFINED
def test_who_needs_the_compiler_in_the_first_worker_goes_two_steps(hurried: Counted) -> None:
    (cold,) = judge([TRACES], launcher=hurried)
    assert hurried.started == 3
    assert cold.to_json() == judge([TRACES])[0].to_json()
    assert workers(hurried, answering("import nowhere")) == 1


@CONFINED
def test_all_of_pythons_library_is_there_for_whoever_imports_it(launcher: Counted) -> None:
    """In the home of root, as uv and pyenv install Python there, a worker cannot read it."""
    rare = "import cProfile, asyncio, graphlib, resource, statistics, tracemalloc, wave, zipfile"
    spelled = "'é'.encode('cp437').decode('cp1140')"
    (verdict,) = judge([answering(BY_COLUMNS, before=f"{rare}\n{spelled}")], launcher=launcher)
    assert verdict.passed and not verdict.notes
    assert launcher.started <= 2
    (verdict,) = judge([answering(BY_COLUMNS, before="import nowhere")], launcher=launcher)
    (note,) = verdict.notes
    assert "No module named 'nowhere'" in note


def test_what_is_imported_of_the_library_is_nearly_all_of_it_and_starts_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIBRARY], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (done.stdout, done.stderr) == ("", "")


@CONFINED
def test_one_worker_judges_who_does_not_need_it_and_one_more_the_first_who_does(
    launcher: Counted,
) -> None:
    assert workers(launcher, SOLUTION) == 1
    assert workers(launcher, FORWARD) == 1
    assert workers(launcher, TRACES) == 2
    assert workers(launcher, TRACES) == 1
    assert workers(launcher, SOLUTION) == 1


@CONFINED
@pytest.mark.parametrize("where", ["cell", "call"])
def test_who_leaves_as_if_in_need_of_it_gains_one_worker(launcher: Counted, where: str) -> None:
    def leaving(status: int) -> Submission:
        leave = f"__import__('os')._exit({status})"
        return answering(leave) if where == "call" else answering("pass", before=leave)

    honest = workers(launcher, leaving(MORE_NEEDED + 1))
    assert workers(launcher, leaving(MORE_NEEDED)) == honest + 1
    assert workers(launcher, leaving(MORE_NEEDED)) == honest
