"""Run inside the container: kill workers and zygotes at random while they judge, as JSON.

Only processes that this driver started are killed. Most kills hit workers forked from this very
process, which start in a millisecond; the rest hit the real zygote and its workers.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from attacks import specimens
from graders.course import topic
from graders.course.submission import Submission, parse_submission
from graders.judge.session import Session
from graders.limits import Limits
from graders.sandbox.processes import Course, End
from graders.sandbox.worker.serve import leave, serve
from graders.sandbox.worker.warm import warm_up
from graders.sandbox.zygotes import Zygote

SEED = 2
_warm: Any = None


class Forked:
    """A worker forked from this process, unconfined: what it runs is ours."""

    def __init__(self) -> None:
        """Fork and serve."""
        self.channel, theirs = socket.socketpair()
        self.pid = os.fork()
        if self.pid == 0:
            self.channel.close()
            try:
                serve(theirs, _warm, [])
            finally:
                leave()
        theirs.close()
        self.pidfd = os.pidfd_open(self.pid)
        self._end = End(None)

    def end(self) -> End:
        """Kill it if it still runs, and say how it ended."""
        if self.pidfd >= 0:
            self.channel.close()
            runs = not select.select([self.pidfd], [], [], 0.2)[0]
            if runs:
                signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
            _, status = os.waitpid(self.pid, 0)
            self._end = End(os.waitstatus_to_exitcode(status), by_judge=runs)
            os.close(self.pidfd)
            self.pidfd = -1
        return self._end

    def dismiss(self) -> None:
        """End it and wait; it has nothing to clear away."""
        self.end()


class Killable:
    """A launcher whose latest worker, or whose zygote, can be killed from another thread."""

    isolation = "confined"
    limits = Limits()

    def __init__(self, start: Callable[[Limits], Any], zygote: Zygote | None = None) -> None:
        """Nothing is running yet."""
        self.zygote = zygote
        self.worker: Any = None
        self.kills = 0
        self.always = False
        self._start = start

    def start(self, limits: Limits) -> Any:
        """Start a worker, and kill it at once where all are to be killed."""
        self.worker = self._start(limits)
        if self.always:
            self.kill(of_zygote=False)
        return self.worker

    def warm(self) -> None:
        """Start nothing ahead."""

    def expect(self, ours: object) -> None:
        """Have nothing compiled."""

    def warm_up_more(self) -> bool:
        """Have nothing more imported."""
        return False

    def close(self) -> None:
        """End the zygote, so that the next worker comes from a fresh one."""
        if self.zygote is not None:
            self.zygote.close()

    def kill(self, of_zygote: bool) -> None:
        """Kill the zygote or the latest worker, if it runs."""
        process = self.zygote.process if self.zygote is not None and of_zygote else None
        try:
            if process is not None:
                process.process.kill()
                self.kills += 1
            elif self.worker is not None and self.worker.pidfd >= 0:
                signal.pidfd_send_signal(self.worker.pidfd, signal.SIGKILL)
                self.kills += 1
        except OSError:
            return


def main() -> None:
    """Kill as often as argv says: workers forked from here, then zygotes and their workers."""
    global _warm
    light, real = int(sys.argv[1]), int(sys.argv[2])
    text = specimens.base("curvature").encode()
    submission = parse_submission(text, "curvature.py", topic("curvature"))
    _warm = warm_up(Course.here().as_arguments())
    zygote = Zygote()
    report = {
        "light": _disturb(submission, Killable(lambda _limits: Forked()), light),
        "real": _disturb(submission, Killable(zygote.start, zygote), real),
        "always": _always(submission),
    }
    print(json.dumps(report))


def _disturb(submission: Submission, launcher: Killable, kills: int) -> dict[str, Any]:
    schedule = random.Random(SEED)
    session = Session(launcher=launcher)  # type: ignore[arg-type]
    times = []
    for _ in range(5):
        started = time.monotonic()
        (undisturbed,) = session.judge([submission])
        times.append(time.monotonic() - started)
    # The shortest: a kill that comes when all is over hits nothing.
    seconds = min(times)
    same = changed = sent_to_a_person = 0
    for _ in range(10 * kills):
        if launcher.kills >= kills:
            break
        delay, of_zygote = schedule.uniform(0, seconds), schedule.random() < 0.5
        timer = threading.Timer(delay, launcher.kill, [of_zygote])
        timer.start()
        (verdict,) = session.judge([submission])
        timer.cancel()
        timer.join()
        same += verdict == undisturbed
        changed += verdict != undisturbed and not verdict.needs_person
        sent_to_a_person += verdict.needs_person
    session.close()
    return {
        "kills": launcher.kills,
        "score": undisturbed.score,
        "same": same,
        "changed": changed,
        "sent_to_a_person": sent_to_a_person,
    }


def _always(submission: Submission) -> dict[str, Any]:
    launcher = Killable(lambda _limits: Forked())
    launcher.always = True
    (verdict,) = Session(launcher=launcher).judge([submission])  # type: ignore[arg-type]
    return {
        "needs_person": [task.needs_person for task in verdict.tasks],
        "statuses": sorted({c.status for task in verdict.tasks for c in task.checks}),
        "kills": launcher.kills,
    }


if __name__ == "__main__":
    main()
