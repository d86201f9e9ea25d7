"""A verdict depends on the submission, the graders and the seed, and on nothing else."""

from __future__ import annotations

import json
import resource
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from warm import IMPATIENT, forked_session

from graders import course
from graders.authoring.specimens import catalogue, mistake_submission, solution, stub, with_function
from graders.checks.references import References
from graders.course.submission import Cell, Submission, parse_submission
from graders.judge.session import Session
from graders.judge.verdict import CheckVerdict, TaskVerdict, Verdict, score_of
from graders.sandbox import warm_process
from graders.sandbox.call import Call
from graders.sandbox.processes import Launcher
from graders.sandbox.spawner import Spawner
from graders.sandbox.spec import Arguments, spec
from graders.sandbox.warm_process import Interpreter
from graders.sandbox.zygotes import Zygote

IMPATIENTLY = forked_session(limits=IMPATIENT)


def judge(
    submissions: Sequence[Submission], *, launcher: Launcher | None = None, **options: Any
) -> list[Verdict]:
    session = IMPATIENTLY if launcher is None else Session(launcher=launcher)
    return session.judge(submissions, **options)


ROOT = Path(__file__).resolve().parent.parent
HESSIAN = course.topic("hessian")
HONEST = """
def honest(func, inputs):
    import torch
    x = inputs.detach().clone().requires_grad_()
    y = func(x) + 0 * (x * x).sum()
    (slope,) = torch.autograd.grad(y, x, create_graph=True)
    slope = slope + 0 * x
    rows = [torch.autograd.grad(one, x, retain_graph=True)[0] for one in slope.reshape(-1)]
    return torch.stack(rows).reshape(x.shape + x.shape)
"""


def answering(body: str, before: str = "") -> Submission:
    """The solution, but for `hessian`, whose body is given."""
    lines = "\n    ".join(body.strip().splitlines())
    code = f"import torch\n{HONEST}\n{before}\ndef answer(func, inputs):\n    {lines}\n"
    return with_function(HESSIAN, "hessian", code, "answer")


def with_cell(source: str) -> Submission:
    """The solution, with a cell more before the others."""
    right = solution(HESSIAN)
    first = len(HESSIAN.setup)
    cells = (*right.cells[:first], Cell("code cell 1", source), *right.cells[first:])
    return replace(right, cells=cells)


# What each does, the points that are left for `hessian`, and words of the verdict.
TROUBLE: dict[str, tuple[Submission, float, str]] = {
    "a loop without end": (
        answering("while True: pass"),
        0,
        "it was stopped because its processor time was used up; look for a loop that never ends",
    ),
    "a call of os._exit": (
        answering("import os; os._exit(0)"),
        0,
        "the interpreter was left before an answer came (exit status 0)",
    ),
    "a crash of the interpreter": (
        answering("import ctypes; ctypes.string_at(0)"),
        0,
        "the interpreter crashed with SIGSEGV",
    ),
    "four terabytes": (
        answering("return torch.empty(10**6, 10**6).double() @ honest(func, inputs)"),
        0,
        "there is not that much memory: something of the size n × n was asked for",
    ),
    "two gigabytes of output": (
        answering(
            "for _ in range(2000): print('x' * 2**20)\n"
            "import os; [os.write(1, b'x' * 2**20) for _ in range(100)]\n"
            "return honest(func, inputs)"
        ),
        7,
        "",
    ),
    "a message of a million lines": (
        answering("raise ValueError('once more\\n' * 10**6)"),
        0,
        "it raised ValueError at cell hessian, line ",
    ),
    "a million frames": (
        answering("return answer(func, inputs)"),
        0,
        "the function calls itself without end",
    ),
    "a cell without end": (with_cell("while True: pass"), 7, "code cell 1, line 1: `while True"),
    "a cell that raises": (with_cell("1 / 0"), 7, "code cell 1, line 1: `1 / 0`: ZeroDivision"),
    "a cell that leaves": (
        with_cell("import os; os._exit(3)"),
        7,
        "code cell 1: the interpreter was left before an answer came (exit status 3)",
    ),
    "a cell that is no Python": (with_cell("for for"), 7, "code cell 1, line 1: `for for`: Syn"),
}
ROUTINES = {
    "by its name": "return torch.func.hessian(func)(inputs)",
    "imported under another name": "from torch.func import hessian as h\nreturn h(func)(inputs)",
    "wrapped": "import functools\nreturn functools.partial(torch.func.hessian, func)()(inputs)",
    "looked up": "return getattr(torch.func, 'hes' + 'sian')(func)(inputs)",
    "of autograd": "return torch.autograd.functional.hessian(func, inputs)",
    "of transforms": "return torch.func.jacfwd(torch.func.grad(func))(inputs)",
    "kept beforehand": "return kept(func)(inputs)",
}
PARTIAL = answering(
    "if inputs.numel() == 4 and inputs.dim() == 1: return torch.zeros(4, 4).double()\n"
    "return honest(func, inputs)"
)
WRONG = answering("return honest(func, inputs).mT * 3")
ALLOWED = with_function(
    HESSIAN,
    "gradient",
    "import torch\ndef answer(func, inputs):\n"
    "    if not func(inputs.detach().clone().requires_grad_()).requires_grad:\n"
    "        return torch.zeros_like(inputs)\n"
    "    return torch.func.jacrev(func)(inputs.detach())\n",
    "answer",
)


