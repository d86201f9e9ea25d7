"""Prove the graders: solutions full marks, stubs none, mistakes named, mutants killed."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from graders.authoring import specimens
from graders.authoring.specimens import Mutant, spread
from graders.authoring.two_mistakes import name_pairs
from graders.authoring.visible_checks import visible_faults
from graders.checks.mistakes import Mistake
from graders.checks.words import some_of
from graders.course import Task, Topic
from graders.judge.process_session import process_session
from graders.judge.session import Session
from graders.judge.verdict import TaskVerdict, Verdict

_SAYS_RIGHT = re.compile(
    r"\b(numbers?|values?|answer|product|step|verdict|direction|row \d)\b[^.]{0,20} (is|are) right",
    re.IGNORECASE,
)


@dataclass
class TaskProof:
    """What was proved of one task's checks, and what failed."""

    task: Task
    checks: int = 0
    mistakes: int = 0
    named: int = 0
    mutants: int = 0
    killed: int = 0
    equivalent: int = 0
    pairs: int = 0
    pairs_named: int = 0
    faults: list[str] = field(default_factory=list)


def verify(
    topic: Topic,
    *,
    most_mistakes: int | None = None,
    most_mutants: int | None = None,
    most_pairs: int | None = None,
) -> list[TaskProof]:
    """Run every specimen of a topic through the judge and say what does not hold.

    All known mistakes are tried, or `most_mistakes` of each task, spread evenly over them; and so
    are all mutants and pairs of mistakes, or at most `most_mutants` and `most_pairs`.
    """
    proofs = {task.name: TaskProof(task) for task in topic.tasks}
    for prove in (_verify_ends, _verify_other_ways):
        prove(topic, proofs)
        if any(proof.faults for proof in proofs.values()):
            # All that follows would say it again.
            return list(proofs.values())
    _verify_mistakes(topic, proofs, most_mistakes)
    for task in topic.tasks:
        _verify_mutants(topic, proofs[task.name], most_mutants)
        if most_pairs != 0:
            _verify_pairs(topic, proofs[task.name], most_pairs)
    return list(proofs.values())


def _verify_ends(topic: Topic, proofs: dict[str, TaskProof]) -> None:
    seen = visible_faults(topic)
    for name, said in seen.items():
        proofs[name].faults.append(f"the solution fails its visible checks: {said}")
    if seen:
        return
    right, stub, released = process_session().judge(
        [specimens.solution(topic), specimens.stub(topic), specimens.released(topic)]
    )
    for task in right.tasks:
        proofs[task.name].checks = len(task.checks)
        proofs[task.name].faults += _failures("the solution", task)
    for name, verdict in (("exercise", stub), ("student notebook", released)):
        for task in verdict.tasks:
            if task.score or task.needs_person:
                proofs[task.name].faults.append(f"the {name}'s stub scores {task.score}")


def _verify_other_ways(topic: Topic, proofs: dict[str, TaskProof]) -> None:
    others = specimens.other_ways(topic)
    if others is None:
        return
    (verdict,) = process_session().judge([others])
    for task in verdict.tasks:
        if any(specimens.defines(cell, task.name) for cell in others.cells):
            proofs[task.name].faults += _failures("other_ways.py", task)


def _failures(whose: str, task: TaskVerdict) -> list[str]:
    """Say what fails, each cause once: a broken problem is in the way of many checks."""
    by_cause: dict[str, list[str]] = {}
    for check in task.checks:
        if check.status in ("failed", "error"):
            by_cause.setdefault(check.message, []).append(check.name)
    return [f"{whose} fails {some_of(names)}: {why}" for why, names in by_cause.items()]


def _verify_mistakes(topic: Topic, proofs: dict[str, TaskProof], most: int | None) -> None:
    session = process_session()
    known = specimens.catalogue(topic)
    by_task = [[one for one in known if one.task == task.name] for task in topic.tasks]
    for mistake in (one for every in by_task for one in spread(every, most)):
        proof = proofs[mistake.task]
        # The other tasks' functions are the solution's, which one mistake of each task shows.
        only = {mistake.task} if proof.mistakes else None
        faults = faults_of_mistake(topic, mistake, session, only)
        proof.mistakes += 1
        proof.faults += faults
        proof.named += not faults


def faults_of_mistake(
    topic: Topic, mistake: Mistake, session: Session, only: set[str] | None, *, seed: int = 0
) -> list[str]:
    """Judge a mistake, all tasks or `only` some, and say what is wrong with its verdict."""
    answer = specimens.mistake_submission(topic, mistake)
    with session.judgement(answer, seed=seed) as judgement:
        judgement.run_all(only)
        return mistake_faults(mistake, judgement.verdict(session.launcher.isolation))


def mistake_faults(mistake: Mistake, verdict: Verdict) -> list[str]:
    """Say what is wrong with a mistake's verdict: it must lose points, be named, and only there."""
    faults = []
    for task in verdict.tasks:
        if task.name == mistake.task:
            faults += naming_faults(mistake, task)
        elif not task.passed:
            faults.append(f"the mistake {mistake.name} loses points on {task.name} too")
    return faults


def naming_faults(mistake: Mistake, task: TaskVerdict) -> list[str]:
    """Say what is wrong with what a mistake gets in its own task."""
    names = [check.mistake for check in task.checks if check.mistake]
    if task.score == task.max_score:
        return [f"the mistake {mistake.name} passes"]
    if names != [mistake.name]:
        what = f"named {', '.join(names)}" if names else f"not named: {_first_words(task)}"
        return [f"the mistake {mistake.name} is {what}"]
    if task.score == 0 and _SAYS_RIGHT.search(" ".join(mistake.hint.split())):
        return [f"the hint of {mistake.name} says what is right beside no points"]
    return []


def _first_words(task: TaskVerdict) -> str:
    first = task.first_failure
    return f"{first.name}: {first.message[:160]}" if first else "no check failed"


def _verify_mutants(topic: Topic, proof: TaskProof, most: int | None) -> None:
    excused = _equivalent(topic, proof.task.name)
    for mutant in spread(list(specimens.mutants(topic, proof.task.name)), most):
        proof.mutants += 1
        if _is_killed(mutant):
            proof.killed += 1
        elif (mutant.operator, mutant.line) in excused:
            proof.equivalent += 1
        else:
            proof.faults.append(f"a mutant survives: {mutant.operator} gives `{mutant.line}`")


def _verify_pairs(topic: Topic, proof: TaskProof, most: int | None) -> None:
    """Count the pairs of mistakes of which one is named, or both; that some are not is no fault."""
    for found in name_pairs(topic, proof.task.name, most):
        proof.pairs += 1
        proof.pairs_named += found.truly


def _is_killed(mutant: Mutant) -> bool:
    with process_session().judgement(mutant.submission) as judgement:
        return judgement.first_failure(mutant.task) is not None


def _equivalent(topic: Topic, task: str) -> set[tuple[str, str]]:
    """Read the mutants that change nothing a caller can see, each listed with its reason."""
    path = topic.hidden / "equivalent_mutants.json"
    listed = json.loads(path.read_text(encoding="utf-8")).get(task, []) if path.is_file() else []
    return {(operator, entry["line"]) for entry in listed for operator in entry["operators"]}
