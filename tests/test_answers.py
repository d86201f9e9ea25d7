"""Right answers in every form earn full marks; wrong ones are named, in every spelling."""

from __future__ import annotations

import pytest
from specimens_of_answers import TOPICS, right_answers, wrong_answers

from graders import course
from graders.authoring.specimens import catalogue
from graders.judge.judging import judge


@pytest.mark.parametrize("topic", TOPICS)
def test_every_right_method_earns_full_marks_and_no_hint(topic: str) -> None:
    specimens = list(right_answers(topic))
    verdicts = judge([one.submission for one in specimens])
    faults = [
        f"{one.task} by {one.name}: {check.name} {check.status}: {check.message}"
        for one, verdict in zip(specimens, verdicts, strict=True)
        for task in verdict.tasks
        for check in task.checks
        if check.status != "passed" or check.mistake
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("topic", TOPICS)
def test_every_task_has_at_least_three_right_methods(topic: str) -> None:
    counts = {task.name: 0 for task in course.topic(topic).tasks}
    for one in right_answers(topic):
        counts[one.task] += 1
    assert min(counts.values()) >= 3, counts


@pytest.mark.parametrize("topic", TOPICS)
def test_every_spelling_of_a_mistake_is_named_on_its_task_and_costs_no_other(topic: str) -> None:
    specimens = list(wrong_answers(topic))
    verdicts = judge([one.submission for one in specimens])
    faults = []
    for one, verdict in zip(specimens, verdicts, strict=True):
        for task in verdict.tasks:
            named = [check.mistake for check in task.checks if check.mistake]
            if task.name == one.task and (named != [one.name] or task.passed):
                first = task.first_failure
                told = f"{first.name}: {first.message[:200]}" if first else "no failure"
                faults.append(f"{one.task}: {one.name} was named {named} ({told})")
            if task.name != one.task and not task.passed:
                faults.append(f"{one.task}: {one.name} costs points on {task.name}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("topic", TOPICS)
def test_every_mistake_of_the_catalogue_has_two_spellings(topic: str) -> None:
    spelled = [(one.task, one.name) for one in wrong_answers(topic)]
    short = [m.name for m in catalogue(course.topic(topic)) if spelled.count((m.task, m.name)) < 2]
    assert not short, f"fewer than two spellings: {short}"
