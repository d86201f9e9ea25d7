"""`pytest --topic` and `pytest graders/hidden --submission`: our sentences in pytest's list."""

from __future__ import annotations

import subprocess
from pathlib import Path

import forked
import pytest

from tests.learners import ROOT, SUM_OF_ROWS, environment, exercise, make_place, write_first_stub

SOLUTION = ROOT / "solutions" / "derivatives" / "jacobian.py"
CHECKS = "graders/hidden/derivatives/jacobian/test_jacobian.py"


def run_pytest(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        forked.command("pytest", "-p", "no:cacheprovider", *arguments),
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment(NO_COLOR="1"),
        timeout=240,
        check=False,
    )


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    place = make_place(tmp_path)
    write_first_stub(place, "jacobian", SUM_OF_ROWS)
    return exercise(place, "jacobian")


@pytest.mark.lowest
def test_a_submission_is_judged_with_our_sentences_in_place_of_tracebacks(wrong: Path) -> None:
    done = run_pytest("graders/hidden", "--submission", str(wrong))
    assert done.returncode == 1
    assert "Called vjp(f, x, v) with f(x, y) = (x², y³)" in done.stdout
    assert "hint: Your answer does not change with `v`" in done.stdout
    assert "CheckFailed" not in done.stdout
    assert "_NotPassed" not in done.stdout
    assert "asking.ask" not in done.stdout
    assert "expected [12, 6]" not in done.stdout


def test_expected_values_are_shown_when_asked_for(wrong: Path) -> None:
    done = run_pytest("graders/hidden", "--submission", str(wrong), "--reveal")
    assert "expected [12, 6]" in done.stdout


def test_a_right_submission_passes() -> None:
    done = run_pytest("graders/hidden", "--submission", str(SOLUTION), "--seed", "1", "-q")
    assert done.returncode == 0, done.stdout
    assert "jacobian: 10 of 10 points" in done.stdout


def test_a_topic_alone_judges_its_exercise() -> None:
    done = run_pytest("--topic", "jacobian", "-q")
    assert CHECKS in done.stdout
    assert "vjp is not written yet." in done.stdout
    assert "tests/test_" not in done.stdout


def test_an_editors_test_panel_lists_the_tasks() -> None:
    done = run_pytest("--topic", "jacobian", "--collect-only", "-q")
    assert done.returncode == 0, done.stdout + done.stderr
    for name in ("vjp", "jacobian", "jvp"):
        assert f"{CHECKS}::{name}::exists\n" in done.stdout


@pytest.mark.parametrize("check", ["vjp::runs", "vjp::values[tanh_layer(inputs=3, outputs=3)]"])
def test_a_single_check_can_be_chosen(check: str) -> None:
    chosen = f"{CHECKS}::{check}"
    done = run_pytest("--topic", "jacobian", "--submission", str(SOLUTION), chosen, "-q")
    assert "1 passed" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["graders/hidden"], "the hidden graders judge a submission, so say which"),
        (["--topic", "laplacian"], "there is no topic 'laplacian'"),
        (["graders/hidden", "--submission", "thesis.py"], "name the topic with --topic"),
        (["--topic", "jacobian", "--submission", "gone.py"], "there is no file"),
    ],
)
def test_what_cannot_be_judged_is_answered_with_a_sentence(
    arguments: list[str], sentence: str
) -> None:
    done = run_pytest(*arguments)
    assert done.returncode == 4
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_plain_pytest_collects_our_own_tests_only() -> None:
    done = run_pytest("--collect-only", "-q", "tests/test_terminal.py", ".")
    assert "tests/test_terminal.py::" in done.stdout
    assert "graders/hidden" not in done.stdout
