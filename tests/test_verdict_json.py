"""A verdict as JSON: by the schema in `docs/`, without loss, with every part of a failure in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError
from specimens_of_verdicts import (
    dense_hvp,
    for_a_person,
    passed_task,
    samples,
    stopped_task,
    unwritten,
    verdict,
    wrong_values,
)
from warm import judge

from graders import course
from graders.authoring.specimens import catalogue, mistake_submission, solution, stub
from graders.checks.failure import Failure, Symptom
from graders.course.submission import Place, Submission, parse_submission
from graders.judge.verdict import CheckVerdict, Verdict

SCHEMA = json.loads(
    (Path(__file__).parent.parent / "docs" / "verdict.schema.json").read_text(encoding="utf-8")
)
VALIDATOR = Draft202012Validator(SCHEMA)
EVERY_PART = Failure(
    fault="it raised an exception",
    call="hvp(f, x, v)",
    got="[1, 2]",
    expected="[3, 4]",
    difference="0 of 2 entries are right.",
    raised="RuntimeError",
    said="no graph",
    place=Place("cell hvp", 7, "return H @ v"),
    meaning="the graph was not kept",
    symptom=Symptom.NO_GRAPH,
    cells=("cell 3: NameError: name 'f' is not defined", "cell 4: SyntaxError: invalid syntax"),
)
BY_HAND = verdict(
    "hvp",
    passed_task("hessian_bytes", 1, cost=samples()),
    dense_hvp(),
    wrong_values(),
    unwritten("jvp", 3),
    for_a_person("parameter_hvp", 2),
    stopped_task("jacobian", 4, "runs", EVERY_PART),
)


def mistaken(topic: str, task: str, name: str) -> Submission:
    found = course.topic(topic)
    one = next(m for m in catalogue(found) if (m.task, m.name) == (task, name))
    return mistake_submission(found, one)


def with_a_broken_cell() -> Submission:
    return parse_submission(b"# %%\ndef vjp(:\n", "jacobian.py", course.topic("jacobian"))


SUBMISSIONS = {
    "solution": lambda: solution(course.topic("hvp")),
    "stub": lambda: stub(course.topic("jacobian")),
    "values": lambda: mistaken("jacobian", "vjp", "vjp_ignores_v"),
    "word": lambda: mistaken("curvature", "classify_hessian", "minimum_and_maximum_swapped"),
    "exception": lambda: mistaken("hessian", "hessian", "hessian_without_create_graph"),
    "expensive": lambda: mistaken("hvp", "hvp", "hessian_materialised"),
    "broken cell": with_a_broken_cell,
}


@cache
def judged(name: str, *, reveal: bool = False) -> Verdict:
    return judge([SUBMISSIONS[name]()], reveal=reveal)[0]


def first_failure(verdict: Verdict) -> tuple[CheckVerdict, dict[str, Any]]:
    """Give the first failure of a verdict, and the same in its JSON."""
    task = next(task for task in verdict.tasks if task.first_failure is not None)
    failed = task.first_failure
    assert failed is not None
    data = json.loads(verdict.to_json())
    (checks,) = (one["checks"] for one in data["tasks"] if one["name"] == task.name)
    return failed, next(check for check in checks if check["name"] == failed.name)


def objects(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """List the schema's descriptions of objects, by where they stand."""
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield path, schema
        for key, value in schema.items():
            yield from objects(value, f"{path}/{key}")


def test_the_schema_is_one_and_describes_every_field() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    described = dict(objects(SCHEMA))
    assert len(described) == 1 + len(SCHEMA["$defs"]) + 2
    for place, one in described.items():
        assert one["description"]
        for name, field in one.get("properties", {}).items():
            assert len(field.get("description", "")) > 10, f"{place}/{name}"
            assert name in one["required"], f"{place}/{name}"


def test_nothing_beside_the_fields_is_allowed_but_in_figures_and_parameters() -> None:
    loose = {
        place for place, one in objects(SCHEMA) if one.get("additionalProperties") is not False
    }
    assert loose == {
        "/$defs/check/properties/measured",
        "/$defs/case/properties/parameters",
    }


def test_the_schema_knows_every_symptom() -> None:
    known = SCHEMA["$defs"]["failure"]["properties"]["symptom"]["enum"]
    assert set(known) == {*(symptom.name for symptom in Symptom), None}


@pytest.mark.parametrize("reveal", [False, True])
@pytest.mark.parametrize("name", SUBMISSIONS)
def test_a_real_verdict_is_valid_and_comes_back_equal(name: str, reveal: bool) -> None:
    found = judged(name, reveal=reveal)
    text = found.to_json()
    VALIDATOR.validate(json.loads(text))
    assert Verdict.from_json(text) == found
    assert Verdict.from_json(text).to_json() == text


def test_a_verdict_with_everything_in_it_is_valid_and_comes_back_equal() -> None:
    noted = replace(BY_HAND, layers=("landlock",), missing_layers=("x: old",), notes=("cell 3",))
    VALIDATOR.validate(json.loads(noted.to_json()))
    assert Verdict.from_json(noted.to_json()) == noted


