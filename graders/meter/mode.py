"""The dispatch mode that measures."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from graders.meter.count import Counted
from graders.meter.ledger import Ledger, storages_of
from graders.meter.ops import Arguments, Op, Options, describe, tensors_in
from graders.meter.refuse import (
    TensorTooLarge,
    TooMuchWork,
    bytes_asked_for,
    in_words,
    may_exceed,
    true_size,
)

if TYPE_CHECKING:
    from typing_extensions import Self


@dataclass(frozen=True)
class Measured:
    """What a call cost, in exact counts.

    Attributes:
        peak_bytes: most bytes alive at once of what the call made; its inputs do not count.
        largest_bytes: the largest storage that one operation made or asked for.
        largest_line: line of the student's that led to it; None where there was none.
        largest_file: the file of that line, named as it was compiled ("<cell 7>").
        produced_bytes: bytes of all results written, freed ones included; views cost nothing.
        operations: operations run, views left out.
        flops: floating-point operations of matrix products and convolutions by
            `torch.utils.flop_counter`'s formulas, and of matrix-vector products; 0 for elementwise.
        evaluations: calls of the counted function given to the meter.

    """

    peak_bytes: int
    largest_bytes: int
    largest_line: int | None
    largest_file: str | None
    produced_bytes: int
    operations: int
    flops: int
    evaluations: int


class Meter(TorchDispatchMode):
    """Measures what runs inside its `with` block, in this thread; use it once.

    Args:
        is_student: says of a file name whether lines of that file are the student's.
        limit_bytes: refuse, by TensorTooLarge, an operation that would make a larger tensor.
        limit_produced_bytes: stop, by TooMuchWork, once so many bytes of results are written.
        limit_operations: stop likewise after so many operations, however small their results.
        func: a function from `counted`, whose evaluations inside the block are reported.

    A generator's body runs only where it is consumed: that has to happen inside the block.

    """

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Keep torch from wrapping the dispatch for its compiler: half the overhead, 1.5 s once."""
        return False

    def __init__(
        self,
        is_student: Callable[[str], bool],
        limit_bytes: int | None = None,
        limit_produced_bytes: int | None = None,
        limit_operations: int | None = None,
        func: Counted | None = None,
    ) -> None:
        """Start with empty counts."""
        super().__init__()
        self._is_student = is_student
        self._limit = limit_bytes
        self._limit_produced = limit_produced_bytes
        self._limit_operations = limit_operations
        self._operations = 0
        self._func = func
        self._before = self._evaluations = 0
        self._ledger = Ledger()
        self._largest = 0
        self._where: tuple[str | None, int | None] = (None, None)
        self._produced = 0
        self._flops = 0
        self._depth = 0
        self._thread = threading.get_ident()
        self._collected = False

    def measured(self) -> Measured:
        """Give the counts so far."""
        file, line = self._where
        return Measured(
            peak_bytes=self._ledger.peak,
            largest_bytes=self._largest,
            largest_line=line,
            largest_file=file,
            produced_bytes=self._produced,
            operations=self._operations,
            flops=self._flops,
            evaluations=self._evaluations if self._depth == 0 else self._evaluated(),
        )

    def __enter__(self) -> Self:
        """Start to measure, and pause the cycle collector, whose timing depends on the past."""
        if self._depth == 0:
            self._thread = threading.get_ident()
            self._before = self._func.evaluations if self._func else 0
            self._collected = gc.isenabled()
            gc.disable()
        self._depth += 1
        super().__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop to measure; what is alive stays counted in the peak."""
        super().__exit__(kind, error, traceback)
        self._depth -= 1
        if self._depth == 0:
            self._evaluations = self._evaluated()
            self._ledger.close()
            if self._collected:
                gc.enable()

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Arguments = (), kwargs: Options | None = None
    ) -> Any:
        """Run one operation and count what comes out."""
        if types and any(map(_has_own_dispatch, types)):
            # The subclass then runs with this mode still active, so what it does inside is seen.
            return NotImplemented
        op = describe(func)
        kwargs = kwargs or {}
        if op.is_view:
            return func(*args, **kwargs)
        if op.decomposes:
            with self:
                result = func.decompose(*args, **kwargs)
            if result is not NotImplemented:
                return result
        with torch._C.DisableTorchFunctionSubclass():
            return self._run(op, func, args, kwargs)

    def _run(self, op: Op, func: Any, args: Arguments, kwargs: Options) -> Any:
        self._operations += 1
        if self._limit_produced is not None and self._produced > self._limit_produced:
            raise TooMuchWork(f"{in_words(self._produced)} of results", self._limit_produced)
        if self._limit_operations is not None and self._operations > self._limit_operations:
            raise TooMuchWork(f"{self._operations} operations", self._limit_operations)
        if self._limit is not None and may_exceed(op, args, kwargs, self._limit):
            self._check(func, args, kwargs, self._limit)
        written = op.written(args, kwargs) if op.writes else []
        sizes = [] if op.in_place else [_nbytes(tensor) for tensor in written]
        try:
            result = func(*args, **kwargs)
        except RuntimeError as error:
            asked_for = bytes_asked_for(error)
            if asked_for is None:
                raise
            raise self._too_large(asked_for, None, ()) from None
        if op.flops is not None:
            self._flops += op.flops(*args, **kwargs, out_val=result)
        for tensor in written:
            self._produced += tensor.numel() * tensor.element_size()
        if op.in_place:
            return result
        for tensor, size in zip(written, sizes, strict=True):
            self._follow_growth(tensor, size)
        self._follow_results(op, result, (*args, *written) if written else args)
        return result

    def _follow_results(self, op: Op, result: Any, args: Arguments) -> None:
        for tensor in tensors_in((result,)):
            for storage in storages_of(tensor):
                if storage in self._ledger:
                    continue
                if op.name.startswith("lift") or not _belongs_to(storage, args):
                    size = storage.nbytes()
                    self._ledger.add(storage, size)
                    self._produced += size
                    self._note(size, size)

    def _follow_growth(self, tensor: Tensor, before: int) -> None:
        """Count what an `out=` result or a resized tensor grew by."""
        for storage in storages_of(tensor):
            if storage in self._ledger:
                self._note(self._ledger.update(storage), storage.nbytes())
            elif (growth := storage.nbytes() - before) > 0:
                self._ledger.add(storage, growth)
                self._note(growth, storage.nbytes())

    def _note(self, growth: int, size: int) -> None:
        if growth <= 0 or size <= self._largest:
            return
        self._largest = size
        self._where = self._student_line()
        if self._limit is not None and size > self._limit:
            raise TensorTooLarge(size, self._limit, *self._where)

    def _check(self, func: Any, args: Arguments, kwargs: Options, limit: int) -> None:
        found = true_size(func, args, kwargs)
        if found is not None and found[0] > limit:
            raise self._too_large(found[0], limit, found[1])

    def _too_large(self, size: int, limit: int | None, shape: tuple[int, ...]) -> TensorTooLarge:
        where = self._student_line()
        if size > self._largest:
            self._largest, self._where = size, where
        return TensorTooLarge(size, limit, *where, shape=shape)

    def _evaluated(self) -> int:
        return self._func.evaluations - self._before if self._func else 0

    def _student_line(self) -> tuple[str | None, int | None]:
        """Find the innermost frame of the student's, here or in the thread that started this."""
        frame: FrameType | None = sys._getframe(1)
        found = self._innermost(frame)
        if found is None and threading.get_ident() != self._thread:
            # A backward pass on an accelerator runs in a thread of torch's own.
            found = self._innermost(sys._current_frames().get(self._thread))
        return found or (None, None)

    def _innermost(self, frame: FrameType | None) -> tuple[str, int] | None:
        while frame is not None:
            if self._is_student(frame.f_code.co_filename):
                return frame.f_code.co_filename, frame.f_lineno
            frame = frame.f_back
        return None


def _has_own_dispatch(kind: type) -> bool:
    plain = torch._C._disabled_torch_dispatch_impl
    return getattr(kind, "__torch_dispatch__", plain) is not plain


def _belongs_to(storage: Any, values: Iterable[Any]) -> bool:
    key = storage._cdata
    for tensor in tensors_in(values):
        for other in storages_of(tensor):
            if other._cdata == key:
                return True
    return False


def _nbytes(tensor: Tensor) -> int:
    return sum(storage.nbytes() for storage in storages_of(tensor))
