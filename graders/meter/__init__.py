"""Count the memory and the cost of a call by its tensors, not by the clock.

`Meter` is a torch dispatch mode: it sees every operation on tensors that its thread runs while it
is active, also those of backward passes, of vmap and jacrev batches, of forward-mode derivatives,
and inside `torch.no_grad()`. It follows the storages that come out by weak references, so a freed
tensor stops counting, and views, in-place results and reused memory count once.

Two runs of the same call give the same numbers, whatever ran before and however busy the machine
is. To that end Python's cycle collector is paused while a meter is active: a tensor in a reference
cycle (a gradient that `backward(create_graph=True)` leaves on its own leaf, a closure that calls
itself) counts as live until the end of the call, or until the code collects it.

What it does not see: other threads, numpy, raw `UntypedStorage`s, scratch memory inside a single
operation, and anything done by code that switches the mode off. That is why the operating system's
limit stands beside it: the meter explains to the honest, the limit holds against everybody.
"""

from __future__ import annotations

from graders.meter.count import Counted, Product, TooManyCalls, counted
from graders.meter.mode import Measured, Meter
from graders.meter.refuse import TensorTooLarge, TooMuchWork

__all__ = [
    "Counted",
    "Measured",
    "Meter",
    "Product",
    "TensorTooLarge",
    "TooManyCalls",
    "TooMuchWork",
    "counted",
]
