"""Warm a process up: import what student code may use, and call each torch routine once."""

from __future__ import annotations

import gc
import importlib
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType
from typing import Any

import torch
from IPython.core.interactiveshell import InteractiveShell
from torch import Tensor

from graders.course.parts import find_parts_in, find_parts_only_in
from graders.meter import Meter
from graders.sandbox.late_compiler import import_compiler, import_compiler_late, is_put_off
from graders.sandbox.late_symbols import import_symbols, import_symbols_late
from graders.sandbox.problem import Problems
from graders.sandbox.values import decode, encode
from graders.sandbox.warmth import Warmth
from graders.sandbox.worker.cells import compile_cell, make_shell
from graders.sandbox.worker.late_imports import import_library, library

_LIKELY_IMPORTS = (
    "encodings.idna",
    "sqlite3",
    "numpy",
    "math",
    "matplotlib.pyplot",
    "torch.nn.functional",
    "torch.optim",
)


@dataclass
class Warm:
    """What a worker needs and a warm process has: a shell, each topic's problems, set-up cells."""

    shell: InteractiveShell
    course: tuple[str, ...]
    problems: Mapping[str, Problems]
    compiled: dict[tuple[str, str, int], CodeType] = field(default_factory=dict)
    library: frozenset[str] = field(default_factory=library)
    warmth: Warmth = Warmth.ROUTINES

    def serve_course(self, course: Sequence[str]) -> None:
        """Have the problems of this course, where they are another's."""
        if tuple(course) != self.course:
            find_parts_only_in(Path(course[0]))
            self.problems, self.course = _problems_of(course), tuple(course)

    def compile(self, cells: Sequence[Sequence[Any]]) -> None:
        """Compile cells of the course's own, each given as what `compile_cell` takes."""
        for source, filename, first_line in cells:
            # What is not plain Python is left to the worker.
            with suppress(SyntaxError, ValueError):
                code = compile_cell(source, filename, first_line)
                self.compiled[source, filename, first_line] = code

    def up_to(self, wanted: Warmth) -> bool:
        """Import what is missing, and freeze it for forks; tell whether anything was missing."""
        if wanted <= self.warmth:
            return False
        gc.disable()
        for step in range(self.warmth + 1, wanted + 1):
            _STEPS[Warmth(step)]()
        self.warmth = wanted
        gc.freeze()
        gc.enable()
        return True

    def rehearse(self) -> None:
        """Do once, in a fork, what a first call does: the pages it writes to are copied then.

        A worker that is made ready ahead does it while nobody waits.
        """
        exec(compile_cell("def rehearsal(x): return x", "<rehearsal>", 1), {})
        x = torch.ones(2, dtype=torch.float64, requires_grad=True)
        (slope,) = torch.autograd.grad((torch.tanh(x) ** 2).sum(), x, create_graph=True)
        decode(*encode(torch.autograd.grad(slope, x, torch.ones_like(x))[0]))


def warm_up(course: Sequence[str]) -> Warm:
    """Make what every worker needs, and freeze it, so that a fork has little to copy.

    The course is as `Course.as_arguments` writes it: its hidden folder, and the paths of topics,
    each followed by its module of problems.
    """
    torch.set_num_threads(1)
    import_compiler_late()
    import_symbols_late()
    find_parts_in(Path(course[0]))
    problems = _problems_of(course)
    _call_every_routine()
    if not is_put_off():
        # An older torch asked for it all the same, and what comes with it is imported as late.
        import_compiler()
    shell = make_shell()
    shell.transform_cell("warm = 1")
    gc.freeze()
    gc.enable()
    return Warm(shell, tuple(course), problems)


def _problems_of(course: Sequence[str]) -> Mapping[str, Problems]:
    _, *topics = course
    return {
        topic: Problems(importlib.import_module(module))
        for topic, module in zip(topics[::2], topics[1::2], strict=True)
    }


def _call_every_routine() -> None:
    """Call the differentiation routines on tiny tensors: the first ones import 500 modules."""

    def func(x: Tensor) -> Tensor:
        return (torch.tanh(x) ** 2).sum()

    x = torch.ones(2, dtype=torch.float64)
    functional = torch.autograd.functional
    with warnings.catch_warnings(), Meter(lambda _file: False):
        warnings.simplefilter("ignore")
        torch.func.hessian(func)(x)
        torch.func.jacrev(torch.func.grad(func))(x)
        torch.func.vmap(torch.func.grad(func))(torch.ones(2, 2, dtype=torch.float64))
        torch.func.jvp(torch.func.grad(func), (x,), (x,))
        torch.func.vjp(func, x)[1](torch.ones((), dtype=torch.float64))
        functional.hessian(func, x, vectorize=True)
        functional.hvp(func, x, x)
        functional.jvp(func, x, x)
        torch.linalg.eigvalsh(torch.eye(2, dtype=torch.float64))
        _dual_number(func, x)
        _batched_rows(func, x)
        # Where a task is asked whether it keeps the device; the first operations there are slow.
        elsewhere = torch.ones(2, 2, dtype=torch.float64, device="meta")
        torch.func.hessian(func)(elsewhere)
        torch.autograd.functional.hessian(func, elsewhere)
        decode(*encode(x))


def _import_what_is_likely() -> None:
    import_symbols()
    for name in _LIKELY_IMPORTS:
        with suppress(ImportError):
            importlib.import_module(name)


def _import_everything() -> None:
    import_library()
    import_compiler()


_STEPS = {
    Warmth.LIKELY: _import_what_is_likely,
    Warmth.EVERYTHING: _import_everything,
}


def _dual_number(func: object, x: Tensor) -> None:
    forward = torch.autograd.forward_ad
    with forward.dual_level():
        dual = forward.make_dual(x, x)
        forward.unpack_dual(func(dual))  # type: ignore[operator]


def _batched_rows(func: object, x: Tensor) -> None:
    leaf = x.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(func(leaf), leaf, create_graph=True)  # type: ignore[operator]
    rows = torch.eye(2, dtype=x.dtype)
    torch.autograd.grad(gradient, leaf, rows, is_grads_batched=True)
