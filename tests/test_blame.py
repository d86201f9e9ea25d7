"""Whose fault it is: the answer's, the grader's, or nobody's; and that it costs no other."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from warm import SESSION, forked_session, judge

from graders.authoring.specimens import solution
from graders.checks.agreement import Deviation
from graders.checks.asking import Asking
from graders.classroom.batches import Question, batch_of, judge_batch
from graders.classroom.grading import judge_class
from graders.classroom.handed_in import HandedIn
from graders.classroom.pool import Crew
from graders.classroom.store import Ruling, VerdictStore, key_of
from graders.course import topic
from graders.course.patience import TookTooLongError
from graders.course.submission import Cell, Submission, UnreadableSubmissionError
from graders.judge import session
from graders.judge.blame import is_the_answers_fault
from graders.judge.declared import declared_task
from graders.judge.session import Session
from graders.judge.verdict import TaskVerdict, Verdict
from graders.limits import Limits
from graders.sandbox.answers import Returned
from graders.sandbox.call import Call
from graders.sandbox.processes import GraderFaultError
from graders.sandbox.student import Student

HESSIAN = topic("hessian")
RIGHT = solution(HESSIAN)


def with_cell(code: str) -> Submission:
    return replace(RIGHT, cells=(*RIGHT.cells, Cell("cell hessian", code)))


WRONG = with_cell("def hessian(func, inputs):\n    return inputs.new_zeros(inputs.shape * 2)\n")
Compare = Any


def task(verdict: Verdict, name: str) -> TaskVerdict:
    return next(one for one in verdict.tasks if one.name == name)


def stumbling_over(monkeypatch: pytest.MonkeyPatch, *, wrong_alone: bool) -> None:
    """Let comparing raise: only what is not expected, or whatever it is."""
    compare = Asking.deviation

    def deviation(self: Asking, spec: Any, got: Any, expected: Any) -> Deviation:
        if not wrong_alone or not torch.equal(got, expected):
            raise ZeroDivisionError("nobody thought of it")
        return compare(self, spec, got, expected)

    monkeypatch.setattr(Asking, "deviation", deviation)


def test_what_an_answer_alone_brings_about_costs_its_check(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stumbling_over(monkeypatch, wrong_alone=True)
    (verdict,) = judge([WRONG])
    judged = task(verdict, "hessian")
    assert not judged.needs_person
    assert judged.first_failure is not None
    assert "could not be compared with what is due (ZeroDivisionError)" in str(
        judged.first_failure.message
    )
    assert task(verdict, "gradient").passed


def test_what_happens_with_the_right_values_too_goes_to_a_person(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stumbling_over(monkeypatch, wrong_alone=False)
    (verdict,) = judge([WRONG])
    assert task(verdict, "hessian").needs_person


def test_a_submission_that_cannot_be_judged_costs_no_other_of_its_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = HESSIAN.source.read_bytes()
    questions = tuple(Question(name, HESSIAN.path, content) for name in ("a.ipynb", "b.ipynb"))
    judged, calls = Session.judge, []

    def judge_once(self: Session, *arguments: Any, **options: Any) -> list[Verdict]:
        calls.append(1)
        if len(calls) == 1:
            raise ZeroDivisionError("x" * 5000)
        return judged(self, *arguments, **options)

    monkeypatch.setattr(Session, "judge", judge_once)
    first, second = judge_batch(batch_of(questions, Ruling()))
    assert first.fault.startswith("the grader failed: ZeroDivisionError: x")
    assert len(first.fault) < 400
    assert Verdict.from_json(second.verdict).tasks[0].passed


def test_a_file_that_is_changed_between_two_looks_is_not_judged_as_the_other(
    tmp_path: Path,
) -> None:
    path = tmp_path / "submitted" / "ann" / "derivatives" / "hessian.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"one")
    one = HandedIn("ann", HESSIAN, path, "0" * 64)
    with pytest.raises(UnreadableSubmissionError, match="changed while the class was being graded"):
        one.content()


BUSY = """
def hessian(func, inputs):
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue
"""


def test_who_uses_up_all_processor_time_was_not_killed_by_somebody_else() -> None:
    """The system kills it, by the signal that an accident has, too."""
    limits = Limits(cpu_seconds=2, call_cpu_seconds=30.0, cell_cpu_seconds=30.0)
    with forked_session(limits=limits) as session:
        if session.launcher.isolation != "confined":
            pytest.skip("nothing limits the processor time here")
        (verdict,) = session.judge([with_cell(BUSY)])
    judged = task(verdict, "hessian")
    assert not judged.needs_person
    assert judged.first_failure is not None
    assert "processor time was used up" in judged.first_failure.message


NO_NUMBERS = """
import torch
def randn(*shape, **options):
    raise KeyError("no random numbers today")
