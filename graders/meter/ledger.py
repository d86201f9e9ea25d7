"""Keep account of the storages that are alive."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor


@dataclass
class _Entry:
    """A storage, what it counts for, and how large it was when last seen."""

    reference: weakref.KeyedRef[int, Any]
    counts: int
    seen: int


class Ledger:
    """The storages made since the meter started: how many bytes live now, and at most."""

    def __init__(self) -> None:
        """Start with nothing alive."""
        self.live = 0
        self.peak = 0
        self._entries: dict[int, _Entry] = {}

    def __contains__(self, storage: Any) -> bool:
        """Say whether a storage is followed."""
        return storage._cdata in self._entries

    def add(self, storage: Any, counts: int) -> None:
        """Follow a storage that counts for so many bytes until it is freed."""
        key = storage._cdata
        reference = weakref.KeyedRef(storage, self._freed, key)
        self._entries[key] = _Entry(reference, counts, storage.nbytes())
        self._grow(counts)

    def update(self, storage: Any) -> int:
        """Take note of a followed storage's size; give the bytes by which it grew."""
        entry = self._entries[storage._cdata]
        size = storage.nbytes()
        growth = size - entry.seen
        if growth:
            entry.seen = size
            entry.counts += growth
            self._grow(growth)
        return growth

    def close(self) -> None:
        """Stop following; `peak` stays."""
        self._entries.clear()

    def _grow(self, by: int) -> None:
        self.live += by
        self.peak = max(self.peak, self.live)

    def _freed(self, reference: weakref.KeyedRef[int, Any]) -> None:
        self.live -= self._entries.pop(reference.key).counts


def storages_of(tensor: Tensor) -> Sequence[Any]:
    """List the storages that hold a tensor's numbers: one, or those of a sparse tensor's parts.

    Tensors without memory of their own (meta tensors, the symbolic zeros of forward mode) and
    layouts that cannot be looked into have none.
    """
    if tensor.is_meta or tensor._is_zerotensor():
        return ()
    if tensor.layout is torch.strided:
        return (tensor.untyped_storage(),)
    return [part.untyped_storage() for part in parts_of(tensor)]


def parts_of(tensor: Tensor) -> list[Tensor]:
    """List the dense tensors that a sparse one consists of."""
    if tensor.layout is torch.sparse_coo:
        return [tensor._indices(), tensor._values()]
    if tensor.layout in (torch.sparse_csr, torch.sparse_bsr):
        return [tensor.crow_indices(), tensor.col_indices(), tensor.values()]
    if tensor.layout in (torch.sparse_csc, torch.sparse_bsc):
        return [tensor.ccol_indices(), tensor.row_indices(), tensor.values()]
    return []
