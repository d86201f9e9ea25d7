"""`dojo watch`: judge again whenever the file is saved, and answer to keys in between.

Judging runs in the main thread. Two threads listen, one to the file system and one to the keys;
when something comes that makes the running judgement pointless, they interrupt it. The first
judgement of a topic is left alone, because it imports what the later ones use, and a module whose
import was broken off cannot always be imported again.
"""

from __future__ import annotations

import _thread
import queue
import signal
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Literal

from graders.course import CourseError, Topic, topics
from graders.course.submission import UnreadableSubmissionError
from graders.judge.verdict import Verdict
from graders.learners.checking import WarmJudge, advice, place_of_stub
from graders.learners.hints import next_hint
from graders.learners.interrupted import interruptions
from graders.learners.keys import Keyboard, keys_to
from graders.learners.memory import Memory
from graders.learners.once_more import OnceMore
from graders.learners.overview import next_topic, overview_lines
from graders.learners.screen import Screen
from graders.learners.targets import Target
from graders.learners.workplace import Workplace, shown
from graders.outlets.terminal import Line, verdict_lines
from graders.sandbox.processes import GraderFaultError

WatchFiles = Callable[[Callable[[Path], None], threading.Event], None]


@dataclass(frozen=True)
class Event:
    """Something that happened: a key was pressed, or a file changed."""

    kind: Literal["key", "saved", "resized"]
    what: str


