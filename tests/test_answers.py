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
from graders.authoring import specimens
from graders.authoring.verify import faults_of_mistake, naming_faults
from graders.judge.verdict import Verdict

Together = dict[str, Specimen]
# A class is graded on numbers of its own, and what is proved on one seed need not hold on another.
SEEDS_OF_CLASSES = (7001, 88_002, 12_345_678_901)

EACH_TOPIC = pytest.mark.parametrize("topic", TOPICS)


def side_by_side(answers: Iterable[Specimen]) -> list[Together]:
    """Put answers to different tasks into one submission: a quarter of the time for all."""
    found: list[Together] = []
    for one in answers:
        place = next((group for group in found if one.task not in group), None)
        if place is None:
            found.append(place := {})
        place[one.task] = one
    return found


def judge_each(topic: str, together: list[Together], seed: int = 0) -> Iterator[Verdict]:
    """Judge the tasks that are answered otherwise than by the solution, and no other."""
    for group in together:
        with SESSION.judgement(in_one(topic, list(group.values())), seed=seed) as judgement:
            for task in group:
                judgement.run_all({task})
            yield judgement.verdict(SESSION.launcher.isolation)


def of_right_methods(topic: str, seed: int) -> list[str]:
    """Say which right method is told that something is not right."""
    together = side_by_side(right_answers(topic))
    return [
        f"{task.name} by {one[task.name].name}: {check.name} {check.status}: {check.message}"
        for one, verdict in zip(together, judge_each(topic, together, seed), strict=True)
        for task in verdict.tasks
        for check in task.checks
        if check.status != "passed" or check.mistake
    ]


@pytest.mark.lowest
@EACH_TOPIC
def test_every_right_method_earns_full_marks_and_no_hint(topic: str) -> None:
    faults = of_right_methods(topic, seed=0)
    assert not faults, "\n".join(faults)


@pytest.mark.long
@EACH_TOPIC
@pytest.mark.parametrize("seed", SEEDS_OF_CLASSES)
def test_so_it_does_on_the_numbers_of_any_class(topic: str, seed: int) -> None:
    faults = of_right_methods(topic, seed)
    other = specimens.other_ways(course.topic(topic))
    assert other is not None
    (verdict,) = SESSION.judge([other], seed=seed)
    faults += [f"other_ways.py, {task.name}" for task in verdict.tasks if not task.passed]
    assert not faults, "\n".join(faults)


@pytest.mark.long
@EACH_TOPIC
@pytest.mark.parametrize("seed", SEEDS_OF_CLASSES)
def test_no_mistake_passes_or_has_another_name_on_the_numbers_of_any_class(
    topic: str, seed: int
) -> None:
    """In the catalogue's spelling it has its name; in another a second thing may go wrong, too."""
    together = side_by_side(one_spelling_each(topic))
    faults = []
    for one, verdict in zip(together, judge_each(topic, together, seed), strict=True):
        for task in verdict.tasks:
            named = {check.mistake for check in task.checks if check.mistake}
            if task.passed or not named <= {one[task.name].name}:
                faults.append(f"{task.name}: {one[task.name].name} is named {named or 'right'}")
    here = course.topic(topic)
    for mistake in specimens.catalogue(here):
        faults += faults_of_mistake(here, mistake, SESSION, {mistake.task}, seed=seed)
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
    known = {(one.task, one.name): one for one in specimens.catalogue(course.topic(topic))}
    faults = []
    for one, verdict in zip(together, judge_each(topic, together), strict=True):
        for task in verdict.tasks:
            faults += naming_faults(known[task.name, one[task.name].name], task)
    assert not faults, "\n".join(faults)


@EACH_TOPIC
def test_every_mistake_of_the_catalogue_has_two_spellings(topic: str) -> None:
    spelled = [(one.task, one.name) for one in wrong_answers(topic)]
    known = specimens.catalogue(course.topic(topic))
    short = [m.name for m in known if spelled.count((m.task, m.name)) < 2]
    assert not short, f"fewer than two spellings: {short}"