@pytest.mark.parametrize(
    "change",
    [
        {"more": 1},
        {"status": "unknown"},
        {"status": "passed"},
        {"status": "error"},
        {"lost": "shape"},
        {"failure": None},
        {"failure": {"fault": "half a failure"}},
        {"case": {"name": "mlp", "parameters": {"n": [1]}, "dtype": "float64"}},
        {"weight": None},
    ],
    ids=str,
)
def test_what_is_no_verdict_is_not_valid(change: dict[str, Any]) -> None:
    data = json.loads(verdict("jacobian", wrong_values()).to_json())
    place, check = next(
        (i, one) for i, one in enumerate(data["tasks"][0]["checks"]) if one["status"] == "failed"
    )
    data["tasks"][0]["checks"][place] = {**check, **change}
    with pytest.raises(ValidationError):
        VALIDATOR.validate(data)


def test_every_part_of_a_failure_has_its_field() -> None:
    _, check = first_failure(verdict("jacobian", stopped_task("jacobian", 4, "runs", EVERY_PART)))
    default = Failure("")
    told = check["failure"]
    for field in fields(Failure):
        part = getattr(EVERY_PART, field.name)
        assert part != getattr(default, field.name), f"{field.name} is not tried"
        if field.name not in ("place", "symptom", "cells"):
            assert told[field.name] == part
    assert told["place"] == {"label": "cell hvp", "line": 7, "text": "return H @ v"}
    assert told["cells"] == list(EVERY_PART.cells)
    assert (told["symptom"], told["evidence"]) == ("NO_GRAPH", Symptom.NO_GRAPH.value)
    assert set(told) == {*(field.name for field in fields(Failure)), "evidence"}


@pytest.mark.parametrize("name", ["values", "word"])
def test_what_was_expected_is_there_only_where_it_may_be_told(name: str) -> None:
    _, hidden = first_failure(judged(name))
    _, shown = first_failure(judged(name, reveal=True))
    assert hidden["failure"]["expected"] == ""
    assert shown["failure"]["expected"] != ""
    assert {**shown["failure"], "expected": ""} == hidden["failure"]
    assert f"expected {shown['failure']['expected']}" in shown["message"]
    assert "expected " not in judged(name).to_json().replace('"expected": ""', "")


def test_a_wrong_value_is_told_with_its_call_what_came_and_the_difference() -> None:
    failed, check = first_failure(judged("values", reveal=True))
    told = check["failure"]
    assert check["mistake"] == "vjp_ignores_v"
    assert check["case"] == {"name": "squares_and_cubes", "parameters": {}, "dtype": "float64"}
    assert told["call"].startswith("vjp(f, x, v) with f(x, y) = (x², y³), x = [2, 2]")
    assert (told["got"], told["expected"]) == ("[4, 12]", "[12, 6]")
    assert told["fault"].startswith("the form is right (a tensor of shape (2,)")
    assert told["difference"] == "0 of 2 entries are right."
    assert check["message"] == failed.message


def test_a_wrong_word_is_not_said_to_have_the_right_form() -> None:
    _, check = first_failure(judged("word"))
    assert check["failure"]["fault"] == "that is not the right word"
    assert check["failure"]["got"] == "'maximum'"
    assert "the form is right" not in judged("word").to_json()


def test_an_exception_is_told_with_its_line_what_it_means_and_what_it_gives_away() -> None:
    _, check = first_failure(judged("exception"))
    told = check["failure"]
    assert told["raised"] == "RuntimeError"
    assert told["said"].startswith("element 0 of tensors does not require grad")
    assert told["meaning"].startswith("torch was asked to differentiate something")
    assert told["symptom"] == "NO_GRAPH"
    assert told["place"]["label"] == "cell hessian"
    assert told["place"]["line"] > 0
    assert "torch.autograd.grad" in told["place"]["text"]


def test_too_much_memory_is_told_with_the_line_the_symptom_and_the_figures() -> None:
    _, check = first_failure(judged("expensive"))
    assert check["stage"] == "memory"
    assert check["case"] is None
    assert check["failure"]["symptom"] == "DENSE"
    assert check["failure"]["place"]["label"] == "cell hvp"
    assert "your peak: " in check["failure"]["fault"]
    assert all(one["n"] and one["peak_bytes"] for one in check["measured"]["samples"])


def test_cells_that_did_not_run_are_listed_where_a_function_is_missing() -> None:
    _, check = first_failure(judged("broken cell"))
    assert check["failure"]["fault"] == "There is no function called vjp"
    (cell,) = check["failure"]["cells"]
    assert "SyntaxError" in cell
    assert json.loads(judged("broken cell").to_json())["notes"] == [cell]


def test_a_stub_is_told_by_its_symptom_and_what_comes_after_by_the_stage_it_lost() -> None:
    _, check = first_failure(judged("stub"))
    assert check["failure"]["symptom"] == "UNWRITTEN"
    assert all(task.unwritten for task in judged("stub").tasks)
    rest = json.loads(judged("stub").to_json())["tasks"][0]["checks"][1:]
    assert {(one["status"], one["lost"]) for one in rest} == {("skipped", "exists")}


def test_the_solution_earns_all_points_and_tells_of_no_failure() -> None:
    data = json.loads(judged("solution").to_json())
    checks = [check for task in data["tasks"] for check in task["checks"]]
    assert data["score"] == data["max_score"] > 0
    assert {check["status"] for check in checks} == {"passed"}
    assert {check["message"] for check in checks} == {""}
    assert any(check["measured"] for check in checks)
