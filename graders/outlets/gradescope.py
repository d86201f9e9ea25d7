"""A verdict as the `results.json` of a Gradescope autograder.

The format is described at https://gradescope-autograders.readthedocs.io/en/latest/specs/.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from graders.judge.verdict import TaskVerdict, Verdict
from graders.outlets.feedback_html import task_feedback_text


def results(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Show the tasks of one submission as Gradescope's tests, one for each task.

    A task that waits for a person has no `score`; where there is one, no total is given either, so
    that Gradescope never shows points that nobody has decided on.
    """
    waits = any(verdict.needs_person for verdict in verdicts)
    tests = [_test(verdict, task) for verdict in verdicts for task in verdict.tasks]
    found: dict[str, Any] = {
        "output": _head(verdicts, waits),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
    }
    if not waits:
        found["score"] = round(sum(verdict.score for verdict in verdicts), 4)
    return found


def results_json(verdicts: Sequence[Verdict]) -> str:
    """Write `results` as the text of the file."""
    return json.dumps(results(verdicts), ensure_ascii=False, indent=1, allow_nan=False)


def _test(verdict: Verdict, task: TaskVerdict) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": f"{verdict.topic}.{task.name}",
        "max_score": task.max_score,
        "output": task_feedback_text(task),
        "output_format": "text",
        "visibility": "visible",
    }
    if not task.needs_person:
        found["score"] = task.score
        found["status"] = "passed" if task.passed else "failed"
    return found


def _head(verdicts: Sequence[Verdict], waits: bool) -> str:
    if waits:
        return "Something could not be judged, through no fault of yours: a person will look at it."
    notes = [note for verdict in verdicts for note in verdict.notes]
    return "\n".join(notes)
