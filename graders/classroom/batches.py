"""Work for an executor: a batch of submissions travels as bytes and comes back as JSON.

Everything here is sent to other processes and machines by its name, so it stays importable and
keeps nothing but the warm launcher between calls.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from graders.classroom.failures import in_words
from graders.classroom.store import Ruling, graders_fingerprint
from graders.course import CourseError, Topic, topic
from graders.course.patience import TookTooLongError, within
from graders.course.submission import UnreadableSubmissionError, parse_submission
from graders.limits import MAX_JUDGING_SECONDS

if TYPE_CHECKING:
    from graders.judge.session import Session

_ONE_AT_A_TIME = threading.Lock()
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Question:
    """A submission on its way to be judged: the notebook's name, its topic and its bytes."""

    name: str
    topic: str
    content: bytes


@dataclass(frozen=True)
class Answer:
    """What came of it: a verdict as JSON, or a sentence on why there is none."""

    verdict: str = ""
    unreadable: str = ""
    fault: str = ""


@dataclass(frozen=True)
class Batch:
    """Submissions to be judged in one go, and by which course they are to be judged."""

    questions: tuple[Question, ...]
    ruling: Ruling
    graders: tuple[tuple[str, str], ...]
    torch: str


def batch_of(questions: tuple[Question, ...], ruling: Ruling) -> Batch:
    """Pack questions together with what the judging side must agree on."""
    names = dict.fromkeys(question.topic for question in questions)
    graders = tuple((name, graders_fingerprint(topic(name))) for name in names)
    return Batch(questions, ruling, graders, version("torch"))


def judge_batch(batch: Batch) -> tuple[Answer, ...]:
    """Judge a batch with this process's warm launcher, one answer to each question.

    ConfinementError where this machine cannot confine student code and nobody said that it need
    not. No other exception gets out: a fault becomes the answer to the question it concerns.
    """
    with _ONE_AT_A_TIME:
        from graders.judge.process_session import process_session

        session = process_session(batch.ruling.isolation)
        session.require_confinement()
        try:
            _require_same_course(batch)
            return _judge(batch, session)
        except Exception as error:
            return (Answer(fault=f"the grader failed: {in_words(error)}"),) * len(batch.questions)


def _judge(batch: Batch, session: Session) -> tuple[Answer, ...]:
    return tuple(_answer(question, batch.ruling.seed, session) for question in batch.questions)


def _answer(question: Question, seed: int, session: Session) -> Answer:
    """Judge one submission; whatever goes wrong in this concerns no other."""
    found = topic(question.topic)
    try:
        with within(MAX_JUDGING_SECONDS, f"reading {question.name}"):
            submission = parse_submission(question.content, question.name, found)
    except UnreadableSubmissionError as error:
        return Answer(unreadable=str(error))
    except Exception as error:
        kind = type(error).__name__
        return Answer(unreadable=f"{question.name} could not be read ({kind})")
    try:
        (verdict,) = session.judge([submission], seed=seed)
        return Answer(verdict.to_json())
    except TookTooLongError as error:
        return Answer(unreadable=str(error))
    except Exception as error:
        _log.exception("%s could not be judged", question.name)
        return Answer(fault=f"the grader failed: {in_words(error)}")


def _require_same_course(batch: Batch) -> None:
    """Refuse to judge by other graders, or with another torch, than whoever asks."""
    if version("torch") != batch.torch:
        raise CourseError(f"torch is {version('torch')} there and {batch.torch} here")
    for name, fingerprint in batch.graders:
        found: Topic = topic(name)
        if graders_fingerprint(found) != fingerprint:
            raise CourseError(f"the course there has other graders for {name} than the one here")
