"""A stage of a task's checks, and one check: a stage on one of its cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graders.sandbox.spec import Spec

if TYPE_CHECKING:
    from graders.checks.asking import Asking
    from graders.checks.task import TaskChecks

Run = Callable[["Asking", "Spec | None"], "Mapping[str, Any] | None"]
Cases = Callable[["TaskChecks"], "tuple[Spec, ...]"]


@dataclass(frozen=True)
class Stage:
    """One kind of check.

    Attributes:
        name: a word for verdicts and test ids.
        title: what it claims, for a list of checks: "The shape is right".
        stop: what a class report calls an answer that got no further: "wrong shape".
        run: checks a case; raises CheckFailed where it does not hold, and may give figures.
        weight: what a check of this stage counts, beside the others of the task.
        needs: stages none of whose checks may have failed.
        needs_some: stages of which at least one check has to have held.
        cases: lists the cases, each a check of its own; without it there is a single check.

    """

    name: str
    title: str
    stop: str
    run: Run
    weight: float = 1.0
    needs: tuple[str, ...] = ()
    needs_some: tuple[str, ...] = ()
    cases: Cases | None = None


@dataclass(frozen=True)
class Check:
    """A stage on one of its cases: what is run, graded and listed by name."""

    stage: Stage
    case: Spec | None = None

    @property
    def name(self) -> str:
        """Name it within its task: "values[mlp(n=47)]"."""
        return f"{self.stage.name}[{self.case}]" if self.case is not None else self.stage.name

    def run(self, asking: Asking) -> Mapping[str, Any]:
        """Run it; CheckFailed where it does not hold. Gives the figures that were measured."""
        return self.stage.run(asking, self.case) or {}


def stage(
    name: str,
    *,
    title: str,
    stop: str,
    weight: float = 1.0,
    needs: tuple[str, ...] = (),
    needs_some: tuple[str, ...] = (),
    cases: Cases | None = None,
) -> Callable[[Run], Stage]:
    """Make a stage of a function `run(asking, case)`; see `Stage` for the rest."""
    return lambda run: Stage(name, title, stop, run, weight, needs, needs_some, cases)
