"""The words that a browser shows for a verdict: names of checks, statuses, sentences of a hint."""

from __future__ import annotations

import re

from markupsafe import Markup

from graders.checks.words import fault_sentence
from graders.judge.verdict import CheckVerdict, Status, TaskVerdict
from graders.outlets.terminal import paragraphs
from graders.sandbox.spec import Spec

STATUSES: dict[Status, tuple[str, str]] = {
    "passed": ("✓", "passed"),
    "failed": ("✗", "failed"),
    "skipped": ("–", "not reached"),
    "error": ("!", "not judged"),
}
"""A sign and a word for each status, so that colour carries nothing by itself."""

_SENTENCE = re.compile(r".*?[.?!](?=\s|$)", re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")


def check_title(task: TaskVerdict, check: CheckVerdict) -> str:
    """Spell out a check: "The values are right: mlp with n = 47"."""
    title = task.stage(check.stage).title
    return f"{title}: {spec_title(check.case)}" if check.case is not None else title


def spec_title(spec: Spec) -> str:
    """Spell out a problem: "mlp with n = 1,000 in float32"."""
    words = [problem_title(spec.name)]
    given = [f"{key} = {_number(value)}" for key, value in spec.parameters]
    words += [f"with {' and '.join(given)}"] if given else []
    words += [f"in {spec.dtype}"] if spec.dtype != "float64" else []
    return " ".join(words)


def problem_title(name: str) -> str:
    """Write a problem's name as words."""
    return name.replace("_", " ")


def mistake_title(name: str) -> str:
    """Write the catalogue's name of a mistake as words."""
    return name.replace("_", " ")


def first_sentence(text: str) -> str:
    """Give the first sentence of a hint, without its line breaks."""
    first = next(iter(paragraphs(text)), "")
    found = _SENTENCE.match(first)
    return found[0] if found else first


def public_message(check: CheckVerdict) -> str:
    """Give a check's message; of a fault in the grader itself only the kind.

    What an unforeseen exception says may quote an expected value or a line of a hidden test.
    """
    fault = check.fault
    if fault is None:
        return check.message
    return fault_sentence(fault, in_full=fault.kind == "GraderFaultError")


def with_code(text: str) -> Markup:
    """Escape a text and set what stands between backticks as code."""
    pieces = _CODE.split(text)
    marked = (
        Markup("<code>{}</code>").format(piece) if place % 2 else Markup.escape(piece)
        for place, piece in enumerate(pieces)
    )
    return Markup("").join(marked)


def state_of(task: TaskVerdict) -> tuple[str, str, str]:
    """Give a task's state as a name for the style sheet, a sign and words."""
    if task.needs_person:
        return "person", "!", "waits for a person"
    if task.passed:
        return "passed", "✓", "passed"
    if task.unwritten:
        return "open", "·", "not written yet"
    return "failed", "✗", "not there yet"


def _number(value: object) -> str:
    return f"{value:,}" if type(value) is int else str(value)
