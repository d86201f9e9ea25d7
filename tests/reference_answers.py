"""The reference's answer to a problem of a task, in this process and unhurried."""

from __future__ import annotations

from functools import cache
from typing import Any

from graders import course
from graders.checks.references import problems_of
from graders.checks.solution import reference_functions
from graders.judge.declared import declared_tasks
from graders.sandbox.problem import Problem
from graders.sandbox.spec import Spec

CHECKS = {
    checks.name: (topic, checks) for topic in course.topics() for checks in declared_tasks(topic)
}


def build(task: str, which: Spec, seed: int = 0) -> Problem:
    return problems_of(CHECKS[task][0]).build(which, seed=seed)


def answer(task: str, problem: Problem) -> Any:
    topic, checks = CHECKS[task]
    keywords = {name: problem.values[name] for name in checks.keywords if name in problem.values}
    return _functions_of(topic)[task](*problem.arguments(checks.arguments), **keywords)


@cache
def _functions_of(topic: course.Topic) -> dict[str, Any]:
    return reference_functions(topic)
