"""What is known of a class: from the verdict store, or else from its graded notebooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from graders.classroom.autograded import NotGradedError, graded_verdict
from graders.classroom.handed_in import HandedIn
from graders.classroom.marked_cells import Worth
from graders.classroom.points import Earned
from graders.classroom.store import Ruling, VerdictStore, key_of
from graders.judge.verdict import Verdict


@dataclass
class Overview:
    """Each student's verdicts by topic, and for whom something is missing, why.

    `graded` are the points of those that only the graded notebooks tell of.
    """

    verdicts: dict[str, dict[str, Verdict]] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    graded: dict[str, list[Earned]] = field(default_factory=dict)

    def count_by(self, assignment: str, worth: Worth) -> None:
        """Count the tasks as a gradebook does; what is worth nothing there is left out."""
        counted = {
            f"{assignment}/{name}": {task: most for task, most in points.items() if most > 0}
            for name, points in worth.items()
        }
        for own in self.verdicts.values():
            for topic in own.keys() & counted.keys():
                own[topic] = own[topic].worth(counted[topic])


def overview(folder: Path, handed_in: Mapping[str, Sequence[HandedIn]], ruling: Ruling) -> Overview:
    """Look up what came of all that was handed in."""
    store = VerdictStore.of_course(folder)
    found = Overview()
    for student, notebooks in handed_in.items():
        reasons: list[str] = []
        for one in notebooks:
            try:
                verdict = _verdict(found, store, folder, one, ruling)
            except NotGradedError as error:
                reasons.append(str(error))
            else:
                found.verdicts.setdefault(student, {})[one.topic.path] = verdict
        if reasons:
            found.problems[student] = " – ".join(reasons)
    return found


def _verdict(
    found: Overview, store: VerdictStore, folder: Path, one: HandedIn, ruling: Ruling
) -> Verdict:
    key = key_of(one.digest, one.topic, ruling)
    known = store.get(key)
    if known is not None:
        return known
    why = store.get_unreadable(key)
    if why:
        raise NotGradedError(why)
    verdict = graded_verdict(folder, one, ruling)
    if not verdict.needs_person:
        earned = Earned(one.topic.name, verdict.score, verdict.max_score, one.digest)
        found.graded.setdefault(one.student, []).append(earned)
    return verdict
