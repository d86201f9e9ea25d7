"""What is known of a class, read from the verdict store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from graders.classroom.grading import known_already
from graders.classroom.handed_in import HandedIn
from graders.classroom.store import Ruling, VerdictStore
from graders.judge.verdict import Verdict


def class_verdicts(
    folder: Path, handed_in: Mapping[str, Sequence[HandedIn]], ruling: Ruling
) -> tuple[dict[str, dict[str, Verdict]], dict[str, str]]:
    """Give each student's verdicts by topic, and for whom something is missing, why."""
    store = VerdictStore.of_course(folder)
    verdicts: dict[str, dict[str, Verdict]] = {}
    problems: dict[str, list[str]] = {}
    for student, notebooks in handed_in.items():
        for one in notebooks:
            found = known_already(store, one, ruling)
            if found is None:
                why = f"{one.path.name} is not judged; run `dojo grade` (again)"
                problems.setdefault(student, []).append(why)
            elif found.verdict is None:
                problems.setdefault(student, []).append(found.fault)
            else:
                verdicts.setdefault(student, {})[one.topic.path] = found.verdict
    return verdicts, {student: " – ".join(reasons) for student, reasons in problems.items()}
