"""What Gradescope's harness runs: judge a submission and write results.json, whole or not at all.

    python -m graders.outlets.gradescope.run /autograder

A student's fault costs its points. A fault of the grader's own leaves no results.json: Gradescope
then says that the autograder failed and gives no score, where a file without a task's points would
be summed up to a grade too low. What failed is printed, and only instructors see that.
"""

from __future__ import annotations

import json
import os
import stat
import sys
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from graders.course import assignment
from graders.course.whole_files import write_whole
from graders.course.written import written_answers
from graders.judge.session import ConfinementError, Session
from graders.limits import Limits
from graders.outlets.gradescope.handed_in import HandedIn, look_through
from graders.outlets.gradescope.results import Judged, require_all_judged, results_of
from graders.outlets.gradescope.settings import Settings
from graders.outlets.gradescope.shut_off import Protection, require_shut_off
from graders.outlets.terminal import clean
from graders.sandbox.processes import GraderFaultError

# Gradescope ends a run after ten minutes unless it is told otherwise. Student code gets seven in
# all; starting up and comparing take the rest.
_STUDENT_SECONDS = 420.0
_ENOUGH_BYTES = 2 * 2**30
_MEMORY = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def main() -> None:
    """Grade what lies under the folder in argv; 0 where results were written, else 1."""
    root = Path(sys.argv[1] if len(sys.argv) > 1 else "/autograder").resolve()
    sys.exit(0 if grade(root) else 1)


def grade(root: Path, limits: Limits | None = None) -> bool:
    """Judge the submission below `root` and write its results; whether there are any."""
    path = root / "results" / "results.json"
    # Whatever is there: nobody may take it for the results of this run.
    path.unlink(missing_ok=True)
    try:
        results = _results(root, limits)
    except GraderFaultError as error:
        words = clean(str(error))
        print(f"The autograder failed, and no score was written: {words}", flush=True)
        return False
    except Exception:
        print("The autograder failed, and no score was written:", flush=True)
        traceback.print_exc(file=sys.stdout)
        return False
    write_whole(path, json.dumps(results, allow_nan=False))
    path.chmod(0o644)
    print(f"{results['score']:g} points; results.json is written.", flush=True)
    return True


def _results(root: Path, limits: Limits | None) -> dict[str, Any]:
    settings = Settings.read(root / "source")
    topics = assignment(settings.assignment)
    shares = limits or Limits(submission_seconds=_STUDENT_SECONDS / len(topics))
    _close(root)
    handed_in = look_through(root / "submission", topics)
    with Session(limits=shares) as session:
        if session.launcher.isolation != "confined":
            raise ConfinementError("this system cannot confine student code; that takes Linux")
        protection = require_shut_off(session, topics[0], root / "results")
        papers = _judge(session, handed_in, settings.seed)
    require_all_judged(papers)
    for_instructors = list(_for_instructors(protection))
    for line in for_instructors:
        print(line, flush=True)
    return results_of(papers, [one for t in topics for one in written_answers(t)], for_instructors)


def _judge(session: Session, handed_in: Sequence[HandedIn], seed: int) -> list[Judged]:
    papers = []
    for one in handed_in:
        verdicts = session.judge([one.submission], seed=seed) if one.submission else [None]
        papers.append(Judged(one, verdicts[0]))
    return papers


def _close(root: Path) -> None:
    """Close the course to everybody else, and the results to everybody else's writing.

    Run by root, student code is another user's. Elsewhere other layers do the same, and what comes
    of it is tried before anything of a student's is run.
    """
    os.chmod(root / "source", stat.S_IRWXU)
    results = root / "results"
    results.mkdir(exist_ok=True)
    os.chmod(results, stat.S_IMODE(results.stat().st_mode) & ~(stat.S_IWGRP | stat.S_IWOTH))


def _for_instructors(protection: Protection) -> Iterator[str]:
    if protection.missing:
        yield (
            "Not all layers of confinement are in force here. It was tried before grading: student "
            "code reached neither solutions, hidden tests, graders, results, the judging process "
            "nor the network. Not in force:"
        )
        yield from (f"  {layer}" for layer in protection.missing)
    room = _container_bytes()
    if room is not None and room < _ENOUGH_BYTES:
        yield (
            f"This container has {room / 2**30:.1f} GB of memory. Where student code takes all of "
            "it, the system may end the grader, and there is no score; give it 2 GB or more."
        )


def _container_bytes() -> int | None:
    """Give the memory that this container may use; None where nothing says so."""
    for place in _MEMORY:
        try:
            return int(Path(place).read_text(encoding="ascii"))
        except (OSError, ValueError):
            continue
    return None


if __name__ == "__main__":
    main()
