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
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Literal

from graders.course import CourseError, Topic, topics
from graders.course.submission import UnreadableSubmissionError
from graders.learners.checking import WarmJudge, advice
from graders.learners.hints import next_hint
from graders.learners.keys import keys_to
from graders.learners.overview import next_topic, overview_lines
from graders.learners.progress import load_progress, save_progress
from graders.learners.screen import Screen
from graders.learners.targets import Target
from graders.learners.workplace import Workplace, shown
from graders.outlets.terminal import Line, verdict_lines
from graders.sandbox.processes import GraderFaultError

WatchFiles = Callable[[Callable[[Path], None], threading.Event], None]


@dataclass(frozen=True)
class Event:
    """Something that happened: a key was pressed, or a file changed."""

    kind: Literal["key", "saved"]
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
        self._events: queue.Queue[Event] = queue.Queue()
        self._guard = threading.Lock()
        self._is_judging = self._is_called_off = self._is_left = False
        self._asked_to_reset = False
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
            with self._screen, keys_to(self._pressed):
                while self._handle(self._events.get()):
                    pass
        except KeyboardInterrupt:
            pass
        finally:
            stop.set()
            watcher.join(timeout=2)
            signal.signal(signal.SIGINT, before)

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
            " ": lambda: self._screen.scroll(1),
            "b": lambda: self._screen.scroll(-1),
            "\x1b[B": lambda: self._screen.scroll(1),
            "\x1b[A": lambda: self._screen.scroll(-1),
        }
        action = actions.get(event.what)
        if action is not None:
            action()
        return True

    def _judge_now(self) -> None:
        """Judge the file and show the verdict, unless something urgent comes meanwhile."""
        self._drop_older_saves()
        self._screen.say(f"judging {shown(self._file)} …")
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
        self._screen.show(lines, f"watching {shown(self._file)}")

    def _may_be_called_off(self, may: bool) -> None:
        with self._guard:
            self._is_judging, self._is_called_off = may, False

    def _verdict_lines(self) -> list[Line]:
        try:
            path = self._place.existing_exercise(self._topic)
            verdict, submission = self._judge.judge_file(path, self._topic, self._seed)
        except (CourseError, UnreadableSubmissionError, GraderFaultError) as error:
            # A worker that was ended for it looks like a fault of the grader.
            if self._is_called_off or self._is_left:
                raise KeyboardInterrupt from None
            return [Line("error", str(error)), Line("note", "Save the file to try again.")]
        path = self._place.progress_file
        save_progress(path, load_progress(path).with_verdict(verdict))
        lines = [*verdict_lines(verdict, submission), Line("blank"), *advice(verdict)]
        return [*lines, *self._where_the_backup_is()]

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
        path = self._place.progress_file
        try:
            lines, progress = next_hint(Target(self._topic), load_progress(path))
        except CourseError as error:
            self._screen.say(str(error))
            return
        save_progress(path, progress)
        self._screen.show(lines, f"watching {shown(self._file)}")

    def _next(self) -> None:
        """Move on, because the learner says so: to the next open topic, or else to the next."""
        everything = topics()
        place = everything.index(self._topic)
        following: Sequence[Topic] = (*everything[place + 1 :], *everything[:place])
        found = next_topic(following, load_progress(self._place.progress_file))
        if found is None:
            self._screen.say("no other topic is open")
            return
        self._topic = found
        self._judge_now()

    def _solution(self) -> None:
        from graders.learners.comparison import comparison_lines, ways

        progress = load_progress(self._place.progress_file)
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
        self._screen.show(lines, f"watching {shown(self._file)}")

    def _list(self) -> None:
        progress = load_progress(self._place.progress_file)
        self._screen.show(overview_lines(topics(), progress), f"watching {shown(self._file)}")

    def _reset(self, is_confirmed: bool) -> None:
        if not is_confirmed:
            self._asked_to_reset = True
            self._screen.say(
                "press r again to begin this topic anew; your file is kept as a backup"
            )
            return
        try:
            backup = self._place.reset(self._topic)
        except (CourseError, OSError) as error:
            self._screen.say(str(error))
            return
        path = self._place.progress_file
        save_progress(path, load_progress(path).without(self._topic))
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


def follow(
    folder: Path, changed: Callable[[Path], None], stop: threading.Event, *, poll: bool = False
) -> None:
    """Call `changed` for every file written or deleted below a folder, until `stop` is set."""
    from watchfiles import watch

    for changes in watch(
        folder,
        force_polling=poll or None,
        debounce=200,
        step=10,
        stop_event=stop,
        raise_interrupt=False,
    ):
        for path in dict.fromkeys(Path(name) for _, name in changes):
            changed(path)
