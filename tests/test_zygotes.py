"""Zygotes that share what they have warmed up: the end of one costs no grade."""

from __future__ import annotations

import ctypes
import mmap
import select
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest
import twins
from warm import judge

from graders import course
from graders.authoring.specimens import solution
from graders.course.submission import Submission
from graders.sandbox.layers import gaps
from graders.sandbox.processes import Course
from graders.sandbox.student import Student
from graders.sandbox.warm_process import Interpreter, Twin
from graders.sandbox.zygotes import Zygote

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="zygotes are for Linux")

RIGHT = solution(course.topic("hessian"))
MADV_COLLAPSE = 25


@pytest.fixture(autouse=True, scope="module")
def _started_from_nothing() -> Iterator[None]:
    with twins.started_from_nothing():
        yield


@pytest.fixture(scope="module")
def mother() -> Iterator[Zygote]:
    zygote = Zygote()
    yield zygote
    zygote.close()


@pytest.fixture
def mortal() -> Iterator[tuple[Zygote, Zygote]]:
    """A mother that a test may kill, with a twin."""
    mother = Zygote()
    twin = Zygote(mother=mother.lend())
    yield mother, twin
    twin.close()
    mother.close()


@pytest.fixture
def twin(mother: Zygote) -> Iterator[Zygote]:
    zygote = Zygote(mother=mother.lend())
    yield zygote
    zygote.close()


def passes(zygote: Zygote) -> bool:
    (verdict,) = judge([RIGHT], launcher=zygote)
    return verdict.passed and not verdict.needs_person


def test_the_first_worker_is_confined_before_anybody_needs_it(twin: Zygote) -> None:
    """Both answers of the warm process wait by then: that it is warm, and who the worker is."""
    for zygote in (Zygote(), twin):
        zygote.warm()
        assert zygote._ordered is not None
        is_there, *_ = select.select([zygote._ordered.channel], [], [], 60)
        assert is_there and passes(zygote)
        zygote.close()


def test_twins_work_side_by_side_with_every_layer(mother: Zygote, twin: Zygote) -> None:
    other = Zygote(mother=mother.lend())
    for zygote in (twin, other, twin):
        assert passes(zygote)
        assert isinstance(zygote.process, Twin)
        student = Student(Submission(course.topic("hessian"), ()), zygote, seed=0)
        student.start()
        layers = student.layers
        student.close()
        assert layers and gaps(layers) == ()
    other.close()


def test_a_twin_serves_the_course_that_it_is_asked_for(
    mother: Zygote, twin: Zygote, tmp_path: Path
) -> None:
    here = Course.here()
    hidden = tmp_path / "graders" / "hidden"
    shutil.copytree(here.hidden / "derivatives" / "hessian", hidden / "derivatives" / "hessian")
    (hidden / "derivatives" / "__init__.py").touch()
    (hidden / "derivatives" / "hessian" / "problems.py").write_text("", encoding="utf-8")
    own = tuple(one for one in here.topics if one[0] == "derivatives/hessian")
    other = Zygote(mother=mother.lend(), course=Course(hidden, own))
    assert not passes(other) and isinstance(other.process, Twin)
    assert passes(twin)
    other.close()


@pytest.mark.parametrize("times", [1, 200])
def test_a_course_of_more_topics_than_a_message_holds_starts_from_nothing(
    mother: Zygote, times: int
) -> None:
    here = Course.here()
    zygote = Zygote(mother=mother.lend(), course=Course(here.hidden, here.topics * times))
    zygote._begin()
    assert isinstance(zygote.process, Twin if times == 1 else Interpreter)
    zygote.close()


def test_the_end_of_a_twin_is_not_the_end_of_another(mother: Zygote, twin: Zygote) -> None:
    other = Zygote(mother=mother.lend())
    assert passes(twin) and passes(other)
    other.close()
    assert passes(twin)
    assert isinstance(twin.process, Twin)


def test_a_twin_that_is_killed_is_replaced(twin: Zygote) -> None:
    assert passes(twin)
    assert isinstance(twin.process, Twin)
    signal.pidfd_send_signal(twin.process._pidfd, signal.SIGKILL)
    assert passes(twin)


def test_a_twin_whose_mother_is_killed_starts_from_nothing(mortal: tuple[Zygote, Zygote]) -> None:
    mother, twin = mortal
    assert passes(twin)
    kill(mother)
    assert passes(twin)
    assert isinstance(twin.process, Interpreter)


def test_a_mother_killed_while_she_warms_up_costs_nothing(mortal: tuple[Zygote, Zygote]) -> None:
    mother, twin = mortal
    twin.warm()
    kill(mother)
    assert passes(twin)
    assert isinstance(twin.process, Interpreter)


def kill(mother: Zygote) -> None:
    assert isinstance(mother.process, Interpreter)
    mother.process.process.kill()
    mother.process.process.wait()


def kilobytes(process: int, what: str) -> int:
    summary = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in summary.splitlines() if line.startswith(what))


def collapses_memory() -> bool:
    """Whether this kernel copies memory into huge pages when it is asked to."""
    size = 2 * 2**21
    with mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as memory:
        memory.write(b"1" * size)
        held = (ctypes.c_char * size).from_buffer(memory)
        start = -(-ctypes.addressof(held) // 2**21) * 2**21
        del held
        asked = ctypes.c_void_p(start), ctypes.c_size_t(2**21), MADV_COLLAPSE
        return int(ctypes.CDLL(None).madvise(*asked)) == 0


def guard_and_zygote(mother: Zygote) -> tuple[int, int]:
    mother.lend()
    assert isinstance(mother.process, Interpreter)
    mother.process.wait()
    guard = mother.process.process.pid
    (zygote,) = psutil.Process(guard).children()
    return guard, zygote.pid


def test_the_guard_has_not_imported_what_its_child_has(mother: Zygote) -> None:
    guard, zygote = (kilobytes(one, "Rss:") for one in guard_and_zygote(mother))
    assert guard < zygote / 4


@pytest.mark.skipif(not collapses_memory(), reason="from Linux 6.1, and not on every one")
def test_what_forks_inherit_lies_in_huge_pages(mother: Zygote) -> None:
    """glibc's own are a third; those that a mother with children writes to are split again."""
    _, zygote = guard_and_zygote(mother)
    assert kilobytes(zygote, "AnonHugePages:") > 0.5 * kilobytes(zygote, "Anonymous:")
