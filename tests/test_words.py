"""Each screen composes its words from the parts of a failure, and none takes a message apart."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from specimens_of_verdicts import half_right, stopped_task, too_much_memory, verdict
from test_feedback_html import Page

from graders.checks.failure import Failure, Fault, Symptom
from graders.checks.words import FAULTY_CELLS, IN_OTHER_WORDS, fault_sentence, sentence
from graders.course.submission import Place
from graders.judge.verdict import TaskVerdict
from graders.outlets.feedback_html import task_feedback_html, task_feedback_text
from graders.outlets.terminal import to_plain, verdict_lines

GRADERS = Path(__file__).parent.parent / "graders"
MARKER = re.compile(r"\b(Called|got|expected|In other words|These cells|it raised|not reached)\b")
MARKER_NAMES = {"IN_OTHER_WORDS", "FAULTY_CELLS"}
MESSAGE_MAKERS = {
    *("sentence", "clause", "called_words", "first_words", "raised_words", "remarks"),
    *("fault_sentence", "public_message", "message_parts"),
}
REGEX = {"match", "search", "fullmatch", "findall", "finditer", "split", "sub", "subn", "compile"}
CUTTING = {
    *("partition", "rpartition", "split", "rsplit", "removeprefix", "removesuffix"),
    *("find", "rfind", "index", "rindex", "startswith", "endswith", "replace"),
}

RAISED = Failure(
    "it raised an exception",
    call="hessian(f, x) with f(x) = tanh x, x of shape (5,) (float64)",
    raised="RuntimeError",
    said="element 0 of tensors does not require grad",
    place=Place("cell hessian", 7, "rows = [torch.autograd.grad(d, x) for d in slopes]"),
    meaning="torch was asked to differentiate something it keeps no graph of",
    symptom=Symptom.NO_GRAPH,
)
MISSING = Failure(
    "There is no function called hvp",
    cells=("cell hvp, line 1: SyntaxError: invalid syntax", "code cell 3: NameError: no name f"),
)
DEVICE = Failure(
    "the inputs were on another device, and a tensor of your own was on the CPU",
    call="hvp(f, x, v)",
    place=Place("cell hvp", 3, "h = torch.zeros(n)"),
    meaning="on a GPU this fails",
    symptom=Symptom.OTHER_DEVICE,
)
FAILURES = {
    "values": half_right(),
    "values, revealed": half_right(expected="[12, 6]"),
    "values, without a call": replace(half_right(expected="[12, 6]"), call=""),
    "values, of an unknown difference": replace(half_right(), difference=""),
    "a word": Failure("that is not the right word", call="classify(H)", got="'saddle'"),
    "form": Failure("its shape is (3,), expected (2,)", call="vjp(f, x, v)"),
    "an exception": RAISED,
    "an exception of an unknown line": replace(RAISED, place=None, meaning="", said=""),
    "memory": too_much_memory(),
    "no function": MISSING,
    "device": DEVICE,
}


def told_parts(failure: Failure) -> list[str]:
    """List what has to be told of a failure, in this order."""
    parts = [f"Called {failure.call}:"] if failure.call else []
    place = failure.place
    if failure.raised:
        where = [place.label, f"line {place.line}", place.text] if place else []
        parts += [f"it raised {failure.raised}", *where, failure.said]
    else:
        parts += [f"got {failure.got}"] if failure.got else []
        parts.append(f"expected {failure.expected}" if failure.expected else failure.fault)
    parts.append(failure.difference)
    parts += [FAULTY_CELLS, *failure.cells] if failure.cells else []
    parts += [IN_OTHER_WORDS, failure.meaning] if failure.meaning else []
    return [part.replace("`", "") for part in parts if part]


def message_in_json(task: TaskVerdict) -> str:
    checks = json.loads(verdict("hvp", task).to_json())["tasks"][0]["checks"]
    return next(check["message"] for check in checks if check["status"] == "failed")


SHOWN_ON: dict[str, Callable[[TaskVerdict], str]] = {
    "terminal": lambda task: to_plain(verdict_lines(verdict("hvp", task))),
    "feedback as HTML": lambda task: Page(task_feedback_html(task)).words,
    "feedback as text": task_feedback_text,
    "JSON": message_in_json,
}


@pytest.mark.parametrize("said", ["of a plane it is 0.", "is this a step?", "of a plane it is 0"])
def test_a_sentence_ends_once(said: str) -> None:
    whole = sentence(Failure(said, call="laplacian(f, x)", meaning=said))
    assert ".." not in whole and "?." not in whole
    assert whole.count("of a plane it is 0.") in (0, 2)


@pytest.mark.parametrize("screen", SHOWN_ON)
@pytest.mark.parametrize("name", FAILURES)
def test_every_screen_tells_the_same_parts_in_the_same_order(name: str, screen: str) -> None:
    failure = FAILURES[name]
    text = SHOWN_ON[screen](stopped_task("hvp", 5, "values", failure))
    words = " ".join(text.replace("`", "").split())
    place = 0
    for part in told_parts(failure):
        assert part in words[place:], f"{part!r} is missing or comes too early"
        place = words.index(part, place) + len(part)
    for marker in (FAULTY_CELLS, IN_OTHER_WORDS, "Called ", "it raised "):
        assert words.count(marker) == any(part.startswith(marker) for part in told_parts(failure))


def test_a_sentence_says_all_parts_in_one_paragraph() -> None:
    assert sentence(half_right()) == (
        "Called vjp(f, x, v) with f(x, y) = (x², y³), x = [2, 2] (float64), v = [1, 0.5] "
        "(float64): got [4, 12]; the form is right (a tensor of shape (2,) and dtype float64), "
        "the numbers are not. 1 of 2 entries are right."
    )
    assert sentence(RAISED) == (
        "Called hessian(f, x) with f(x) = tanh x, x of shape (5,) (float64): it raised "
        "RuntimeError at cell hessian, line 7: `rows = [torch.autograd.grad(d, x) for d in "
        "slopes]` — element 0 of tensors does not require grad. In other words: torch was asked to "
        "differentiate something it keeps no graph of."
    )
    assert sentence(MISSING) == (
        "There is no function called hvp. These cells did not run: cell hvp, line 1: SyntaxError: "
        "invalid syntax; code cell 3: NameError: no name f."
    )


def test_what_the_students_line_raises_is_quoted_once() -> None:
    line = Place("cell hvp", 2, 'raise ValueError("not square")')
    refused = replace(RAISED, raised="ValueError", said="not square", place=line, call="")
    assert sentence(refused).count("not square") == 1
    assert sentence(replace(refused, said="square")).count("square") == 2


def test_a_revealed_answer_takes_the_place_of_what_is_said_of_its_form() -> None:
    assert sentence(half_right(expected="[12, 6]")).endswith(
        "got [4, 12], expected [12, 6]. 1 of 2 entries are right."
    )


def test_a_fault_of_the_grader_is_quoted_only_in_full() -> None:
    fault = Fault("ValueError", "expected 3.14")
    public = fault_sentence(fault, in_full=False)
    assert public == "The grader could not do this check (ValueError)."
    assert "3.14" in fault_sentence(fault, in_full=True)
    assert "3.14" not in repr(fault)


def calls_in(code: str) -> Iterator[tuple[str, ast.expr, ast.Call]]:
    """List the calls of methods and of functions of modules: name, what it is called on, call."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr, node.func.value, node


