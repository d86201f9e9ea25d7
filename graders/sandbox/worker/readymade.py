"""Refuse the ready-made routine of the task at hand, under whatever name it was imported."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import CodeType, FunctionType
from typing import Any

_originals: dict[str, Callable[..., Any]] = {}
_refused: set[str] = set()


class ReadyMadeRoutineError(RuntimeError):
    """The task asks to build what this routine does."""


def guardable(name: str) -> str:
    """Say why a routine, named in full, cannot be guarded; nothing where it can.

    A guard takes the place of a function's code, which only functions written in Python have.
    """
    module, _, attribute = name.rpartition(".")
    try:
        found = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError):
        return "there is no such routine"
    if not isinstance(found, FunctionType):
        return f"it is a {type(found).__name__}, and only a function of Python's can be guarded"
    if found.__code__.co_freevars:
        return "it is wrapped in another function, whose code cannot be replaced"
    return ""


def install_guards(names: Iterable[str]) -> None:
    """Put a guard into the code of each routine, so that an alias of it is guarded too."""
    for name in names:
        module, _, attribute = name.rpartition(".")
        function = getattr(importlib.import_module(module), attribute)
        if name not in _originals:
            _originals[name] = _copy(function)
            function.__code__ = _guard_code(name)


@contextmanager
def refusing(names: frozenset[str]) -> Iterator[None]:
    """Refuse the named routines while the block runs."""
    _refused.update(names)
    try:
        yield
    finally:
        _refused.clear()


def call(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call the original of a guarded routine unless the task at hand refuses it."""
    if name in _refused:
        raise ReadyMadeRoutineError(
            f"{name} is the ready-made routine for this task; build the result yourself"
        )
    return _originals[name](*args, **kwargs)


def _copy(function: FunctionType) -> FunctionType:
    copy = FunctionType(
        function.__code__,
        function.__globals__,
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    copy.__kwdefaults__ = function.__kwdefaults__
    return copy


def _template(*args: Any, **kwargs: Any) -> Any:
    from graders.sandbox.worker.readymade import call

    return call("@name@", args, kwargs)


def _guard_code(name: str) -> CodeType:
    code = _template.__code__
    constants = tuple(name if value == "@name@" else value for value in code.co_consts)
    return code.replace(co_consts=constants)
