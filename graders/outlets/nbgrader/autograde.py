"""Where nbgrader would execute a notebook: have it judged, and write the points into its cells."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades
from traitlets import Enum, Integer

from graders.course.notebook import CHECK_PREFIX
from graders.course.submission import Submission
from graders.judge.process_session import process_session
from graders.judge.session import ConfinementError, Session
from graders.judge.verdict import TaskVerdict
from graders.limits import MAX_CHECKS
from graders.outlets.feedback_html import (
    plain_card,
    plain_feedback_text,
    styled,
    task_card,
    task_feedback_text,
)
from graders.outlets.nbgrader.by_hand import (
    graded_for,
    has_words_elsewhere,
    is_empty,
    theirs_of,
)
from graders.outlets.nbgrader.class_seed import private, seed_of_class
from graders.outlets.nbgrader.graded_for import Answers
from graders.outlets.nbgrader.lesson_texts import lesson_texts
from graders.outlets.nbgrader.rebuild import OURS, note
from graders.sandbox.processes import GraderFaultError

_ELSEWHERE = (
    "Nothing stands here, but other cells hold words of yours: a person looks for the answer."
)
_OLDER = (
    "This was graded by another version of the course; its feedback comes with the next grading."
)


class JudgeCells(NbGraderPreprocessor):
    """Writes one number into each check cell, the points of its task. Never raises."""

    seed = Integer(
        None,
        allow_none=True,
        help="The seed of the problems that submissions are judged on; by default the class's.",
    ).tag(config=True)
    isolation = Enum(
        ["confined", "process"],
        default_value="confined",
        help="How student code is run: 'confined' (Linux), or 'process': with time limits only.",
    ).tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Judge the submission that this notebook was made from."""
        about = resources["nbgrader"]
        where = f"{about['student']}/{about['assignment']}/{about['notebook']}"
        # Taken away, so that it is judged for nobody else.
        submission, self.parent.submission = getattr(self.parent, "submission", None), None
        fault = ""
        tasks: dict[str, TaskVerdict] = {}
        try:
            if submission is not None:
                tasks = self._judge(submission)
        except Exception as error:
            fault = f"The grader failed: {error}"
            self.log.error("%r: %s. A person has to grade it.", where, fault)
        for cell in _check_cells(nb):
            _write(cell, tasks, fault)
            if note(cell)["needs_person"] and not fault and tasks:
                self.log.error(
                    "%r: %s could not be graded through no fault of the student's. "
                    "A person has to grade it.",
                    where,
                    cell.metadata.nbgrader.grade_id,
                )
        return nb, resources

    def _judge(self, submission: Submission) -> dict[str, TaskVerdict]:
        session = process_session(self.isolation)
        _make_sure_of(session)
        (verdict,) = session.judge([submission], seed=self._seed(session))
        return {task.name: task for task in verdict.tasks}

    def _seed(self, session: Session) -> int:
        if self.seed is not None:
            return private(self.seed, "c.JudgeCells.seed in nbgrader_config.py")
        return seed_of_class(Path(CourseDirectory(config=self.config).root), session)


def _make_sure_of(session: Session) -> None:
    """Refuse to run students' code less confined than the instructor said."""
    try:
        session.require_confinement()
    except ConfinementError as error:
        raise GraderFaultError(
            f"{error} (in nbgrader: c.JudgeCells.isolation = 'process' in nbgrader_config.py)"
        ) from None


