"""The words that a browser shows for a verdict: names of checks, statuses, sentences of a hint."""

from __future__ import annotations

import re

from markupsafe import Markup

from graders.judge.verdict import Check, Status, TaskVerdict
from graders.outlets.terminal import is_unwritten, paragraphs

STAGES = {
    "exists": "The function exists",
    "runs": "A first call comes back",
    "shape": "The shape is right",
    "dtype": "The dtype is kept",
    "values": "The values are right",
    "refuses": "Bad input is refused",
    "inputs": "The caller's tensors are left alone",
    "edge": "A special case is right",
    "memory": "Memory stays within a few gradients",
    "passes": "The number of passes does not grow",
    "large": "A million parameters fit",
}
"""What each stage claims, in the order in which the stages run."""

STATUSES: dict[Status, tuple[str, str]] = {
    "passed": ("✓", "passed"),
    "failed": ("✗", "failed"),
    "skipped": ("–", "not reached"),
    "error": ("!", "not judged"),
}
"""A sign and a word for each status, so that colour carries nothing by itself."""

_NAME = re.compile(r"(?P<stage>\w+?)(?:\[(?P<problem>.*)\])?", re.DOTALL)
_PROBLEM = re.compile(r"(?P<name>\w+)(?:\((?P<parameters>.*)\))?\d*", re.DOTALL)
_SENTENCE = re.compile(r".*?[.?!](?=\s|$)", re.DOTALL)
_FAULT = re.compile(r"\((?!GraderFaultError)(\w+): .*\)", re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")


def stage_of(check: Check) -> str:
    """Give the stage a check belongs to: "values" of "values[three_letters]"."""
    return check.name.partition("[")[0]


def check_title(name: str) -> str:
    """Spell out a check: "values[mlp(n=47)]" is "The values are right: mlp with n = 47"."""
    found = _NAME.fullmatch(name)
    if found is None:
        return name
    stage = STAGES.get(found["stage"], found["stage"].replace("_", " "))
    return f"{stage}: {problem_title(found['problem'])}" if found["problem"] else stage


def problem_title(problem: str) -> str:
    """Spell out a problem: "mlp(n=1000, float32)" is "mlp with n = 1,000 in float32"."""
    found = _PROBLEM.fullmatch(problem)
    if found is None:
        return problem
    words = [found["name"].replace("_", " ")]
    parameters = [one.partition("=") for one in (found["parameters"] or "").split(", ") if one]
    given = [f"{key} = {_number(value)}" for key, sign, value in parameters if sign]
    dtypes = [key for key, sign, _ in parameters if not sign]
    words += [f"with {' and '.join(given)}"] if given else []
    words += [f"in {' '.join(dtypes)}"] if dtypes else []
    return " ".join(words)


def mistake_title(name: str) -> str:
    """Write the catalogue's name of a mistake as words."""
    return name.replace("_", " ")


def first_sentence(text: str) -> str:
    """Give the first sentence of a hint, without its line breaks."""
    first = next(iter(paragraphs(text)), "")
    found = _SENTENCE.match(first)
    return found[0] if found else first


def public_message(check: Check) -> str:
    """Give a check's message; of a fault in the grader itself only the kind.

    What an unforeseen exception says may quote an expected value or a line of a hidden test.
    """
    return _FAULT.sub(r"(\1)", check.message) if check.status == "error" else check.message


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
    if is_unwritten(task):
        return "open", "·", "not written yet"
    return "failed", "✗", "not there yet"


def _number(value: str) -> str:
    return f"{int(value):,}" if value.lstrip("-").isdecimal() and value.isascii() else value