def task(verdict: Verdict, name: str) -> TaskVerdict:
    return next(one for one in verdict.tasks if one.name == name)


def peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@pytest.fixture(scope="module")
def honest() -> Verdict:
    (verdict,) = judge([solution(HESSIAN)])
    assert verdict.passed
    return verdict


@pytest.fixture(scope="module")
def troubled(honest: Verdict) -> dict[str, tuple[Verdict, Verdict]]:
    """Each with the verdict on the right answer that came after it."""
    before = peak_bytes()
    right = solution(HESSIAN)
    verdicts = judge([one for bad, *_ in TROUBLE.values() for one in (bad, right)])
    assert peak_bytes() - before < 300 * 2**20, "the judge held on to what a submission sent"
    return dict(zip(TROUBLE, zip(verdicts[::2], verdicts[1::2], strict=True), strict=True))


@pytest.mark.lowest
@pytest.mark.parametrize("what", TROUBLE)
def test_trouble_costs_its_own_task_at_most_and_is_told_in_a_sentence(
    troubled: dict[str, tuple[Verdict, Verdict]], honest: Verdict, what: str
) -> None:
    _, points, words = TROUBLE[what]
    verdict, following = troubled[what]
    assert task(verdict, "gradient").passed
    assert task(verdict, "hessian").score == points
    assert not verdict.needs_person
    failure = task(verdict, "hessian").first_failure
    assert (failure is None) == (points > 0)
    said = failure.message if failure else " ".join(verdict.notes)
    assert words in said
    assert "\n" not in said and len(said) < 1000
    assert following == honest


@pytest.mark.parametrize("what", TROUBLE)
def test_a_verdict_survives_being_written_and_read(
    troubled: dict[str, tuple[Verdict, Verdict]], what: str
) -> None:
    verdict = troubled[what][0]
    text = verdict.to_json()
    assert Verdict.from_json(text) == verdict
    assert "\n" not in text and len(text) < 20_000
    data = json.loads(text)
    assert (data["score"], data["max_score"]) == (verdict.score, 10.0)


@pytest.fixture(scope="module")
def refused() -> dict[str, Verdict]:
    before = "from torch.func import hessian\nkept = hessian"
    return dict(
        zip(ROUTINES, judge([answering(body, before) for body in ROUTINES.values()]), strict=True)
    )


@pytest.mark.lowest
@pytest.mark.parametrize("way", ROUTINES)
def test_the_ready_made_routine_earns_nothing_under_any_name(
    refused: dict[str, Verdict], way: str
) -> None:
    hessian = task(refused[way], "hessian")
    assert hessian.score == 0
    assert hessian.first_failure is not None
    assert "is the ready-made routine for this task" in hessian.first_failure.message
    assert "In other words: the exercise is to build what" in hessian.first_failure.message
    assert hessian.first_failure.mistake is not None
    assert task(refused[way], "gradient").passed


