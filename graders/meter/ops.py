"""What the schema of an operation says about the memory it makes."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.utils.flop_counter import flop_registry

Arguments = tuple[Any, ...]
Options = dict[str, Any]

# These get a tensor that was made out of sight (`torch.tensor([1.0])`) and pass it on.
_MADE_OUT_OF_SIGHT = frozenset({"lift_fresh", "lift"})
_GROW_IN_PLACE = frozenset({"resize_", "resize_as_", "set_"})


@dataclass(frozen=True)
class Op:
    """How to treat an operation.

    `is_view`: it makes no memory. `in_place`: it writes into its argument and makes no other
    memory. `writes`: position and name of the arguments written to. `size_at`: position of the
    argument that holds the result's shape, or -1.
    """

    name: str
    is_view: bool
    in_place: bool
    is_pointwise: bool
    decomposes: bool
    size_at: int
    writes: tuple[tuple[int, str], ...]
    flops: Callable[..., int] | None

    def written(self, args: Arguments, kwargs: Options) -> list[Tensor]:
        """List the tensors that a call writes into."""
        found = [args[at] if at < len(args) else kwargs.get(name) for at, name in self.writes]
        return tensors_in(found)


@functools.cache
def describe(func: Any) -> Op:
    """Read an operator's schema once."""
    schema = func._schema
    name = func.overloadpacket.__name__
    writes = tuple(
        (position, argument.name)
        for position, argument in enumerate(schema.arguments)
        if argument.alias_info is not None and argument.alias_info.is_write
    )
    aliases = [result.alias_info is not None for result in schema.returns]
    has_out = any(schema.arguments[position].is_out for position, _ in writes)
    return Op(
        name=name,
        is_view=bool(aliases) and all(aliases) and not writes and name not in _MADE_OUT_OF_SIGHT,
        in_place=bool(writes) and all(aliases) and not has_out and name not in _GROW_IN_PLACE,
        is_pointwise=torch.Tag.pointwise in func.tags and not writes,
        decomposes=torch._C._dispatch_has_kernel_for_dispatch_key(
            func.name(), "CompositeImplicitAutograd"
        ),
        size_at=_size_at(schema.arguments, name),
        writes=writes,
        flops=_OWN_FLOPS.get(name) or flop_registry.get(func.overloadpacket),
    )


def _size_at(arguments: Iterable[Any], name: str) -> int:
    if name not in _SHAPED_BY_SIZE:
        return -1
    names = [argument.name for argument in arguments]
    return next((names.index(known) for known in ("size", "input_sizes") if known in names), -1)


_SHAPED_BY_SIZE = frozenset({
    "empty", "zeros", "ones", "full", "rand", "randn", "randint", "normal", "new_empty",
    "new_zeros", "new_ones", "new_full", "select_backward", "slice_backward",
    "diagonal_backward",
})  # fmt: skip


def tensors_in(values: Iterable[Any]) -> list[Tensor]:
    """List the tensors among arguments or results, lists and tuples opened."""
    found: list[Tensor] = []
    for value in values:
        if isinstance(value, Tensor):
            found.append(value)
        elif isinstance(value, (list, tuple)):
            found += tensors_in(value)
    return found


def _product_flops(*args: Any, **_options: Any) -> int:
    left, right = tensors_in(args)[-2:]
    return 2 * left.numel() * (right.shape[-1] if right.dim() > 1 else 1)


# torch has no formulas for products with vectors; without them `A @ x` would look free. For
# matrices this gives what torch's formulas give, without opening and closing trees of arguments.
_OWN_FLOPS: dict[str, Callable[..., int]] = dict.fromkeys(
    ("mm", "addmm", "bmm", "baddbmm", "mv", "addmv", "dot", "vdot"), _product_flops
)
