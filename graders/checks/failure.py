"""A failure as data: the parts from which each screen composes its own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from graders.course.submission import Place


class Symptom(str, Enum):
    """What gives a mistake away when the values alone do not."""

    UNWRITTEN = "the stub is still there"
    FLOAT32 = "every number of a float64 answer fits float32"
    FINITE_DIFFERENCE = "almost right, by far more than rounding"
    NO_GRAPH = "element 0 of tensors does not require grad"
    NOT_MARKED = "a tensor that is differentiated by does not require grad"
    OTHER_TENSOR = "what is differentiated has no graph that leads to the marked tensor"
    GRAPH_FREED = "backward through the graph a second time"
    GRAPH_NOT_KEPT = "the caller's graph is gone after the call"
    UNUSED = "a differentiated tensor was not used in the graph"
    MARKED_INPUTS = "requires_grad is switched on in the caller's tensor"
    UNMARKED_INPUTS = "requires_grad is switched off in the caller's tensor"
    LEFT_GRAD = "something is left in .grad"
    CHANGED_GRAD = "what was in .grad before is not there any more"
    CHANGED_INPUTS = "the caller's numbers are changed in place"
    CALLERS_TENSOR = "a tensor of the caller's comes back where a new one is asked for"
    OTHER_DEVICE = "a tensor lies on another device than the inputs"
    READY_MADE = "the ready-made routine of the task is called"
    DENSE = "a tensor near n × n is made"
    ROW_LIST = "memory near n × n in many small tensors"
    MANY_PASSES = "the number of passes grows with n"
    NOT_REFUSED = "bad input is accepted"
    LOST_AMONG_MANY = "bad input is accepted where one entry of many is bad"
    COMPLEX = "a complex answer to a real question"
    NOT_A_TUPLE = "a flat tensor in place of a tuple of tensors"
    A_LIST = "a list of tensors in place of a tuple"
    AXES_LOST = "the right number of entries, without the axes of length 1"
    OTHER_ZEROS = "zeros where zeros are due, of another shape or dtype"
    CUT_SHORT = "what fewer conjugate directions give"
    NO_END = "a function that is handed over is called far more often than any method needs"
    TWO_DTYPES = "tensors of two dtypes meet in one operation"
    FLATTENED = "as many numbers as are due, in one row"
    ANOTHER_ERROR = "bad input ends in another error than the one that is asked for"
    A_NUMBER = "a Python number in place of a tensor of one entry"
    A_TUPLE_OF_ONE = "a tuple of one tensor in place of the tensor"
    MANY_PRODUCTS = "far more products than the method needs"
    TWO_PRODUCTS = "twice as many products as steps"
    GHOST = "an eigenvalue that is there once is found twice"
    KRYLOV_END = "numbers from beyond the end of the Krylov space"
    UNSTABLE = "a solution that loses more digits than a stable solver"
    RAN_AWAY = "numbers without any bound, or none at all"
    VECTORS_ONLY = "right for vectors, and broken off or of another shape elsewhere"
    NONE_FOR_ZEROS = "None in place of a tensor of zeros"
    ZERO_DIVIDED = "not finite where what it is divided by is exactly zero"
    STEPPED_FIRST = "a step where the start is what is looked for"
    DEVIATION = "an error bar as long as the deviation of one sample"
    DIVIDED_TWICE = "an error bar as long as that deviation, divided by the number of samples"
    VARIANCE = "an error bar as long as the square of the right one"
    SAME_DRAWS = "other random numbers give the same estimate"


OF_MANY_MISTAKES = frozenset(
    {
        Symptom.STEPPED_FIRST,
        Symptom.NONE_FOR_ZEROS,
        Symptom.AXES_LOST,
        Symptom.FLATTENED,
        Symptom.OTHER_ZEROS,
        Symptom.CUT_SHORT,
        Symptom.NO_END,
        Symptom.DEVIATION,
        Symptom.DIVIDED_TWICE,
        Symptom.VARIANCE,
    }
)
"""Symptoms of a general mistake that a particular one shows as well."""


@dataclass(frozen=True)
class Failure:
    """Why a check does not hold.

    Attributes:
        fault: what is wrong, as a clause: "its shape is (3,), expected (2,)".
        call: which call it was: "hvp(f, x, v) with f(x) = …, x = …"; empty where there was none.
        got: what came back, in a few words; empty where that is not the point.
        expected: what was expected in its place; empty where it may not be told.
        difference: what is known of the difference, in whole sentences.
        raised: the class of the exception that ended the call, or empty.
        said: the first line of that exception's message.
        place: the student's line that it came from, if known.
        meaning: what it means, as a clause in other words.
        symptom: what gives the mistake away, and so what proves it.
        cells: the cells that did not run, a sentence each, where that may be the cause.

    """

    fault: str
    call: str = ""
    got: str = ""
    expected: str = ""
    difference: str = ""
    raised: str = ""
    said: str = ""
    place: Place | None = None
    meaning: str = ""
    symptom: Symptom | None = None
    cells: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Take it apart into JSON; the symptom goes by its name, with what it proves."""
        place = self.place
        return {
            "fault": self.fault,
            "call": self.call,
            "got": self.got,
            "expected": self.expected,
            "difference": self.difference,
            "raised": self.raised,
            "said": self.said,
            "place": place and {"label": place.label, "line": place.line, "text": place.text},
            "meaning": self.meaning,
            "symptom": self.symptom and self.symptom.name,
            "evidence": self.symptom.value if self.symptom else "",
            "cells": list(self.cells),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Failure:
        """Put it together again."""
        parts = {key: value for key, value in data.items() if key != "evidence"}
        place, symptom = data["place"], data["symptom"]
        return cls(
            **{
                **parts,
                "place": Place(**place) if place else None,
                "symptom": Symptom[symptom] if symptom else None,
                "cells": tuple(data["cells"]),
            }
        )


class CheckFailed(Exception):  # noqa: N818 - a result, not an error of the program
    """A check does not hold; `measured` are figures that go with it."""

    def __init__(self, failure: Failure, measured: Mapping[str, Any] | None = None) -> None:
        """Keep the parts of the failure."""
        super().__init__(failure.fault)
        self.failure = failure
        self.measured = measured or {}


@dataclass(frozen=True)
class Fault:
    """The grader's own fault: the class of what was raised, and what it said.

    `detail` may quote an expected value or a line of a hidden test: it is not for students.
    """

    kind: str
    detail: str = field(repr=False, default="")