def test_a_routine_that_is_refused_in_one_task_may_be_used_in_another() -> None:
    (verdict,) = judge([ALLOWED])
    assert verdict.passed
    tasks = {one.name for one in HESSIAN.tasks}
    assert tasks == {"gradient", "hessian"}


@pytest.fixture(scope="module")
def repeated() -> list[Submission]:
    return [
        *(solution(HESSIAN), solution(course.topic("hvp")), WRONG, PARTIAL),
        *(TROUBLE[name][0] for name in ("a cell that raises", "a call of os._exit")),
        *(mistake_submission(HESSIAN, one) for one in catalogue(HESSIAN)[:3]),
    ]


def test_the_same_submission_gets_the_same_bytes_again_and_in_another_process(
    repeated: list[Submission], tmp_path: Path
) -> None:
    first = [verdict.to_json() for verdict in judge(repeated)]
    again = [verdict.to_json() for verdict in judge(repeated[:1:-1])]
    assert first[2:] == again[::-1]
    code = (
        "import sys, test_judge as t\n"
        "verdicts = t.judge(t.repeated.__wrapped__())\n"
        "sys.stdout.buffer.write('\\n'.join(one.to_json() for one in verdicts).encode())"
    )
    elsewhere = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "PYTHONHASHSEED": "7", "PATH": ""},
        cwd=tmp_path,
        capture_output=True,
        timeout=200,
        check=False,
    )
    assert elsewhere.returncode == 0, elsewhere.stderr.decode()
    assert elsewhere.stdout.decode().splitlines() == first


@pytest.mark.lowest
def test_a_separate_process_gives_the_same_points_and_words_as_a_confined_fork() -> None:
    (confined,), (separate,) = judge([PARTIAL]), judge([PARTIAL], launcher=Spawner())
    assert (confined.isolation, separate.isolation) == ("confined", "process")
    assert separate.tasks == confined.tasks
    assert 0 < separate.score < separate.max_score
    assert separate.layers == ("memory limit",)


def test_another_seed_asks_about_other_numbers_and_the_solution_still_earns_all() -> None:
    one = judge([PARTIAL], seed=0)
    other = judge([PARTIAL, *(solution(topic) for topic in course.topics())], seed=20_260)
    assert [verdict.topic for verdict in other[1:] if not verdict.passed] == []
    assert one[0].score == other[0].score
    messages = [task(verdicts[0], "hessian").first_failure for verdicts in (one, other)]
    assert messages[0] is not None and messages[1] is not None
    assert messages[0].name == messages[1].name
    shown = [References(HESSIAN, seed).value(ASKED_OF_REFERENCE) for seed in (0, 20_260)]
    assert not (shown[0] == shown[1]).any()


ASKED_OF_REFERENCE = Call(
    HESSIAN.path, "hessian", spec("sine_of_quadratic"), Arguments(("func", "inputs"))
)


def test_a_stub_earns_nothing_and_part_of_an_answer_a_part() -> None:
    nothing, part = judge([stub(HESSIAN), PARTIAL])
    assert nothing.score == 0
    assert [one.first_failure.message for one in nothing.tasks if one.first_failure] == [
        "gradient is not written yet.",
        "hessian is not written yet.",
    ]
    hessian = task(part, "hessian")
    weights = [(one.weight, one.status) for one in hessian.checks]
    passed = sum(weight for weight, status in weights if status == "passed")
    assert hessian.score == round(7 * passed / sum(weight for weight, _ in weights), 4)
    assert 0 < hessian.score < 7


def checks(*weights_passed: tuple[float, bool]) -> tuple[CheckVerdict, ...]:
    return tuple(
        CheckVerdict(str(i), None, "passed" if passed else "failed", weight)
        for i, (weight, passed) in enumerate(weights_passed)
    )


@pytest.mark.parametrize("points", [1, 2, 3, 4, 5, 7])
def test_scores_have_four_decimals_and_full_marks_are_whole(points: float) -> None:
    for total in range(1, 40):
        for passed in range(total + 1):
            score = score_of(checks((passed, True), (total - passed, False)), points)
            assert 0 <= score <= points
            assert (score == points) == (passed == total)
            assert float(f"{score:.4f}") == score
            assert abs(score - points * passed / total) <= 5.0001e-5


