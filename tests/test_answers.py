"""Right answers in every form earn full marks; wrong ones are named, in every spelling."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from specimens_of_answers import (
    TOPICS,
    Specimen,
    in_one,
    one_spelling_each,
    right_answers,
    wrong_answers,
)
from warm import SESSION

from graders import course
from graders.authoring.specimens import catalogue
from graders.judge.verdict import Verdict

Together = dict[str, Specimen]

EACH_TOPIC = pytest.mark.parametrize("topic", TOPICS)


def side_by_side(specimens: Iterable[Specimen]) -> list[Together]:
    """Put answers to different tasks into one submission: a quarter of the time for all."""
    found: list[Together] = []
    for one in specimens:
        place = next((group for group in found if one.task not in group), None)
        if place is None:
            found.append(place := {})
        place[one.task] = one
    return found


def judge_each(topic: str, together: list[Together]) -> Iterator[Verdict]:
    """Judge the tasks that are answered otherwise than by the solution, and no other."""
    for group in together:
        with SESSION.judgement(in_one(topic, list(group.values()))) as judgement:
            for task in group:
                judgement.run_all({task})
            yield judgement.verdict(SESSION.launcher.isolation)


@pytest.mark.lowest
@EACH_TOPIC
def test_every_right_method_earns_full_marks_and_no_hint(topic: str) -> None:
    together = side_by_side(right_answers(topic))
    faults = [
        f"{task.name} by {one[task.name].name}: {check.name} {check.status}: {check.message}"
        for one, verdict in zip(together, judge_each(topic, together), strict=True)
        for task in verdict.tasks
        for check in task.checks
        if check.status != "passed" or check.mistake
    ]
    assert not faults, "\n".join(faults)


@EACH_TOPIC
def test_every_task_has_at_least_three_right_methods(topic: str) -> None:
    counts = {task.name: 0 for task in course.topic(topic).tasks}
    for one in right_answers(topic):
        counts[one.task] += 1
    assert min(counts.values()) >= 3, counts


@EACH_TOPIC
def test_a_mistake_is_named_in_another_spelling(topic: str) -> None:
    """That a mistake costs nothing on other tasks, `dojo verify` proves for each by itself."""
    together = side_by_side(one_spelling_each(topic))
    faults = []
    for one, verdict in zip(together, judge_each(topic, together), strict=True):
        for task in verdict.tasks:
            named = [check.mistake for check in task.checks if check.mistake]
            wrong = one[task.name]
            if named != [wrong.name] or task.passed:
                first = task.first_failure
                told = f"{first.name}: {first.message[:200]}" if first else "no failure"
                faults.append(f"{task.name}: {wrong.name} was named {named} ({told})")
    assert not faults, "\n".join(faults)


@EACH_TOPIC
def test_every_mistake_of_the_catalogue_has_two_spellings(topic: str) -> None:
    spelled = [(one.task, one.name) for one in wrong_answers(topic)]
    short = [m.name for m in catalogue(course.topic(topic)) if spelled.count((m.task, m.name)) < 2]
    assert not short, f"fewer than two spellings: {short}"
