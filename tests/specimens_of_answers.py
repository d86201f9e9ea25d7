"""Turns the functions of `tests/answers` into submissions, each with the solution around it."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from graders import course
from graders.authoring.specimens import with_function
from graders.judge.submission import Submission

TOPICS = ("jacobian", "hessian", "curvature", "hvp")
_IMPORTS = (
    "import torch\nfrom torch import Tensor\nfrom collections.abc import Callable, Sequence\n"
)


@dataclass(frozen=True)
class Specimen:
    task: str
    name: str
    submission: Submission


def right_answers(topic: str) -> Iterator[Specimen]:
    answers = importlib.import_module(f"answers.{topic}")
    for task, methods in answers.RIGHT.items():
        for name, function in methods:
            yield _specimen(topic, task, name, function)


def wrong_answers(topic: str) -> Iterator[Specimen]:
    answers = importlib.import_module(f"answers.{topic}")
    for (task, name), spellings in answers.WRONG.items():
        for function in spellings:
            yield _specimen(topic, task, name, function)


def _specimen(topic: str, task: str, name: str, function: Callable[..., Any]) -> Specimen:
    code = f"{_IMPORTS}\n{inspect.getsource(function)}"
    submission = with_function(course.topic(topic), task, code, function.__name__)
    return Specimen(task, name, submission)
