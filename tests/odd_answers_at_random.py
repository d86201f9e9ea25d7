"""Answers that are odd or hostile at random: every type in every place of what is due.

`python tests/odd_answers_at_random.py SECONDS` goes on for so long, from a seed by the clock, and
prints what should not have happened, with the seed that brings it about again.
"""

from __future__ import annotations

import logging
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from graders.authoring.specimens import solution
from graders.course import Topic, topics
from graders.course.submission import Cell, Submission
from graders.judge.session import Session
from graders.judge.verdict import Verdict
from graders.limits import Limits

LONGEST_VERDICT = 400_000
# Runs in the worker, behind the solution: each task's function goes on to the right one, and then
# something odd is put in place of what came back, or of a part of it.
_CELL = """
import collections, math, random

class _Shy:
    def __repr__(self): raise ValueError("no words")
    __str__ = __repr__
    def __eq__(self, other): raise ValueError("no equal")
    __hash__ = None

class _Loud(Exception):
    def __str__(self): return "\\ud800" + "x" * 100_000

class _Sub(torch.Tensor):
    pass

_Named = collections.namedtuple("_Named", "value vector residual")

def _things(value):
    t = value if isinstance(value, torch.Tensor) else torch.ones(3, dtype=torch.float64)
    flat = t.detach().reshape(-1)
    def loop():
        found = []
        found.append(found)
        return found
    return [
        lambda: None, lambda: True, lambda: 0, lambda: -1, lambda: 10**300, lambda: 2**63,
        lambda: 0.0, lambda: -0.0, lambda: math.nan, lambda: -math.inf, lambda: 1j, lambda: "",
        lambda: "saddle", lambda: "minimum", lambda: "converged", lambda: "maxiter",
        lambda: "\\ud800", lambda: "x" * 5000, lambda: b"\\xff", lambda: [], lambda: (),
        lambda: {}, lambda: {1: 2}, lambda: {"a": t}, lambda: {"\\ud800": t},
        lambda: {"a": {"b": {"c": t}}}, lambda: set(), lambda: object(), lambda: type,
        lambda: print, lambda: range(3), lambda: flat.numpy() if not t.is_meta else 0,
        lambda: flat.tolist(), lambda: t.to(torch.float16), lambda: t.to(torch.bfloat16),
        lambda: t.to(torch.int64), lambda: t.to(torch.bool), lambda: t.to(torch.complex128),
        lambda: t.to(torch.float32), lambda: t * math.nan, lambda: t * math.inf, lambda: t * 1e300,
        lambda: t[None], lambda: flat, lambda: t.sum(), lambda: flat[:1], lambda: flat[:0],
        lambda: t.expand(2, *t.shape), lambda: t.movedim(0, -1) if t.dim() else t,
        lambda: torch.zeros(0, 3), lambda: torch.zeros((1,) * 12), lambda: t.detach().to_sparse(),
        lambda: t.to("meta"), lambda: torch.nn.Parameter(t.detach()), lambda: t.as_subclass(_Sub),
        lambda: (t,) * 50, lambda: [t, [t, [t]]], lambda: _Named(t, t, t),
        lambda: _Named(1, "a", t),
        lambda: (x for x in (t, t)), lambda: torch.float64, lambda: torch.device("cpu"),
        lambda: t.shape, lambda: _Shy(), lambda: t.requires_grad_() if t.is_leaf else t,
        lambda: -t, lambda: t + 1e-7, lambda: t.detach().clone().fill_(0), loop,
    ]

def _throw(rng):
    kinds = [ValueError, RuntimeError, _Loud, KeyboardInterrupt, SystemExit, StopIteration,
             GeneratorExit, RecursionError, MemoryError, AssertionError, NotImplementedError]
    raise rng.choice(kinds)("it was thrown")

def _odd(value, rng):
    if isinstance(value, (tuple, list)) and value and rng.random() < 0.6:
        place = rng.randrange(len(value))
        parts = list(value)
        parts[place] = _odd(parts[place], rng)
        return rng.choice([tuple, list])(parts)
    return rng.choice(_things(value))()

def _oddly(function, seed, right):
    rng = random.Random(seed)
    def answer(*arguments, **keywords):
        value = function(*arguments, **keywords)
        if rng.random() < right:
            return value
        if rng.random() < 0.05:
            _throw(rng)
        return _odd(value, rng)
    return answer
"""


def odd_submission(topic: Topic, seed: int) -> Submission:
    """Hand in the solution of a topic with oddities in the answers of every task."""
    rng = random.Random(seed)
    lines = [
        f"{task.name} = _oddly({task.name}, {rng.random()}, {rng.choice([0.0, 0.5, 0.9, 0.97])})"
        for task in topic.tasks
    ]
    right = solution(topic)
    odd = Cell("odd answers", "\n".join([_CELL, *lines]))
    return replace(right, cells=(*right.cells, odd))


def faults(verdict: Verdict) -> Iterator[str]:
    """Say what no submission may bring about."""
    for task in verdict.tasks:
        for check in task.checks:
            if check.status == "error":
                yield f"{task.name}: {check.name} went to a person: {check.message[:300]}"
    text = verdict.to_json()
    if len(text) > LONGEST_VERDICT:
        yield f"the verdict has {len(text)} characters"
    if Verdict.from_json(text) != verdict:
        yield "the verdict does not survive being written"
    "".join(check.message for task in verdict.tasks for check in task.checks).encode("utf-8")


class Unforeseen(logging.Handler):
    """Keeps what the judge logs: each is an exception that somebody did not think of."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a message with its exception."""
        error = record.exc_info[1] if record.exc_info else ""
        self.found.append(f"{record.getMessage()}: {error!r}")


def main() -> None:
    """Look for faults until the time is up."""
    end, seed = time.monotonic() + float(sys.argv[1]), int(time.time())
    unforeseen = Unforeseen()
    logging.getLogger("graders").addHandler(unforeseen)
    judged = 0
    with Session(limits=Limits(call_cpu_seconds=1.0, cell_cpu_seconds=1.5)) as session:
        while time.monotonic() < end:
            for topic in topics():
                (verdict,) = session.judge([odd_submission(topic, seed)])
                for fault in [*faults(verdict), *unforeseen.found]:
                    print(f"{topic.path}, seed {seed}: {fault}", flush=True)
                unforeseen.found.clear()
                judged += 1
            seed += 1
    print(f"{judged} submissions were judged")


if __name__ == "__main__":
    main()
