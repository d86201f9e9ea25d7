"""The verdict as a student reads it in a browser: what matters first, the hint, then each check.

A fragment brings its style along and stands in any page, light or dark. Its meaning is in tags,
words and classes and its picture is a PNG, so that what a sanitiser leaves of it reads the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from graders.judge.verdict import CheckVerdict, TaskVerdict, Verdict
from graders.outlets.drawing import Picture
from graders.outlets.measurements import broken_off, measurements_of
from graders.outlets.memory_picture import memory_picture
from graders.outlets.pages import render, style
from graders.outlets.terminal import clean, headline, message_parts, paragraphs, points_of
from graders.outlets.wording import STATUSES, check_title, public_message, state_of

FEEDBACK_CSS = str(style("feedback.css"))

PERSON = (
    "This task could not be judged, through no fault of yours. No points were taken off for it: "
    "a person will look at it."
)
_UNCONFINED = "Your code ran in a process of its own, with time limits but not confined."


@dataclass(frozen=True)
class _Line:
    """One check as a line of the list; `said` is what the student is told of it."""

    state: str
    sign: str
    word: str
    title: str
    said: str


def task_feedback_html(task: TaskVerdict) -> str:
    """Show a task's points, what matters first, the hint, its cost and each check, as HTML."""
    return styled(task_card(task))


def verdict_feedback_html(verdict: Verdict) -> str:
    """Show all tasks of a topic as HTML, in the order of the notebook."""
    tasks = "".join(task_card(task) for task in verdict.tasks)
    words = [headline(verdict)] if len(verdict.tasks) > 1 else []
    words += remarks_on(verdict)
    head = plain_card(words) if words else ""
    return styled(f'<section class="dojo-topic">{head}{tasks}</section>')


def plain_feedback_html(words: Sequence[str]) -> str:
    """Show sentences that belong to no check as HTML."""
    return styled(plain_card(words))


def task_feedback_text(task: TaskVerdict) -> str:
    """Show what `task_feedback_html` shows as plain text."""
    _, _, words = state_of(task)
    lines = [f"{task.name}: {words}, {_points(task)}"]
    lines += [PERSON] if task.needs_person else []
    first = task.first_failure
    if first is not None:
        lines += _told(first)
        lines += [f"Hint: {' '.join(paragraphs(first.advice))}"] if first.advice else []
    lines += [f"{line.word}: {line.title} {line.said}".rstrip() for line in _lines(task)]
    return "\n".join(clean(line) for line in lines)


def plain_feedback_text(words: Sequence[str]) -> str:
    """Show sentences that belong to no check as plain text."""
    return "\n\n".join(clean(sentence) for sentence in words)


def styled(html: str) -> str:
    """Put the style before HTML of this module, which then stands in any page."""
    return f"<style>{FEEDBACK_CSS}</style>\n{html}"


def plain_card(words: Sequence[str]) -> Markup:
    """Show sentences that belong to no check as HTML without its style."""
    return Markup(render("plain.html.j2", paragraphs=words))  # noqa: S704 (the template escapes)


def task_card(task: TaskVerdict) -> Markup:
    """Show what `task_feedback_html` shows without its style."""
    state, sign, words = state_of(task)
    first = task.first_failure
    message = _told(first) if first else []
    passed = sum(check.status == "passed" for check in task.checks)
    return Markup(  # noqa: S704 (the template escapes)
        render(
            "task.html.j2",
            task=task,
            state=state,
            sign=sign,
            words=words,
            points=_points(task),
            person=PERSON,
            message=[part.strip() for part in message],
            hint=paragraphs(first.advice) if first and first.advice else [],
            picture=_picture(task),
            summary=f"{passed} of {len(task.checks)} checks passed",
            # Where nothing passed, the list only repeats that nothing else was reached.
            is_open=state == "failed" and passed > 0,
            checks=list(_lines(task)),
        )
    )


def _points(task: TaskVerdict) -> str:
    if task.needs_person:
        return f"worth {task.max_score:.4g} points"
    return points_of(task.score, task.max_score)


def _picture(task: TaskVerdict) -> Picture | None:
    found = measurements_of(task)
    return memory_picture(found, broken_off(task)) if found else None


def _lines(task: TaskVerdict) -> Iterator[_Line]:
    for check in task.checks:
        sign, word = STATUSES[check.status]
        state = {"skipped": "open", "error": "person"}.get(check.status, check.status)
        is_told = check is task.first_failure or check.status in ("passed", "skipped")
        yield _Line(state, sign, word, check_title(task, check), "" if is_told else _said(check))


def _told(check: CheckVerdict) -> list[str]:
    return message_parts(check) if check.failure is not None else [public_message(check)]


def _said(check: CheckVerdict) -> str:
    return " ".join(public_message(check).split())


def remarks_on(verdict: Verdict) -> Iterator[str]:
    """Tell what no check tells: cells that did not run, and that nothing was confined."""
    told = " ".join(check.message for task in verdict.tasks for check in task.checks)
    yield from (note for note in verdict.notes if note not in told)
    if verdict.isolation != "confined":
        yield _UNCONFINED