torch.randn = randn
"""


def test_who_takes_away_what_a_problem_is_made_with_is_told_so() -> None:
    (verdict,) = judge([with_cell(NO_NUMBERS)])
    judged = task(verdict, "hessian")
    assert not verdict.needs_person
    assert judged.first_failure is not None
    assert "could not be made after your code had run" in judged.first_failure.message
    assert "no random numbers today" in judged.first_failure.message


def test_a_problem_that_cannot_be_made_anywhere_goes_to_a_person() -> None:
    task_of_it = declared_task(HESSIAN, "hessian")
    broken = replace(task_of_it.problems[0], parameters=(("no_such", 1),))
    student = Student(RIGHT, SESSION.launcher, 0)
    try:
        with pytest.raises(GraderFaultError, match="cannot be made on cpu: TypeError"):
            Asking(student, SESSION.references(HESSIAN, 0), task_of_it).ask(broken)
        answer = student.ask(
            Call(HESSIAN.path, "hessian", task_of_it.problems[0], task_of_it.given)
        )
        assert isinstance(answer.outcome, Returned), "the worker is there as before"
    finally:
        student.close()


MISCOUNTED = """
honest = conjugate_gradient
def conjugate_gradient(matvec, b, **options):
    found = honest(matvec, b, **options)
    matvec.evaluations = {count}
    return found
"""


@pytest.mark.parametrize("count", ["-1", "2**63", "'many'", "None", "1.5"])
def test_a_count_that_is_none_is_the_students_doing(count: str) -> None:
    newton = topic("newton")
    right = solution(newton)
    code = MISCOUNTED.format(count=count)
    submission = replace(right, cells=(*right.cells, Cell("cell count", code)))
    with SESSION.judgement(submission) as judgement:
        judgement.run_all({"conjugate_gradient"})
        (judged,) = judgement.verdict(SESSION.launcher.isolation).tasks
    assert not judged.needs_person
    assert not judged.passed
    assert judged.first_failure is not None
    assert "a count that no counting comes to" in judged.first_failure.message


def test_a_count_that_is_left_out_is_the_students_doing() -> None:
    check = next(
        one
        for one in declared_task(topic("newton"), "conjugate_gradient").checks()
        if one.stage.name == "products"
    )
    newton = topic("newton")
    student = Student(solution(newton), SESSION.launcher, 0)
    ask = student.ask
    student.ask = lambda *asked: replace(ask(*asked), counted={})  # type: ignore[method-assign]
    task_of_it = declared_task(newton, "conjugate_gradient")
    try:
        asking = Asking(student, SESSION.references(newton, 0), task_of_it)
        with pytest.raises(KeyError):
            check.run(asking)
        assert is_the_answers_fault(check, asking)
    finally:
        student.close()


def test_what_cannot_be_read_is_told_by_its_own_reason_also_where_all_is_judged_anew(
    tmp_path: Path,
) -> None:
    why = {"ann": "it is a link", "ben": "it is too large"}
    unread = [HandedIn(who, HESSIAN, tmp_path / who, "", reason) for who, reason in why.items()]
    store, ruling = VerdictStore(tmp_path / "verdicts"), Ruling()
    with Crew(lambda: pytest.fail("nothing is to be judged"), 1) as crew:
        judged = list(judge_class(unread, store, crew, ruling, afresh=True))
    assert {one.handed_in.student: one.fault for one in judged} == why


def handed_in(folder: Path, student: str, content: bytes, digest: str) -> HandedIn:
    path = folder / "submitted" / student / "derivatives" / "hessian.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return HandedIn(student, HESSIAN, path, digest)


def test_who_changes_a_file_during_the_run_costs_no_twin_its_verdict(tmp_path: Path) -> None:
    right = HESSIAN.release.read_bytes()
    digest = hashlib.sha256(right).hexdigest()
    changed = handed_in(tmp_path, "ann", b"{", digest)
    twin = handed_in(tmp_path, "zoe", right, digest)
    store, ruling = VerdictStore(tmp_path / "verdicts"), Ruling(isolation="confined")
    with Crew(lambda: ThreadPoolExecutor(1), 1) as crew:
        both = list(judge_class([changed, twin], store, crew, ruling))
        again = list(judge_class([twin], store, crew, ruling))
    (verdict,) = {one.verdict.to_json() for one in both if one.verdict is not None}
    assert [one.handed_in.student for one in both] == ["ann", "zoe"]
    (known,) = (one for one in again if one.from_store)
    kept = store.get(key_of(digest, HESSIAN, ruling))
    assert kept is not None and kept.to_json() == verdict
    assert known.points == (kept.score, kept.max_score)


def test_what_was_changed_by_all_who_have_it_is_kept_under_no_hash(tmp_path: Path) -> None:
    changed = handed_in(tmp_path, "ann", b"{", "0" * 64)
    store, ruling = VerdictStore(tmp_path / "verdicts"), Ruling(isolation="confined")
    with Crew(lambda: ThreadPoolExecutor(1), 1) as crew:
        (judged,) = judge_class([changed], store, crew, ruling)
    assert "changed while the class was being graded" in judged.fault
    assert not store.get_unreadable(key_of("0" * 64, HESSIAN, ruling))


def test_judging_that_does_not_end_is_stopped_and_the_next_file_is_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compare = Asking.deviation

    def deviation(self: Asking, spec: Any, got: Any, expected: Any) -> Deviation:
        while not torch.equal(got, expected):
            pass
        return compare(self, spec, got, expected)

    monkeypatch.setattr(Asking, "deviation", deviation)
    monkeypatch.setattr(session, "MAX_JUDGING_SECONDS", 1.0)
    with forked_session() as own:
        with pytest.raises(TookTooLongError, match="judging hessian took more than 1 seconds"):
            own.judge([WRONG])
        monkeypatch.setattr(session, "MAX_JUDGING_SECONDS", 60.0)
        (verdict,) = own.judge([RIGHT])
    assert verdict.passed