def texts_in(node: ast.AST) -> str:
    """Join the literals below a node."""
    constants = (one for one in ast.walk(node) if isinstance(one, ast.Constant))
    return "\n".join(one.value for one in constants if isinstance(one.value, str))


def names_in(node: ast.AST) -> set[str]:
    return {
        getattr(one, "id", getattr(one, "attr", ""))
        for one in ast.walk(node)
        if isinstance(one, (ast.Name, ast.Attribute))
    }


def is_message(node: ast.AST) -> bool:
    """Whether a value is a message of a check: `….message`, or what a maker of sentences gives."""
    if isinstance(node, ast.Attribute) and node.attr == "message":
        return True
    called = node.func if isinstance(node, ast.Call) else None
    return getattr(called, "id", getattr(called, "attr", "")) in MESSAGE_MAKERS


def taken_apart(code: str) -> list[str]:
    """Find where a message is cut, or where a pattern looks for the words of one."""
    found = []
    for name, target, call in calls_in(code):
        looked_for = ast.Tuple(call.args, ast.Load())
        by_pattern = name in REGEX and any(map(is_message, call.args))
        by_cutting = name in CUTTING and bool(call.args) and is_message(target)
        marked = MARKER.search(texts_in(looked_for)) or names_in(looked_for) & MARKER_NAMES
        if by_pattern or by_cutting or (name in REGEX | CUTTING and marked):
            found.append(ast.unparse(call))
    return found


@pytest.mark.parametrize(
    "code",
    [
        're.search(r"line (\\d+)", check.message)',
        "_VALUES.match(sentence(failure))",
        're.compile(r"^Called .*?: (?=(?:it|got) )")',
        're.compile(r"^(.*?): (got .*?), (expected .*?)")',
        "check.message.partition(IN_OTHER_WORDS)",
        'said.partition(" In other words: ")',
        'check.message.endswith(" is not written yet.")',
        "public_message(check).split(': ')",
    ],
)
def test_taking_a_message_apart_would_be_noticed(code: str) -> None:
    assert taken_apart(code)


@pytest.mark.parametrize(
    "code", ['re.split(r"\\n\\s*\\n", hint)', "check.message.split()", 'a.replace("forgotten", b)']
)
def test_work_on_other_texts_is_left_alone(code: str) -> None:
    assert not taken_apart(code)


def test_no_module_takes_a_message_apart() -> None:
    hidden = GRADERS / "hidden"
    paths = [path for path in GRADERS.rglob("*.py") if hidden not in path.parents]
    found = {str(path): taken_apart(path.read_text(encoding="utf-8")) for path in paths}
    assert len(found) > 50
    assert {name: calls for name, calls in found.items() if calls} == {}
