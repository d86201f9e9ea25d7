"""Judge all that a class has handed in, on any executor, keeping every verdict at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Any

from graders.classroom.batches import Answer, Question, batch_of, judge_batch
from graders.classroom.handed_in import HandedIn
from graders.classroom.pool import Crew
from graders.classroom.store import Ruling, VerdictStore, key_of
from graders.course import Topic
from graders.course.submission import UnreadableSubmissionError
from graders.judge.verdict import Verdict


@dataclass(frozen=True)
class Judged:
    """A notebook with what it earned, of how much, or with a sentence on why that is not known.

    A verdict that was stored before stays in the store.
    """

    handed_in: HandedIn
    points: tuple[float, float] | None = None
    verdict: Verdict | None = None
    fault: str = ""
    from_store: bool = False

    @classmethod
    def now(cls, one: HandedIn, verdict: Verdict | None, fault: str) -> Judged:
        """Give what has just been judged."""
        points = (verdict.score, verdict.max_score) if verdict is not None else None
        return cls(one, points, verdict, fault)


def judge_class(
    handed_in: Sequence[HandedIn],
    store: VerdictStore,
    crew: Crew,
    ruling: Ruling,
    *,
    afresh: bool = False,
) -> Iterator[Judged]:
    """Give each notebook's verdict as it is ready: from the store, or else judged and stored.

    The same bytes are judged once, whoever handed them in. With `afresh` the store is written but
    not read. ConfinementError where a machine cannot confine student code.
    """
    twins: dict[str, list[HandedIn]] = {}
    for one in handed_in:
        if one.problem:
            yield Judged(one, fault=one.problem, from_store=True)
            continue
        key = key_of(one.digest, one.topic, ruling)
        known = None if afresh else _known(one, key, store)
        if known is not None:
            yield known
        else:
            twins.setdefault(key, []).append(one)

    changed: dict[str, str] = {}

    def start(executor: Executor, batch: Sequence[str]) -> Future[Any]:
        questions = tuple(_question(key, twins[key], changed) for key in batch)
        return executor.submit(judge_batch, batch_of(questions, ruling))

    for done in crew.run(_by_topic(twins), start):
        answer = done.result or Answer(fault=done.fault)
        if done.item in changed:
            # What was judged in its place is nobody's, and is not kept under their hash.
            answer = Answer(fault=changed[done.item])
        verdict = Verdict.from_json(answer.verdict) if answer.verdict else None
        if verdict is not None:
            store.put(done.item, verdict)
        if answer.unreadable:
            store.put_unreadable(done.item, answer.unreadable)
        why = answer.fault or answer.unreadable
        yield from (Judged.now(one, verdict, why) for one in twins[done.item])


def _known(one: HandedIn, key: str, store: VerdictStore) -> Judged | None:
    points = store.points(key)
    if points is not None:
        return Judged(one, points, from_store=True)
    why = store.get_unreadable(key)
    return Judged(one, fault=why, from_store=True) if why else None


def _by_topic(twins: dict[str, list[HandedIn]]) -> list[list[str]]:
    """Group keys by topic, so that a batch shares its graders; the longest come first."""
    groups: dict[Topic, list[str]] = {}
    for key, same in twins.items():
        groups.setdefault(same[0].topic, []).append(key)
    by_tasks = sorted(groups, key=lambda topic: (-len(topic.tasks), topic.path))
    return [groups[topic] for topic in by_tasks]


def _question(key: str, same: Sequence[HandedIn], changed: dict[str, str]) -> Question:
    """Read what is to be judged from the first of its twins that still holds it.

    Where none does, note in `changed` why, by its key.
    """
    why = ""
    for one in same:
        try:
            return Question(one.path.name, one.topic.path, one.content())
        except UnreadableSubmissionError as error:
            why = why or str(error)
    changed[key] = why
    return Question(same[0].path.name, same[0].topic.path, b"")
