"""The seed of a class: numbers to be graded on that nobody who practises has seen.

It lies beside the gradebook, is made once, and is never given out. What a verdict says of it is a
hash, of which a seed of so many bits cannot be guessed.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from graders.course import CourseError, Topic, topics
from graders.course.submission import read_submission

if TYPE_CHECKING:
    from graders.judge.session import Session

PUBLIC = 0
"""The seed that everybody practises with."""

SEED_FILE = "class_seed.txt"
_BITS = 100
_TRIES = 5
_WORDS = """
The numbers that this class is graded on are drawn from the seed in the first line. It was made once
by the course. Keep this file, and keep it to yourself: with another seed all work is judged again,
on other numbers, and whoever knows the seed knows the questions.
"""


def known_seed(folder: Path) -> int | None:
    """Read the seed of a class; None where it has none yet, CourseError where it is no seed."""
    path = folder / SEED_FILE
    try:
        first = path.read_text(encoding="utf-8").split("\n", 1)[0].strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeError) as error:
        raise CourseError(f"{path} cannot be read ({type(error).__name__})") from None
    if not first.isdecimal():
        raise CourseError(
            f"the first line of {path} is no seed; put its number back, or delete the file to have "
            "the class judged again with a new one"
        )
    return private(int(first), str(path))


def private(seed: int, where: str) -> int:
    """Give a seed back; CourseError where it is the public one, on which others are not graded."""
    if seed == PUBLIC:
        raise CourseError(
            f"{where} names seed {PUBLIC}, with which everybody practises, so nobody is graded on "
            "it; leave it out, and the class gets a secret one"
        )
    return seed


def seed_of_class(folder: Path, session: Session) -> int:
    """Give the seed of a class, and make one where it has none: one that every solution passes."""
    found = known_seed(folder)
    if found is not None:
        return found
    return _keep(folder / SEED_FILE, new_seed(_topics_of(folder), session))


def new_seed(asked: Sequence[Topic], session: Session) -> int:
    """Draw a secret seed; CourseError where the solutions of these topics pass on none."""
    for _ in range(_TRIES):
        seed = secrets.randbits(_BITS)
        if all(_passes(topic, seed, session) for topic in asked):
            return seed
    names = ", ".join(topic.path for topic in asked)
    raise CourseError(f"the solutions of {names} do not pass their own checks; run `dojo verify`")


def _topics_of(folder: Path) -> list[Topic]:
    """List the topics that the class has notebooks of, or all."""
    here = [one for one in topics() if (folder / "source" / f"{one.path}.ipynb").is_file()]
    return here or list(topics())


def _passes(topic: Topic, seed: int, session: Session) -> bool:
    (verdict,) = session.judge([read_submission(topic.solution, topic)], seed=seed)
    return verdict.passed


def _keep(path: Path, seed: int) -> int:
    """Write the seed for its owner alone; of two who make one at a time, the first one's holds."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{seed}\n{_WORDS}")
        os.link(draft, path)
    except FileExistsError:
        return known_seed(path.parent) or seed
    finally:
        draft.unlink(missing_ok=True)
    return seed