def test_what_was_skipped_or_failed_counts_in_the_weight_and_no_weight_is_no_score() -> None:
    skipped = CheckVerdict("later", None, "skipped", 3)
    assert score_of((*checks((1, True)), skipped), 8) == 2.0
    assert score_of((), 5) == 0.0
    assert score_of(checks((0, False), (1, True)), 5) == 5.0


def errors_of(verdict: Verdict) -> list[CheckVerdict]:
    return [check for one in verdict.tasks for check in one.checks if check.status == "error"]


def test_a_reference_that_fails_is_the_grader_s_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(self: References, _call: Call) -> Any:
        raise ZeroDivisionError("in the solution")

    monkeypatch.setattr(References, "value", fails)
    (verdict,) = judge([solution(HESSIAN)])
    assert verdict.needs_person and not verdict.passed
    for one in verdict.tasks:
        assert one.needs_person
        assert [check.name for check in one.checks if check.status == "failed"] == []
    assert errors_of(verdict)[0].message == (
        "The grader could not do this check (ZeroDivisionError: in the solution)."
    )


@pytest.mark.usefixtures("started_from_nothing")
@pytest.mark.parametrize(
    ("command", "words"),
    [
        ([sys.executable, "-c", "raise SystemExit('torch is not here')"], "torch is not here"),
        ([sys.executable, "-c", ""], "it said nothing"),
    ],
)
def test_a_warm_process_that_does_not_start_is_the_grader_s_fault(
    monkeypatch: pytest.MonkeyPatch, command: list[str], words: str
) -> None:
    monkeypatch.setattr(warm_process, "worker_command", lambda *_: command)
    launcher = Zygote()
    (verdict,) = judge([solution(HESSIAN)], launcher=launcher)
    launcher.close()
    assert all(one.needs_person and one.score == 0 for one in verdict.tasks)
    assert f"did not start: {words}" in errors_of(verdict)[0].message
    assert not [one for one in verdict.tasks for check in one.checks if check.status == "failed"]


@pytest.mark.usefixtures("started_from_nothing")
def test_a_warm_process_killed_while_it_warms_up_costs_nothing() -> None:
    launcher = Zygote()
    launcher.warm()
    assert isinstance(launcher.process, Interpreter)
    launcher.process.process.kill()
    (verdict,) = judge([solution(HESSIAN)], launcher=launcher)
    launcher.close()
    assert verdict.passed and not verdict.needs_person


def test_a_warm_process_found_dead_while_workers_are_cleared_away_costs_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    launcher = Zygote(ahead=False)
    for _ in range(2):
        assert judge([solution(HESSIAN)], launcher=launcher)[0].passed
    assert len(launcher.leaving) == 2 and launcher.process is not None
    # The socket is gone, and nobody has seen the process end yet.
    monkeypatch.setattr(launcher.process, "ended", lambda: False)
    launcher.process.control.shutdown(socket.SHUT_RDWR)
    (verdict,) = judge([solution(HESSIAN)], launcher=launcher)
    launcher.close()
    assert verdict.passed and not verdict.needs_person


def test_no_submissions_give_no_verdicts() -> None:
    assert judge([]) == []


def test_verdicts_are_delivered_in_order_as_they_are_ready() -> None:
    got: list[tuple[int, Verdict]] = []
    verdicts = judge([stub(HESSIAN), solution(HESSIAN)], deliver=lambda *one: got.append(one))
    assert got == list(enumerate(verdicts))


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ("Hessian", ", but one called Hessian"),
        ("my_hessian", ", but one called my_hessian"),
        ("gradient", ""),
        ("second", ""),
    ],
)
def test_a_function_of_nearly_the_right_name_is_named(other: str, said: str) -> None:
    code = f"def {other}(func, inputs):\n    return inputs\n"
    submission = parse_submission(code.encode(), "hessian.py", course.topic("hessian"))
    (verdict,) = judge([submission])
    (task,) = (one for one in verdict.tasks if one.name == "hessian")
    assert task.first_failure is not None and task.first_failure.failure is not None
    assert task.first_failure.failure.fault == f"There is no function called hessian{said}"