class SaveGrades(SaveAutoGrades):
    """Saves the points, and leaves to a person what only one can say.

    That is what could not be graded, what has points by hand and has changed since, and a written
    answer that is empty where there are words of the student's in another cell.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Save the points of a notebook, and note what they were given for."""
        about, coursedir = resources["nbgrader"], self.parent.parent.coursedir
        self._theirs = theirs_of(nb)
        self._answers: Answers | None = None
        self._unsaved = sum(map(utils.is_grade, nb.cells))
        empty = any(_is_written(cell) and is_empty(cell) for cell in nb.cells)
        self._has_words = empty and has_words_elsewhere(nb, lesson_texts(coursedir, about))
        return super().preprocess(nb, resources)

    def _add_score(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        name = cell.metadata.nbgrader.grade_id
        grade = self.gradebook.find_grade(
            name, self.notebook_id, self.assignment_id, self.student_id
        )
        points = self._points_of(cell)
        if self._answers is None:
            self._answers = Answers.of(self.gradebook, grade.notebook_id)
        is_as_before = self._answers.is_as_before(name, graded_for(cell, self._theirs, points))
        by_hand = grade.manual_score is not None
        is_confirmed = by_hand and not grade.needs_manual_grade and is_as_before
        grade.auto_score = points
        grade.needs_manual_grade = (by_hand or points is None) and not is_confirmed
        self._unsaved -= 1
        if self._unsaved == 0:
            self._answers.keep()
        self.gradebook.db.commit()

    def _points_of(self, cell: NotebookNode) -> float | None:
        """Give the points of the machine; None where a person has to say them."""
        if cell.metadata.nbgrader.points == 0:
            return 0.0
        if self._is_for_a_person(cell):
            return None
        points: float | None = utils.determine_grade(cell, self.log)[0]
        return points

    def _add_comment(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        super()._add_comment(cell, resources)
        if self._may_be_elsewhere(cell):
            comment = self.gradebook.find_comment(
                cell.metadata.nbgrader.grade_id,
                self.notebook_id,
                self.assignment_id,
                self.student_id,
            )
            comment.auto_comment = _ELSEWHERE
            self.gradebook.db.commit()

    def _is_for_a_person(self, cell: NotebookNode) -> bool:
        return self._may_be_elsewhere(cell) or bool(note(cell).get("needs_person"))

    def _may_be_elsewhere(self, cell: NotebookNode) -> bool:
        return self._has_words and _is_written(cell) and is_empty(cell)


def _is_written(cell: NotebookNode) -> bool:
    return bool(utils.is_grade(cell) and utils.is_solution(cell))


def _check_cells(nb: NotebookNode) -> Iterator[NotebookNode]:
    for cell in nb.cells:
        if cell.cell_type == "code" and utils.is_grade(cell) and not utils.is_solution(cell):
            yield cell


def _write(cell: NotebookNode, tasks: dict[str, TaskVerdict], fault: str) -> None:
    """Give a check cell its outputs: one number for the gradebook, and words for people."""
    ours = note(cell)
    name = cell.metadata.nbgrader.grade_id.removeprefix(CHECK_PREFIX)
    task = tasks.get(name)
    points = float(cell.metadata.nbgrader.points)
    score = 0.0
    if task is not None:
        worth = task.worth(points)
        kept = replace(worth, checks=task.checks[:MAX_CHECKS])
        ours.update(task=kept.to_json(), needs_person=task.needs_person)
        if not task.needs_person:
            score = min(points, max(0.0, worth.score))
    elif "reason" not in ours:
        ours.update(reason=fault or f"There are no hidden tests for {name}.", needs_person=True)
    number = {"text/plain": repr(score)}
    cell["execution_count"] = None
    cell["outputs"] = [
        NotebookNode(output_type="execute_result", execution_count=None, data=number, metadata={}),
        feedback_output(cell),
    ]


def feedback_output(cell: NotebookNode) -> NotebookNode:
    """Render what is kept with a check cell as an output of it."""
    html, text = told_of(cell)
    data = {"text/html": styled(html), "text/plain": text}
    return NotebookNode(output_type="display_data", data=data, metadata={})


def told_of(cell: NotebookNode) -> tuple[str, str]:
    """Render what is kept with a check cell as HTML without its style, and as plain text."""
    return _told(json.dumps(note(cell)))


# The graded notebook and the page show the same, and in a class many are told the same.
@lru_cache(maxsize=512)
def _told(kept: str) -> tuple[str, str]:
    ours = json.loads(kept)
    before = [str(ours["note"])] if "note" in ours else []
    task = kept_verdict(ours)
    if task is not None:
        html, text = task_card(task), task_feedback_text(task)
    else:
        unread = _OLDER if "task" in ours else "This task was not graded."
        words = [str(ours.get("reason", unread))]
        if ours.get("needs_person"):
            words.append("No points were taken off for it: a person will look at it.")
        html, text = plain_card(words), plain_feedback_text(words)
    first = plain_card(before) if before else ""
    return first + html, plain_feedback_text([*before, text])


def first_words(cell: NotebookNode) -> str:
    """Give what a check cell tells its student first; empty where all is well."""
    ours = cell.metadata.get(OURS, {})
    task = kept_verdict(ours)
    failure = task.first_failure if task is not None else None
    return failure.message if failure is not None else str(ours.get("reason", ""))


def kept_verdict(ours: Mapping[str, Any]) -> TaskVerdict | None:
    """Read back the verdict that is kept with a check cell; None where another version wrote it."""
    try:
        return TaskVerdict.from_json(ours["task"])
    except (KeyError, TypeError, ValueError):
        return None
