"""Which protections this machine gives, proved by trying to break each of them.

Every attempt is made by a fully confined process and is harmless: it touches a planted canary file,
a port that the doctor itself opened, or the doctor's own process. Then two processes are confined
side by side, and the side that judges is told and handed what it should refuse.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from graders.sandbox.confine.attempts import Attempt, Outcome
    from graders.sandbox.confine.neighbours import Left
    from graders.sandbox.layers import Layer

Status = Literal["held", "broken", "missing"]
_ASK = "import sys, json; sys.path[:] = json.loads(sys.argv[1]); import {0}; {0}.answer()"
_DEADLINE_SECONDS = 120
# Of a processor, beside a crowd: half would be just, a twentieth is what threads would leave.
_FAIR_SHARE = 0.25


@dataclass(frozen=True)
class Finding:
    """One thing that was tried, or one layer that is not there, in a sentence."""

    name: str
    status: Status
    sentence: str


def examine() -> list[Finding]:
    """Try every way out under full confinement, in a process of its own; a few seconds.

    `missing` names a layer that this machine does not give (others may cover for it); `broken`
    means that an attempt went through, or that honest work did not.
    """
    if sys.platform != "linux":
        return [Finding("confinement", "missing", f"There is no confinement on {sys.platform}.")]
    program = [sys.executable, "-c", _ASK.format(__name__), json.dumps(sys.path)]
    try:
        asked = subprocess.run(
            program, capture_output=True, text=True, timeout=_DEADLINE_SECONDS, check=True
        )
        return [Finding(**row) for row in json.loads(asked.stdout)]
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        return [Finding("examination", "broken", f"The examination itself failed: {error}")]


def answer() -> None:
    """Examine from inside the process that `examine` started, and print the findings as JSON."""
    print(json.dumps([asdict(finding) for finding in _examine_here()]), flush=True)


def render(findings: Sequence[Finding]) -> str:
    """Write the findings as plain text, one line each, with a summary below."""
    lines = [f"{finding.status:8}{finding.sentence}" for finding in findings]
    statuses = [finding.status for finding in findings]
    kinds: tuple[Status, ...] = ("held", "broken", "missing")
    summary = ", ".join(f"{statuses.count(kind)} {kind}" for kind in kinds)
    return "\n".join([*lines, "", summary])


def _examine_here() -> list[Finding]:
    from graders.sandbox.confine import attempts, nest, ways_out
    from graders.sandbox.confine.neighbours import left_beside_a_crowd

    nest()
    policy = attempts.default_policy()
    with attempts.stage() as planted:
        honest = attempts.make(ways_out.HONEST_WORK, planted, policy)
        library = attempts.make(ways_out.LIBRARY, planted, policy)
        packages = attempts.make(ways_out.PACKAGES, planted, policy)
        tried = [(way, attempts.make(way, planted, policy)) for way in ways_out.ATTEMPTS]
    return [
        _judge_honest(honest),
        _judge_library(library),
        _judge_packages(packages),
        *(_judge(way, outcome) for way, outcome in tried),
        *_judge_neighbours(left_beside_a_crowd(policy), honest.layers),
        *_judge_bounds(),
        *_missing(honest.layers),
    ]


def _judge_honest(outcome: Outcome) -> Finding:
    if outcome.stopped:
        return Finding("honest-work", "broken", f"Honest work fails when confined: {outcome.how}.")
    return Finding("honest-work", "held", "Honest work goes on under confinement.")


def _judge_library(outcome: Outcome) -> Finding:
    if outcome.stopped:
        why = f"Honest code cannot read Python's library, and has it imported ({outcome.how})."
        return Finding("library", "held", why)
    return Finding("library", "held", "Honest code can still import Python's own library.")


def _judge_packages(outcome: Outcome) -> Finding:
    if outcome.stopped:
        why = (
            f"Of packages, only what is imported beforehand can be used ({outcome.how}); install "
            "them where every user may read, such as /opt."
        )
        return Finding("packages", "missing", why)
    return Finding("packages", "held", "Honest code can still import what is installed.")


def _judge(attempt: Attempt, outcome: Outcome) -> Finding:
    if outcome.stopped:
        sentence = f"A submission cannot {attempt.what} ({outcome.how})."
        return Finding(attempt.name, "held", sentence)
    status: Status = "broken" if _any_active(attempt, outcome.layers) else "missing"
    return Finding(attempt.name, status, f"A submission can {attempt.what} ({outcome.how}).")


def _any_active(attempt: Attempt, layers: Sequence[Layer]) -> bool:
    return any(layer.active for layer in layers if layer.name in attempt.layers)


def _judge_neighbours(left: Left, layers: Sequence[Layer]) -> Iterator[Finding]:
    from graders.sandbox import layers as names
    from graders.sandbox.confine.attempts import Attempt, Outcome
    from graders.sandbox.confine.neighbours import THREADS

    threads = f"{left.threads} of {THREADS} are left to it"
    processor = f"{left.share:.0%} of one is left to it"
    for name, what, is_fair, how in (
        (names.PROCESS_COUNT, "threads", left.threads == THREADS, threads),
        (names.PROCESSOR_SHARE, "processor time", left.share > _FAIR_SHARE, processor),
    ):
        can = f"take {what} from a file judged beside it"
        yield _judge(Attempt(name, can, (name,)), Outcome(is_fair, how, tuple(layers)))


def _judge_bounds() -> Iterator[Finding]:
    # Not before nest(): it brings torch, and torch may bring threads.
    from graders.outlets.bounds import BOUNDS

    for bound in BOUNDS:
        how = bound.run()
        can = f"cannot {bound.what} ({how})" if how else f"can {bound.what}"
        yield Finding(bound.name, "held" if how else "broken", f"A submission {can}.")


def _missing(layers: Sequence[Layer]) -> list[Finding]:
    from graders.sandbox.layers import missing

    return [
        Finding(layer.name, "missing", f"The layer {layer.name} is not in force: {layer.why}.")
        for layer in missing(tuple(layers))
    ]
