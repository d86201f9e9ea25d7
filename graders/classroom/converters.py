"""nbgrader's own converters, for several students in one go and with verdicts that are there.

Autograde and feedback of a few students run in a process of a pool, from the stored verdicts to the
gradebook, autograded/ and feedback/.
"""

from __future__ import annotations

import glob
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from nbformat import NotebookNode
from nbgrader.api import Grade, SubmittedAssignment
from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.converters.base import BaseConverter
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import capture_log
from traitlets.config import Config

from graders.classroom.failures import in_words_at
from graders.classroom.one_gradebook import OneGradebook, use_one_gradebook
from graders.classroom.points_to_know import waiting_by_hand
from graders.classroom.quicker import quicker
from graders.classroom.settings import load_config
from graders.classroom.store import VerdictStore
from graders.classroom.work import Job, Paper
from graders.course.submission import Submission
from graders.judge.verdict import TaskVerdict, Verdict
from graders.outlets.nbgrader.autograde import JudgeCells
from graders.outlets.nbgrader.course_folder import quiet
from graders.outlets.nbgrader.folder import require_looked_through
from graders.outlets.nbgrader.timestamp import require_time
from graders.sandbox.processes import GraderFaultError


def convert(job: Job) -> tuple[str, ...]:
    """Bring students' verdicts into the gradebook; for each an empty text, or why it failed."""
    use_one_gradebook()
    faults = {papers.student: "" for papers in job.students}
    with quiet("traitlets", "tornado.application"), _verdicts_at_hand(job):
        faults.update(_run(ManyAutograde, job, [p.student for p in job.students if p.autograde]))
        for_feedback = [p.student for p in job.students if p.feedback and not faults[p.student]]
        faults.update(_run(ManyFeedback, job, for_feedback))
    return tuple(faults.values())


class _Many(BaseConverter):
    """Takes the students named in `students`, in place of all that a pattern matches."""

    students: tuple[str, ...] = ()
    notebooks: list[str]
    begun: set[str]
    done: set[str]
    why_not: dict[str, str]

    def init_notebooks(self) -> None:
        """Find the notebooks of each student."""
        self.begun, self.done = set(), set()
        self.why_not = {}
        self.notebooks = []
        folders = [self._format_source(self.coursedir.assignment_id, who) for who in self.students]
        found = {folder: glob.glob(f"{glob.escape(folder)}/*.ipynb") for folder in folders}
        self.assignments = {folder: paths for folder, paths in found.items() if paths}

    def init_destination(self, assignment_id: str, student_id: str) -> bool:
        """Note whose turn it is, and what is in the way."""
        self._student = student_id
        self.begun.add(student_id)
        with self._noting():
            return bool(super().init_destination(assignment_id, student_id))

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """Begin with a student; note what is in the way."""
        with self._noting():
            super().init_assignment(assignment_id, student_id)

    def convert_single_notebook(self, notebook_filename: str) -> None:
        """Convert a notebook; note what is in the way."""
        with self._noting():
            super().convert_single_notebook(notebook_filename)

    def set_permissions(self, assignment_id: str, student_id: str) -> None:
        """Note who has come to the last step."""
        with self._noting():
            super().set_permissions(assignment_id, student_id)
        self.done.add(student_id)

    @contextmanager
    def _noting(self) -> Iterator[None]:
        """Keep the error itself: nbgrader logs it, and then raises one that says to look there."""
        try:
            yield
        except Exception as error:
            self.why_not[self._student] = in_words_at(error, self._place())
            raise

    def _place(self) -> Path:
        return Path(self._format_source(self.coursedir.assignment_id, self._student))


class ManyAutograde(_Many, Autograde):
    """`nbgrader autograde` for the students of a job."""

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """Begin with a student; a notebook that is gone goes on waiting for a person to look."""
        waiting = self._waiting(assignment_id, student_id)
        super().init_assignment(assignment_id, student_id)
        if waiting:
            with OneGradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
                grades = gradebook.db.query(Grade).filter(Grade.id.in_(waiting))
                grades.update({"needs_manual_grade": True}, synchronize_session=False)

    def _waiting(self, assignment_id: str, student_id: str) -> list[str]:
        """List the points by hand that wait: nbgrader strikes those of a notebook that is gone."""
        with OneGradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            everybody = waiting_by_hand(gradebook, assignment_id, Grade.id)
            rows = everybody.filter(SubmittedAssignment.student_id == student_id)
            return [name for (name,) in rows]

    def run_pre_convert_hook(self) -> None:
        """Copy nothing where the hook could not do its work: nbgrader only logs that."""
        with self._noting():
            require_time(self._place())
            super().run_pre_convert_hook()
            require_looked_through(self._place())


class ManyFeedback(_Many, GenerateFeedback):
    """`nbgrader generate_feedback` for the students of a job."""


class VerdictCells(JudgeCells):
    """Writes points from verdicts that are at hand; what has changed since is judged here."""

    papers: ClassVar[dict[tuple[str, str], Paper]] = {}
    store: ClassVar[VerdictStore]

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Keep in mind which notebook it is."""
        self._about = resources["nbgrader"]
        return super().preprocess(nb, resources)

    def _judge(self, submission: Submission) -> dict[str, TaskVerdict]:
        paper = self.papers.get((self._about["student"], self._about["notebook"]))
        if paper is None or self.parent.digest != paper.digest:
            return super()._judge(submission)
        if paper.fault:
            raise GraderFaultError(paper.fault)
        verdict = Verdict.from_json(paper.verdict) if paper.verdict else self.store.get(paper.key)
        return (
            {task.name: task for task in verdict.tasks} if verdict else super()._judge(submission)
        )


@cache
def _quick_config(folder: str) -> Config:
    return quicker(load_config(Path(folder)))


def _run(kind: type[_Many], job: Job, students: Sequence[str]) -> dict[str, str]:
    """Run a converter for students; give those that did not get to the end of it, and why."""
    if not students:
        return {}
    config = Config(_quick_config(job.folder))
    config.JudgeCells.seed = job.ruling.seed
    if job.ruling.isolation is not None:
        config.JudgeCells.isolation = job.ruling.isolation
    coursedir = CourseDirectory(config=config)
    coursedir.assignment_id = job.assignment
    converter = kind(coursedir=coursedir, config=config)
    converter.students = tuple(students)
    converter.force = True
    result = capture_log(converter)
    why_not = dict.fromkeys(converter.begun - converter.done, "nbgrader passed it over")
    why_not |= converter.why_not
    # An error of the database ends the run, also for those whose turn has not come.
    last = [*converter.why_not.values()][-1] if converter.why_not else _last_line(result)
    return {who: why_not.get(who, last) for who in students if who not in converter.done}


def _last_line(result: dict[str, Any]) -> str:
    said = f"{result.get('log') or ''}{result.get('error') or ''}"
    lines = [line for line in said.strip().splitlines() if line.strip()]
    return lines[-1] if lines else "nbgrader found nothing to grade"


@contextmanager
def _verdicts_at_hand(job: Job) -> Iterator[None]:
    VerdictCells.papers = {
        (papers.student, paper.notebook): paper
        for papers in job.students
        for paper in papers.papers
    }
    VerdictCells.store = VerdictStore.of_course(Path(job.folder))
    try:
        yield
    finally:
        VerdictCells.papers = {}
