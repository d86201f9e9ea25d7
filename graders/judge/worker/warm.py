"""Warm a process up: import what student code may use, and call each torch routine once."""

from __future__ import annotations

import gc
import importlib
import warnings
from collections.abc import Sequence

import torch
from IPython.core.interactiveshell import InteractiveShell
from torch import Tensor

from graders.judge.meter import Meter
from graders.judge.values import decode, encode
from graders.judge.worker.cells import make_shell
from graders.judge.worker.readymade import install_guards

_LIKELY_IMPORTS = (
    "encodings.idna",
    "sqlite3",
    "numpy",
    "math",
    "matplotlib.pyplot",
    "torch.nn.functional",
    "torch.optim",
)


def warm_up(problem_modules: Sequence[str]) -> InteractiveShell:
    """Import everything and call it once, then freeze it, so that a fork has little to copy."""
    torch.set_num_threads(1)
    for name in problem_modules:
        importlib.import_module(name)
    for name in _LIKELY_IMPORTS:
        try:
            importlib.import_module(name)
        except ImportError:
            continue
    _call_every_routine()
    install_guards()
    shell = make_shell()
    shell.transform_cell("warm = 1")
    gc.collect()
    gc.freeze()
    return shell


def _call_every_routine() -> None:
    """Call the differentiation routines on tiny tensors: the first call imports 800 modules."""

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
        decode(*encode(x))


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
