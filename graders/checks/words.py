"""A failure in words: the one sentence of it, and its clauses for screens that break lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from graders.checks.failure import Failure, Fault
from graders.limits import MAX_NAMED

IN_OTHER_WORDS = "In other words:"
FAULTY_CELLS = "These cells did not run:"


def sentence(failure: Failure) -> str:
    """Say all of a failure in one paragraph."""
    called = f"{called_words(failure)} " if failure.call else ""
    return " ".join([f"{called}{stopped(clause(failure))}", *remarks(failure)])


def stopped(text: str) -> str:
    """End a text with a full stop, unless a stop of its own ends it already."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def called_words(failure: Failure) -> str:
    """Say which call it was: "Called hvp(f, x, v) with …:"."""
    return f"Called {failure.call}:"


def first_words(failure: Failure) -> str:
    """Say all of a failure but what it means in other words."""
    return sentence(replace(failure, meaning=""))


def clause(failure: Failure) -> str:
    """Say what came of the call, as a clause without its full stop."""
    if failure.raised:
        return raised_words(failure)
    if not failure.got:
        return failure.fault
    if failure.expected:
        return f"got {failure.got}, expected {failure.expected}"
    return f"got {failure.got}; {failure.fault}"


def raised_words(failure: Failure) -> str:
    """Say which exception came from where."""
    where = f" at {failure.place}" if failure.place else ""
    # A line such as `raise ValueError("not square")` has said it.
    line = failure.place.text if failure.place else ""
    quoted = any(f"{mark}{failure.said}{mark}" in line for mark in "'\"")
    said = f" — {failure.said}" if failure.said and not quoted else ""
    return f"it raised {failure.raised}{where}{said}"


def remarks(failure: Failure) -> list[str]:
    """List what is to be said beside the fault, a sentence or two each."""
    found = [failure.difference] if failure.difference else []
    if failure.cells:
        found.append(f"{FAULTY_CELLS} {'; '.join(failure.cells)}.")
    if failure.meaning:
        found.append(f"{IN_OTHER_WORDS} {stopped(failure.meaning)}")
    return found


def some_of(names: Sequence[str]) -> str:
    """List names, as many as a message has room for, and how many more there are."""
    more = len(names) - MAX_NAMED
    return ", ".join(names[:MAX_NAMED]) + (f" and {more} more" if more > 0 else "")


def how_many(count: int, what: str) -> str:
    """Say how many there are of what one has this name: "1 student", "2 students"."""
    return f"{count} {what}{'' if count == 1 else 's'}"


def on_one_line(name: str) -> str:
    """Write a name of a file, of any bytes, so that it stays in its line and steers no terminal."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def in_bytes(count: float) -> str:
    """Write a number of bytes as a person would: 12 MB, 4.0 TB."""
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if count < 1000 or unit == "TB":
            break
        count /= 1000
    return f"{count:.0f} {unit}" if count >= 10 or unit == "bytes" else f"{count:.1f} {unit}"


def fault_sentence(fault: Fault, *, in_full: bool) -> str:
    """Say that the grader failed; `in_full` is for whoever may see what is hidden."""
    detail = f": {fault.detail}" if in_full else ""
    return f"The grader could not do this check ({fault.kind}{detail})."
