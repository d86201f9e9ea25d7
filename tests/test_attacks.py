"""Attacks gain nothing and harm nothing; they are run in a container and nowhere else.

What each attack tries and what must come of it stands at its head, under `tests/attacks`.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
from typing import Any

import pytest
from attacks import specimens
from attacks.beside import KINDS
from attacks.table import PAGE, table
from bs4 import BeautifulSoup
from in_container import in_container
from rich.console import Console

from graders.course import topic
from graders.course.submission import (
    Submission,
    UnreadableSubmissionError,
    parse_submission,
)
from graders.judge.verdict import Verdict
from graders.limits import MAX_CODE_BYTES, Limits
from graders.outlets.feedback_html import verdict_feedback_html
from graders.outlets.terminal import to_plain, to_rich, verdict_lines
from graders.sandbox.answers import Ended, read_answer
from graders.sandbox.call import Call
from graders.sandbox.channel import ChannelError, Frame
from graders.sandbox.spec import Arguments, spec
from graders.sandbox.student import Student

ATTACKS = specimens.attacks()
PROMISED = [attack for attack in ATTACKS if attack.kind != specimens.NOT_PROMISED]
LONGEST_VERDICT = 150_000


@pytest.fixture(scope="module")
def judged() -> dict[str, Any]:
    """Judge every attack once, each followed by an honest submission."""
    report = in_container("attacks.judged", "--beside")
    report["attacks"] = {one["path"]: one for one in report["attacks"]}
    return report


def test_there_is_an_attack_of_every_class() -> None:
    kinds = {attack.kind for attack in ATTACKS}
    assert kinds == {
        *("leaving", "lying", "looking", "writing", "forging", "exhausting", "outliving"),
        *("reaching", "injecting", "metering", "ready_made", specimens.NOT_PROMISED),
    }
    assert len(PROMISED) >= 60


@pytest.mark.timeout(900)
@pytest.mark.parametrize("attack", PROMISED, ids=lambda one: one.path)
def test_an_attack_gains_no_point(judged: dict[str, Any], attack: specimens.Attack) -> None:
    got = judged["attacks"][attack.path]
    honest = judged["bases"][attack.topic]["scores"]
    assert sum(honest.values()) > 0
    assert [name for name, score in got["scores"].items() if score > honest[name]] == []


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda one: one.path)
def test_what_an_attack_brings_about_is_the_student_s_fault(
    judged: dict[str, Any], attack: specimens.Attack
) -> None:
    got = judged["attacks"][attack.path]
    assert got["needs_person"] == []
    assert got["can_be_saved"]
    assert got["length"] < LONGEST_VERDICT
    if attack.machine in ("", os.uname().machine):
        assert json.dumps(attack.says, ensure_ascii=False)[1:-1] in got["text"]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda one: one.path)
def test_the_next_submission_is_graded_as_ever(
    judged: dict[str, Any], attack: specimens.Attack
) -> None:
    assert judged["attacks"][attack.path]["next_is_graded_alike"]


def test_nothing_was_changed_reached_or_left_behind(judged: dict[str, Any]) -> None:
    assert judged["changed"] == []
    assert judged["visitors"] == 0
    assert judged["processes"] == []
    # torch's own cache folder comes from the judge's process, not from a worker.
    assert [path for path in judged["strays"] if "torchinductor" not in path] == []


def test_every_layer_was_in_force(judged: dict[str, Any]) -> None:
    layers = {tuple(one["missing_layers"]) for one in judged["attacks"].values()}
    assert layers == {()}


@pytest.mark.parametrize("kind", KINDS)
def test_beside_hundreds_of_threads_the_verdict_is_the_same(
    judged: dict[str, Any], kind: str
) -> None:
    """Without a count of its own, a file that starts threads lost its points here."""
    beside = judged["beside"]
    assert beside["scores"]["gradient"] > 0
    assert beside[kind]["threads"] > 50
    assert beside[kind]["alike"]


def test_two_live_workers_find_no_way_to_meet(judged: dict[str, Any]) -> None:
    assert "they met by []" in judged["beside"]["met"]


STEERING = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def test_no_message_steers_a_terminal(judged: dict[str, Any]) -> None:
    for got in judged["attacks"].values():
        lines = verdict_lines(read_verdict(got))
        console = Console(file=io.StringIO(), force_terminal=False, width=100)
        console.print(to_rich(lines))
        shown = to_plain(lines) + console.file.getvalue()  # type: ignore[attr-defined]
        assert not STEERING.search(shown), got["path"]


def test_no_message_becomes_markup_in_a_page(judged: dict[str, Any]) -> None:
    for got in judged["attacks"].values():
        page = BeautifulSoup(verdict_feedback_html(read_verdict(got)), "html.parser")
        for element in page.find_all(True):
            assert element.name not in ("script", "svg", "iframe", "form"), got["path"]
            assert not [name for name in element.attrs if name.startswith("on")], got["path"]
            assert "javascript:" not in str(element.attrs), got["path"]


def read_verdict(got: dict[str, Any]) -> Verdict:
    assert got["length"] == len(got["text"])
    return Verdict.from_json(got["text"])


NUMBER = {"outcome": "returned", "value": {"kind": "constant", "value": True}}
FORGED: dict[str, tuple[dict[str, Any], bytes]] = {
    "nothing at all": ({}, b""),
    "another outcome": ({"outcome": "passed", "score": 7.0}, b""),
    "a value that is a list": ({"outcome": "returned", "value": [1]}, b""),
    "a value of an unknown kind": ({"outcome": "returned", "value": {"kind": "verdict"}}, b""),
    "a number that is none": (
        {"outcome": "returned", "value": {"kind": "int", "value": "seven"}},
        b"",
    ),
    "a number beyond floats": (
        {"outcome": "returned", "value": {"kind": "float", "value": "0x1p99999"}},
        b"",
    ),
    "a text of a megabyte": (
        {"outcome": "returned", "value": {"kind": "text", "value": "x" * 2**20}},
        b"",
    ),
    "a tensor that was not sent": (
        {"outcome": "returned", "value": {"kind": "tensor", "key": "0"}},
        b"",
    ),
    "a key that is a dictionary": (
        {"outcome": "returned", "value": {"kind": "tensor", "key": {}}},
        b"",
    ),
    "tensors that are noise": (
        {"outcome": "returned", "value": {"kind": "tensor", "key": "0"}},
        b"\x08" + bytes(7) + b"noise",
    ),
    "a list of tensors without end": (NUMBER, b"\xff" * 8 + b"{}"),
    "an exception without classes": ({"outcome": "raised", "raised": {"message": "no"}}, b""),
    "an exception that is a text": ({"outcome": "raised", "raised": "RuntimeError"}, b""),
    "traces that are numbers": ({**NUMBER, "touched": [7]}, b""),
    "traces that are dictionaries": ({**NUMBER, "touched": [{"a": 1, "b": 2}]}, b""),
    "a measurement that is a list": ({**NUMBER, "measured": [1, 2]}, b""),
}


@pytest.mark.parametrize(("header", "payload"), FORGED.values(), ids=FORGED.keys())
def test_what_is_no_answer_is_refused_in_words(header: dict[str, Any], payload: bytes) -> None:
    with pytest.raises(ChannelError, match="the worker"):
        read_answer(Frame(header, payload), Submission(topic("hessian"), ()), ())


@pytest.mark.parametrize("count", [10**400, -1, "7", None, 1.5])
def test_an_answer_with_a_count_that_is_none_is_not_read(count: object) -> None:
    frame = Frame({**NUMBER, "measured": {"peak_bytes": count, "produced_bytes": 12}})
    with pytest.raises(ChannelError, match="a count that no counting comes to"):
        read_answer(frame, Submission(topic("hessian"), ()), ())


def test_the_judge_s_own_parser_is_never_given_much() -> None:
    """Parsing eight megabytes takes five gigabytes and a minute."""
    code = "x = 1\n" * (MAX_CODE_BYTES // 6 + 1)
    notebook = {"cells": [{"cell_type": "code", "metadata": {}, "source": code}]}
    for name, text in (("hessian.py", code), ("hessian.ipynb", json.dumps(notebook))):
        with pytest.raises(UnreadableSubmissionError, match="MB of code"):
            parse_submission(text.encode(), name, topic("hessian"))


@pytest.mark.parametrize(
    "text",
    [
        "# ---\n# jupyter: [&a [*a, !!python/object/apply:os.system [ls]]\n# ---\n\nx = 1\n",
        '# %% {"tags": [[[[}\nx = 1\n',
        "# ---\n" * 1000,
        "\x00\x0c\x1b",
    ],
)
def test_a_script_is_read_or_refused_in_words(text: str) -> None:
    with contextlib.suppress(UnreadableSubmissionError):
        assert parse_submission(text.encode(), "hessian.py", topic("hessian")).cells


def test_slow_cells_and_calls_are_given_up_in_the_end() -> None:
    submission = parse_submission(b"def hessian(f, x):\n    return x", "x.py", topic("hessian"))
    asked = Student(submission, NoLauncher(), seed=0)  # type: ignore[arg-type]
    outcome = asked.ask(A_CALL).outcome
    assert isinstance(outcome, Ended)
    assert "minutes in all" in outcome.reason


class NoLauncher:
    limits = Limits(submission_seconds=0.0)

    def start(self, limits: object) -> None:
        raise AssertionError("no worker may be started any more")


A_CALL = Call("derivatives/hessian", "hessian", spec("bowl"), Arguments(("func", "inputs")))


def test_the_page_on_security_lists_every_attack() -> None:
    assert table() in PAGE.read_text(encoding="utf-8")
