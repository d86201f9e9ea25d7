"""What a call hands over: a problem's values, its functions counted, torch's generator seeded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from graders.meter import Counted, counted
from graders.sandbox.call import Call
from graders.sandbox.problem import Problems


@dataclass(frozen=True)
class Given:
    """The arguments of one call, by position and by name."""

    positional: tuple[Any, ...]
    keywords: Mapping[str, Any]
    counted: Mapping[str, Counted]
    tensors: tuple[tuple[str, Tensor], ...]

    def counts(self) -> dict[str, int]:
        """Say how often each function was called."""
        return {name: func.evaluations for name, func in self.counted.items()}


def given(call: Call, problems: Problems, seed: int) -> Given:
    """Build the problem of a call and take its arguments from it."""
    problem = problems.build(call.spec, seed=seed, device=call.device)
    values = dict(problem.values)
    names = call.arguments.given(values)
    caps = dict(call.caps)
    functions = {
        name: counted(values[name], caps.get(name)) for name in names if callable(values[name])
    }
    values.update(functions)
    return Given(
        tuple(values[name] for name in call.arguments.names),
        {name: values[name] for name in call.arguments.keywords if name in values},
        functions,
        tuple((name, tensor) for name in names for tensor in tensors_in(values[name])),
    )


def run(
    function: Callable[..., Any], call: Call, problems: Problems, given: Given, seed: int
) -> Any:
    """Call a function on what is given, with its driver round it where the call names one."""
    torch.default_generator.manual_seed(call.seed(seed))
    if call.driver:
        return problems.driver(call.driver)(function, *given.positional, **given.keywords)
    return function(*given.positional, **given.keywords)


def tensors_in(value: Any) -> Iterator[Tensor]:
    """List the tensors in an argument: itself, or those in a sequence or a dict."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from tensors_in(item)
    elif isinstance(value, dict):
        yield from tensors_in(tuple(value.values()))
