"""The declaration of a task: all that is checked of one function, in one place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from graders.checks.agreement import EXACT, Agreement
from graders.checks.cost import Cost
from graders.checks.mistakes import Mistake
from graders.checks.stage import Check, Stage
from graders.course import CourseError
from graders.sandbox.spec import Arguments, Spec
from graders.sandbox.worker.readymade import guardable


@dataclass(frozen=True)
class TaskChecks:
    """What is checked of one function.

    Attributes:
        name: the name of the function.
        arguments: names of the problems' values that are handed over, by position.
        problems: what it is asked, most telling first; `core` ones have to be right before others.
        stages: what is checked, in this order.
        keywords: values that go by name; a problem that has none leaves the function's default.
        agreement: how an answer has to agree with the reference's.
        cost: what it may cost, where that is checked.
        not_allowed: routines, named in full, that may not be called here.
        mistakes: known mistakes, the most specific first.
        driver: trusted code of the topic that runs round the function at every call.
        parts: what a message calls the parts of what a driver gives: a student never saw them. A
            single one, "", stands for the whole.
        caps: how often a function that is handed over may be called, by its name.
        elsewhere: problems that are tried on another device; the first where none is named.
        recognition: how far, relatively, an answer may be from a known mistake's and still be it.
            0 stands for the dtype's rounding; an iteration multiplies it. Numbers that are not
            finite are alike then, too: where a mistake runs away, no two spellings meet.

    """

    name: str
    arguments: tuple[str, ...]
    problems: tuple[Spec, ...]
    stages: tuple[Stage, ...]
    keywords: tuple[str, ...] = ()
    agreement: Agreement = EXACT
    cost: Cost | None = None
    not_allowed: tuple[str, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    driver: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    caps: Mapping[str, int] = field(default_factory=dict)
    elsewhere: tuple[Spec, ...] = ()
    recognition: float = 0.0

    def __post_init__(self) -> None:
        """Raise CourseError for a rule that cannot be held to, or that costs nothing to break."""
        for name in self.not_allowed:
            why = guardable(name)
            if why:
                raise CourseError(f"{self.name} cannot refuse {name}: {why}")
        for stage in self.stages:
            if not stage.weight and not any(stage.name in other.needs for other in self.stages):
                raise CourseError(
                    f"{self.name}: whoever fails the stage {stage.name!r} loses nothing by it, for "
                    "it has no weight and no other stage needs it; give it a weight"
                )

    @property
    def given(self) -> Arguments:
        """What a call hands over."""
        return Arguments(self.arguments, self.keywords)

    def checks(self) -> Iterator[Check]:
        """List the checks in the order in which they run."""
        for stage in self.stages:
            if stage.cases is None:
                yield Check(stage)
            else:
                yield from (Check(stage, case) for case in stage.cases(self))


def core(task: TaskChecks) -> tuple[Spec, ...]:
    """List the problems whose values must be right before cost is looked at."""
    return tuple(spec for spec in task.problems if spec.core)


def edges(task: TaskChecks) -> tuple[Spec, ...]:
    """List the special cases."""
    return tuple(spec for spec in task.problems if not spec.core)


def insert(stages: tuple[Stage, ...], new: Stage, *, before: str) -> tuple[Stage, ...]:
    """Put a stage before the one of that name."""
    place = [stage.name for stage in stages].index(before)
    return (*stages[:place], new, *stages[place:])
