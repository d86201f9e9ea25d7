"""Grade an assignment: from the folders of a class to verdicts, gradebook and feedback."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graders.classroom.failures import in_words_at
from graders.classroom.grading import judge_class
from graders.classroom.handed_in import HandedIn, left_out, read_class, students_of
from graders.classroom.indexes import add_indexes
from graders.classroom.last_run import note_run, note_what_came
from graders.classroom.marked_cells import Worth, points_of_tasks, require_agreement
from graders.classroom.papers import earned, paper_of, unknown_to, why_a_person
from graders.classroom.points import PointsKept
from graders.classroom.pool import Crew
from graders.classroom.records import Records, Written
from graders.classroom.settings import course_directory
from graders.classroom.store import FOLDER, Ruling, VerdictStore
from graders.classroom.work import Job, Paper, Papers
from graders.classroom.writing import convert
from graders.course import CourseError, Topic, assignment


@dataclass(frozen=True)
class Order:
    """What is to be graded, and how; `student` None means all."""

    folder: Path
    assignment: str
    ruling: Ruling
    student: str | None = None
    afresh: bool = False
    feedback: bool = True


@dataclass
class Outcome:
    """What came of it so far: counts, and who is waited for, by name with a sentence.

    `gone` is who or what was graded and is not handed in any more, `above_the_most` says whose
    points are more than there are to be had, `late` how many points that cost whom, and `enrolled`
    are those who handed in and were not in the gradebook, where others were.
    """

    students: int = 0
    notebooks: int = 0
    judged: int = 0
    from_store: int = 0
    written: int = 0
    unchanged: int = 0
    for_a_person: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    gone: dict[str, str] = field(default_factory=dict)
    above_the_most: dict[str, str] = field(default_factory=dict)
    late: dict[str, float] = field(default_factory=dict)
    enrolled: list[str] = field(default_factory=list)


_MANY = 10
_LEFT = "has points in the gradebook, which stay, and nothing in submitted/ any more"
Watch = Callable[[Outcome], None]


def grade(order: Order, judges: Crew, writers: Crew, watch: Watch) -> Outcome:
    """Judge what is not judged yet and write what is not written yet; `watch` sees each step.

    CourseError where there is nothing to grade, or where another run is at work in the folder.
    """
    with _alone(order.folder):
        outcome = Outcome()
        if order.student is None:
            note_run(order.folder, order.assignment)
        handed_in, outcome.failed = read_class(
            order.folder / "submitted", _students(order), order.assignment
        )
        if order.student is None:
            outcome.left_out = left_out(order.folder / "submitted", order.assignment)
        outcome.students = len(handed_in) + len(outcome.failed)
        outcome.notebooks = sum(map(len, handed_in.values()))
        coursedir = course_directory(order.folder)
        records = Records(coursedir, order.assignment)
        if records.enrolled:
            outcome.enrolled = sorted({*handed_in} - records.enrolled)
        topics = assignment(order.assignment)
        _require_checks(topics)
        require_agreement(records.cells, records.source, topics, handed_in=bool(records.students))
        worth = points_of_tasks(records.cells)
        _tell_of_unknown(handed_in, worth, outcome)
        if order.student is None:
            left = records.students - handed_in.keys() - outcome.failed.keys()
            outcome.gone = dict.fromkeys(left, _LEFT)
        outcome.above_the_most = records.above_the_most(outcome.gone)
        add_indexes(coursedir)
        watch(outcome)
        papers = _judge(order, handed_in, judges, outcome, watch, worth)
        _write(order, papers, records, writers, outcome, watch)
        outcome.enrolled = [one for one in outcome.enrolled if one not in outcome.failed]
        outcome.late = records.late
        if order.student is None:
            note_what_came(order.folder, order.assignment, worth, outcome.failed)
        return outcome


def _require_checks(topics: Sequence[Topic]) -> None:
    """Refuse before judging what would go to a person for everybody."""
    for topic in topics:
        if topic.tasks and not topic.test_file.is_file():
            raise CourseError(
                f"there is no {topic.test_file}, and by it the tasks of {topic.name} are judged; "
                "bring its folder back. Nobody is graded without it"
            )


def _students(order: Order) -> list[str]:
    students = students_of(order.folder / "submitted", order.assignment)
    if order.student is not None:
        students = [student for student in students if student == order.student]
    if not students:
        who = order.student or "*"
        place = order.folder / "submitted" / who / order.assignment
        others = left_out(order.folder / "submitted", order.assignment)
        if order.student is not None:
            others = {who: why for who, why in others.items() if who == order.student}
        found = "".join(f"; {who}: {why}" for who, why in list(others.items())[:_MANY])
        raise CourseError(f"there are no notebooks in {place}; was anything collected?{found}")
    return students


def _judge(
    order: Order,
    handed_in: dict[str, list[HandedIn]],
    judges: Crew,
    outcome: Outcome,
    watch: Watch,
    worth: Worth,
) -> dict[str, list[Paper]]:
    store = VerdictStore.of_course(order.folder)
    everything = [one for notebooks in handed_in.values() for one in notebooks]
    papers: dict[str, list[Paper]] = {student: [] for student in handed_in}
    for judged in judge_class(everything, store, judges, order.ruling, afresh=order.afresh):
        student = judged.handed_in.student
        papers[student].append(paper_of(judged, store, order.ruling, worth))
        reason = why_a_person(judged)
        if reason:
            _add(outcome.for_a_person, student, reason)
        outcome.judged += not judged.from_store
        outcome.from_store += judged.from_store
        watch(outcome)
    return {who: sorted(own, key=lambda paper: paper.notebook) for who, own in papers.items()}


def _tell_of_unknown(handed_in: dict[str, list[HandedIn]], worth: Worth, outcome: Outcome) -> None:
    for student, notebooks in handed_in.items():
        unknown = [f"{name}.ipynb" for name in unknown_to(worth, notebooks)]
        if unknown:
            why = (
                f"{', '.join(unknown)} of it, which the gradebook does not know: it was not in "
                "source/ when `nbgrader generate_assignment` ran, and counts in the report alone"
            )
            _add(outcome.left_out, student, why)


def _add(people: dict[str, str], student: str, why: str) -> None:
    others = people.get(student)
    people[student] = f"{others} – {why}" if others else why


def _write(
    order: Order,
    papers: dict[str, list[Paper]],
    records: Records,
    writers: Crew,
    outcome: Outcome,
    watch: Watch,
) -> None:
    points = PointsKept(order.folder, order.assignment)
    steps: list[Papers] = []
    wanted: dict[str, Written] = {}
    for student, own in papers.items():
        try:
            wanted[student] = records.would_be(student, own)
            step = _step(order, student, own, records.are(student, own), wanted[student])
        except Exception as error:
            # Whatever it is, it costs nobody else.
            place = order.folder / "submitted" / student / order.assignment
            outcome.failed[student] = in_words_at(error, place)
            continue
        if step is None:
            outcome.unchanged += 1
            _note(points, student, own, outcome)
        else:
            steps.append(step)
    watch(outcome)

    def start(executor: Executor, batch: Sequence[Papers]) -> Future[Any]:
        for one in batch:
            records.forget(one.student)
        job = Job(str(order.folder), order.assignment, tuple(batch), order.ruling)
        return executor.submit(convert, job)

    written: list[str] = []
    for done in writers.run([steps], start):
        student = done.item.student
        fault = done.fault or done.result
        if fault:
            outcome.failed[student] = fault
        else:
            feedback = wanted[student].feedback if done.item.feedback else ""
            # First, for who is killed between the two does both again.
            _note(points, student, papers[student], outcome)
            records.keep(student, Written(wanted[student].grades, feedback))
            outcome.written += 1
            written.append(student)
        watch(outcome)
    if written:
        records.note_entries(written)


def _note(points: PointsKept, student: str, papers: Sequence[Paper], outcome: Outcome) -> None:
    gone = points.note(student, earned(papers), [one.notebook for one in papers])
    if gone:
        names = ", ".join(f"{name}.ipynb" for name in gone)
        outcome.gone[student] = (
            f"graded before and not there any more: {names}; the machine gives no points for that, "
            "and points that a person gave stay until a person changes them"
        )


def _step(
    order: Order, student: str, papers: list[Paper], there: Written, wanted: Written
) -> Papers | None:
    """Say which of the two steps a student needs; None for neither."""
    autograde = order.afresh or there.grades != wanted.grades
    feedback = order.feedback and (autograde or there.feedback != wanted.feedback)
    if not autograde and not feedback:
        return None
    return Papers(student, tuple(papers), autograde, feedback)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep a second run out of the folder; the system lets go of the lock however a run ends."""
    from filelock import FileLock, Timeout

    (folder / FOLDER).mkdir(exist_ok=True)
    lock = FileLock(folder / FOLDER / "lock", timeout=0)
    try:
        with lock:
            yield
    except Timeout:
        raise CourseError(
            f"another `dojo grade` is at work in {folder}; wait for it to end, then run this again"
        ) from None
