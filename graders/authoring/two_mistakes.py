"""Answers with two known mistakes at once, made of the catalogue, to see which are named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from graders.authoring.specimens import both_mistakes, catalogue, solution, spread
from graders.checks.asking import Asking
from graders.checks.mistakes import Mistake
from graders.course import Topic
from graders.judge.evidence import mistake_is_right
from graders.judge.process_session import process_session


@dataclass(frozen=True)
class Named:
    """What was said of an answer with two mistakes: their names, and those that were told."""

    pair: tuple[str, str]
    told: tuple[str, ...]

    @property
    def truly(self) -> bool:
        """Whether one of the two was named, or both."""
        return bool(self.told) and set(self.told) <= set(self.pair)


def compatible_pairs(topic: Topic, task: str) -> list[tuple[Mistake, Mistake]]:
    """List the pairs of a task's mistakes of which each does harm where the other does none.

    Only mistakes that show in the values: what a symptom gives away is named beside them anyway.
    """
    mistakes = [one for one in catalogue(topic) if one.task == task and one.symptom is None]
    with process_session().judgement(solution(topic)) as judgement:
        (asking,) = [one for one in judgement.askings if one.task.name == task]
        harm = {one.name: _harmed(one, asking) for one in mistakes}
    return [
        (one, other)
        for one, other in combinations(mistakes, 2)
        if harm[one.name] - harm[other.name] and harm[other.name] - harm[one.name]
    ]


def _harmed(mistake: Mistake, asking: Asking) -> set[int]:
    """Say on which core problems it does harm, by their places."""
    problems = enumerate(asking.task.problems)
    return {
        place
        for place, spec in problems
        if spec.core and not mistake_is_right(mistake, spec, asking)
    }


def name_pairs(topic: Topic, task: str, most: int | None) -> Iterator[Named]:
    """Judge answers with two mistakes: every compatible pair, or `most` spread evenly over them."""
    session = process_session()
    for pair in spread(compatible_pairs(topic, task), most):
        with session.judgement(both_mistakes(topic, *pair)) as judgement:
            judgement.run_all({task})
            (judged,) = judgement.verdict(session.launcher.isolation).tasks
        told = judged.first_failure.mistakes if judged.first_failure else ()
        yield Named((pair[0].name, pair[1].name), told)
