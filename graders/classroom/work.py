"""What is written for a student, as it goes to the process that writes it.

This module brings in neither nbgrader's converters nor torch: the process that shares the work out
has no need of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from graders.classroom.store import Ruling


@dataclass(frozen=True)
class Paper:
    """A notebook of a student as it was judged: its hash and where its verdict is stored.

    `verdict` is one that is not stored, as JSON; `fault` says why there is none at all. `score` is
    None where a person has to say it.
    """

    notebook: str
    digest: str
    key: str = ""
    verdict: str = ""
    fault: str = ""
    score: float | None = None
    max_score: float = 0.0


@dataclass(frozen=True)
class Papers:
    """What a student handed in, and which steps it needs."""

    student: str
    papers: tuple[Paper, ...]
    autograde: bool = True
    feedback: bool = True


@dataclass(frozen=True)
class Job:
    """What `convert` is to do, and where. The ruling holds for what is judged there after all."""

    folder: str
    assignment: str
    students: tuple[Papers, ...]
    ruling: Ruling