class Watch:
    """One session of watching. It never moves on to another topic by itself."""

    def __init__(
        self, topic: Topic, place: Workplace, screen: Screen, judge: WarmJudge, *, seed: int = 0
    ) -> None:
        """Begin with a topic."""
        self._topic = topic
        self._place = place
        self._screen = screen
        self._judge = judge
        self._seed = seed
        self._once_more = OnceMore(judge, seed)
        # A simple queue, for a signal may come while it is being read.
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._guard = threading.Lock()
        self._is_judging = self._is_called_off = self._is_left = False
        self._is_busy = self._asked_to_reset = False
        self._memory = Memory(place.progress_file)
        self._verdict: list[Line] = []
        self._last_reset: tuple[Path, int] | None = None
        self._judged_before: set[Topic] = set()

    def run(self, watch_files: WatchFiles) -> None:
        """Watch until the learner quits or presses Ctrl-C."""
        stop = threading.Event()
        watcher = threading.Thread(target=watch_files, args=(self._changed, stop), daemon=True)
        before = signal.signal(signal.SIGINT, self._interrupt)
        try:
            self._events.put(Event("saved", str(self._file)))
            watcher.start()
            with self._screen, keys_to(self._pressed) as keyboard, self._interruptions(keyboard):
                while self._handle(self._events.get()):
                    pass
        except KeyboardInterrupt:
            pass
        finally:
            stop.set()
            watcher.join(timeout=2)
            signal.signal(signal.SIGINT, before)

    def _interruptions(self, keyboard: Keyboard) -> AbstractContextManager[None]:
        def leave() -> None:
            self._screen.leave()
            keyboard.give_back()

        def come_back() -> None:
            keyboard.take()
            self._screen.come_back()
            if self._is_busy:
                # Its time limits went on while it stood still.
                self._events.put(Event("saved", str(self._file)))

        return interruptions(leave, come_back, lambda: self._events.put(Event("resized", "")))

    def _interrupt(self, _signal: int, _frame: FrameType | None) -> None:
        """Tell Ctrl-C from an interrupt of our own, which comes when judging is called off."""
        self._is_left = not self._is_called_off
        raise KeyboardInterrupt

    @property
    def _file(self) -> Path:
        return self._place.exercise(self._topic)

    def _changed(self, path: Path) -> None:
        if path.name == self._file.name and path.parent.name == self._topic.assignment:
            self._put(Event("saved", str(path)), is_urgent=True)

    def _pressed(self, key: str) -> None:
        self._put(Event("key", key), is_urgent=key == "q")

    def _put(self, event: Event, *, is_urgent: bool) -> None:
        self._events.put(event)
        with self._guard:
            if is_urgent and self._is_judging and not self._is_called_off:
                self._is_called_off = True
                _thread.interrupt_main()

    def _handle(self, event: Event) -> bool:
        """Do what an event asks for; False ends the session."""
        if event.kind == "resized":
            self._screen.redraw()
            return True
        if event.kind == "saved":
            self._judge_now()
            return True
        is_confirmed, self._asked_to_reset = self._asked_to_reset, False
        if event.what == "q":
            return False
        if event.what == "r":
            self._reset(is_confirmed)
            return True
        actions: dict[str, Callable[[], None]] = {
            "h": self._hint,
            "n": self._next,
            "s": self._solution,
            "l": self._list,
            "v": self._show_verdict,
            "escape": self._show_verdict,
            " ": lambda: self._screen.scroll(1),
            "b": lambda: self._screen.scroll(-1),
            "down": lambda: self._screen.scroll(1),
            "up": lambda: self._screen.scroll(-1),
        }
        action = actions.get(event.what)
        if action is not None:
            action()
        return True

    def _judge_now(self) -> None:
        """Judge the file and show the verdict, unless something urgent comes meanwhile."""
        self._drop_older_saves()
        self._screen.say(f"judging {shown(self._file)} …")
        self._is_busy = True
        try:
            self._may_be_called_off(self._topic in self._judged_before)
            lines = self._verdict_lines()
            self._judged_before.add(self._topic)
            self._may_be_called_off(False)
        except KeyboardInterrupt:
            self._may_be_called_off(False)
            self._judge.close()
            if self._is_left:
                raise
            self._judge.warm_up()
            return
        finally:
            self._is_busy = False
        self._verdict = lines
        self._show_verdict()

    def _show_verdict(self) -> None:
        self._screen.show(self._verdict, self._status)

    @property
    def _status(self) -> str:
        return f"watching {shown(self._file)}"

    def _may_be_called_off(self, may: bool) -> None:
        with self._guard:
            self._is_judging, self._is_called_off = may, False

    def _verdict_lines(self) -> list[Line]:
        try:
            path = self._place.existing_exercise(self._topic)
            verdict, submission = self._once_more.judge_file(path, self._topic)
        except (CourseError, UnreadableSubmissionError, GraderFaultError) as error:
            # A worker that was ended for it looks like a fault of the grader.
            if self._is_called_off or self._is_left:
                raise KeyboardInterrupt from None
            return [Line("error", str(error)), Line("note", "Save the file to try again.")]
        warning = self._memory.change(lambda progress: progress.with_verdict(verdict))
        lines = [*verdict_lines(verdict, submission), Line("blank")]
        lines += [*place_of_stub(verdict, submission, path), *self._advice(verdict)]
        lines += [Line("note", warning)] if warning else []
        return [*lines, *self._where_the_backup_is()]

    def _advice(self, verdict: Verdict) -> list[Line]:
        if not verdict.passed:
            return advice(verdict)
        following = self._following()
        onward = f"press n to go on with {following.name}" if following else "all is passed"
        has_others = self._topic.solution.is_file()
        others = [Line("next", "compare your way with others: press s")] if has_others else []
        return [*others, Line("next", onward)]

    def _drop_older_saves(self) -> None:
        kept = []
        while True:
            try:
                event = self._events.get_nowait()
            except queue.Empty:
                break
            if event.kind != "saved":
                kept.append(event)
        for event in kept:
            self._events.put(event)

    def _hint(self) -> None:
        """Show one hint more, below the verdict that it helps with."""
        try:
            hints, progress = next_hint(Target(self._topic), self._memory.now())
        except CourseError as error:
            self._screen.say(str(error))
            return
        warning = self._memory.change(lambda _: progress)
        lines = [*self._verdict, Line("blank"), *hints]
        lines += [Line("note", warning)] if warning else []
        self._screen.show(lines, self._status, back=True, focus=len(self._verdict))

    def _following(self) -> Topic | None:
        """Find the next open topic behind this one, or else before it."""
        everything = topics()
        place = everything.index(self._topic)
        following: Sequence[Topic] = (*everything[place + 1 :], *everything[:place])
        return next_topic(following, self._memory.now())

    def _next(self) -> None:
        """Move on, because the learner says so."""
        found = self._following()
        if found is None:
            self._screen.say("no other topic is open")
            return
        self._topic = found
        self._judge_now()

    def _solution(self) -> None:
        from graders.learners.comparison import comparison_lines, ways

        progress = self._memory.now()
        passed = [t.name for t in self._topic.tasks if progress.of(self._topic, t.name).passed]
        if not passed:
            name = self._topic.name
            self._screen.say(f"after passing a task; before that: dojo solution {name} --peek")
            return
        self._screen.say("measuring …")
        lines: list[Line] = []
        try:
            for task in passed:
                found = ways(self._topic, task, self._file, self._judge.launcher, self._seed)
                lines += comparison_lines(self._topic, task, found, self._seed)
                lines.append(Line("blank"))
        except (CourseError, GraderFaultError) as error:
            lines.append(Line("error", str(error)))
        self._screen.show(lines, self._status, back=True)

    def _list(self) -> None:
        lines = overview_lines(topics(), self._memory.now())
        self._screen.show(lines, self._status, back=True)

    def _reset(self, is_confirmed: bool) -> None:
        if not is_confirmed:
            self._asked_to_reset = True
            self._screen.say(
                "press r again to begin this topic anew; your file is kept as a backup"
            )
            return
        try:
            backup = self._place.reset(self._topic)
        except CourseError as error:
            self._screen.say(str(error))
            return
        except OSError as error:
            self._screen.say(f"{error.filename} cannot be written: {error.strerror}")
            return
        self._memory.change(lambda progress: progress.without(self._topic))
        self._last_reset = (backup, self._file.stat().st_mtime_ns) if backup else None
        self._judge_now()

    def _where_the_backup_is(self) -> list[Line]:
        """Say where the file before a reset is kept, until the learner writes into the new one.

        It is part of the page: the reset itself is a save, so the file is judged once more.
        """
        if self._last_reset is None:
            return []
        backup, written = self._last_reset
        if not self._file.exists() or self._file.stat().st_mtime_ns != written:
            self._last_reset = None
            return []
        return [Line("blank"), Line("note", f"your file is kept as {shown(backup)}")]
