"""What is checked of the topic `spectrum`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch

from graders.checks.agreement import Agreement
from graders.checks.asking import Asking
from graders.checks.compare import kind_fault
from graders.checks.cost import Cost
from graders.checks.failure import Symptom
from graders.checks.kinds import NO_ROOM_FOR_A_MATRIX, TENSOR, half_for_cost
from graders.checks.mistakes import of_task
from graders.checks.stage import Stage, stage
from graders.checks.stages import FORM, require_agreement, require_returned
from graders.checks.task import TaskChecks, core, insert
from graders.hidden.applications.spectrum.agreement import (
    Eigenpair,
    RitzValues,
    TraceEstimate,
    ghost,
)
from graders.hidden.applications.spectrum.at_size import EIGENPAIR, RITZ_VALUES, TraceAtSize
from graders.hidden.applications.spectrum.mistakes import MISTAKES
from graders.hidden.applications.spectrum.oracles import (
    LONGEST,
    eigenvalues_of,
    krylov_products,
    power_products,
    ritz_of,
)
from graders.hidden.applications.spectrum.problems.models import GGN_LARGE, GGN_PROBLEMS, GGN_SIZED
from graders.hidden.applications.spectrum.problems.operators import (
    BEGUN_AT_THE_END,
    LANCZOS_ENDS,
    LANCZOS_PROBLEMS,
    POWER_PROBLEMS,
)
from graders.hidden.applications.spectrum.problems.traces import REDRAWN, TRACE_PROBLEMS
from graders.sandbox.answers import Returned
from graders.sandbox.problem import Problem, Spec, spec


def _one_vector(problem: Problem) -> Any:
    """Copy one vector: the unit in which memory is counted where products are handed over."""
    return problem.values["v0"].clone()


def _one_gradient(problem: Problem) -> Any:
    """Take one gradient of the loss of the model, by the model's inputs."""
    leaf = problem.values["inputs"].detach().clone().requires_grad_()
    return torch.autograd.grad(problem.values["loss"](problem.values["model"](leaf)), leaf)


def _products(asking: Asking, which: Spec) -> int:
    require_returned(asking, which)
    return asking.ask(which).counted["matvec"]


def _require_products(
    asking: Asking,
    which: Spec,
    least: int,
    most: int,
    words: str,
    symptom: Symptom | None = None,
) -> dict[str, int]:
    taken = _products(asking, which)
    if taken > most:
        # Who took all that there are did not look at the residual; a few too many prove nothing.
        told = symptom if taken >= LONGEST else None
        said = f"it took {taken} products with A; {most} are allowed here"
        raise asking.failed(which, said, told, difference=words)
    if taken < least:
        said = f"it took {taken} products with A, and fewer than {least} cannot bring this answer"
        raise asking.failed(which, said)
    return {"products": taken}


def _counted(title: str, run: Any, *others: Spec) -> Stage:
    """Make the stage that counts the products of each core problem, and of others."""
    needs = (*FORM, "values")

    def cases(task: TaskChecks) -> tuple[Spec, ...]:
        return (*core(task), *others)

    return stage("products", title=title, stop="too many products", needs=needs, cases=cases)(run)


def _power_products(asking: Asking, case: Spec | None) -> dict[str, int]:
    assert case is not None
    problem = asking.problem(case)
    theory = problem.once(power_products)
    # Who asks for every column fails for the memory that takes, which is what to tell them.
    least, most = problem.once(krylov_products), max(2 * theory, problem.values["v0"].numel()) + 4
    words = f"Power iteration from v0 needs {theory} here."
    return _require_products(asking, case, least, most, words, Symptom.MANY_PRODUCTS)


def _lanczos_products(asking: Asking, case: Spec | None) -> dict[str, int]:
    assert case is not None
    problem = asking.problem(case)
    steps = len(problem.once(ritz_of)[0])
    words = f"Each of the {steps} steps needs one product."
    return _require_products(asking, case, steps, steps + 1, words)


def _trace_products(asking: Asking, case: Spec | None) -> dict[str, int]:
    assert case is not None
    samples = asking.problem(case).values["samples"]
    return _require_products(asking, case, samples, samples, "One product for each sample.")


@stage(
    "stops",
    title="It stops after maxiter products",
    stop="no end",
    needs=FORM,
    needs_some=("values",),
)
def stops(asking: Asking, _case: Spec | None) -> None:
    """Where the residual stays large, all of `maxiter` is used, and no more than two beyond."""
    for which in (spec("plus_and_minus", maxiter=60), spec("near_tie", maxiter=5)):
        most = asking.problem(which).values["maxiter"]
        taken = _products(asking, which)
        if abs(taken - 2 * most) <= 2:
            said = f"it took {taken} products with A, and maxiter is {most}"
            raise asking.failed(which, said, Symptom.TWO_PRODUCTS)
        _require_products(asking, which, 3, most + 2, "maxiter is the limit.")


@stage(
    "ends",
    title="It ends where the Krylov space ends",
    stop="goes on beyond the end",
    needs=FORM,
    needs_some=("values",),
    cases=lambda _task: LANCZOS_ENDS,
)
def ends(asking: Asking, case: Spec | None) -> None:
    """There are no more values than the start has eigenvectors of different eigenvalues in it."""
    assert case is not None
    got, expected = require_returned(asking, case), asking.expected(case)
    fault = kind_fault(got, expected)
    if fault or got[0].dim() != 1:
        raise asking.failed(case, fault or "its values are no vector")
    if len(got[0]) < len(expected[0]):
        said = f"it gave {len(got[0])} values, and {len(expected[0])} are to be had"
        raise asking.failed(case, said)
    if len(got[0]) > len(expected[0]):
        said = (
            f"it gave {len(got[0])} values, but the Krylov space has {len(expected[0])} dimensions"
        )
        # Whoever loses the right angles never comes to an end, however well they look for it.
        twice = ghost(got[0].detach().double(), asking.problem(case).once(eigenvalues_of))
        # Whoever misses it in large units alone looked for it, by a fixed length.
        unseen = Symptom.KRYLOV_END if "scale" not in dict(case.parameters) else None
        raise asking.failed(case, said, Symptom.GHOST if twice else unseen, difference=twice)


@stage(
    "redrawn",
    title="Other random numbers give another estimate",
    stop="no new draw",
    needs=FORM,
    needs_some=("values",),
)
def redrawn(asking: Asking, _case: Spec | None) -> None:
    """The same question, asked again, has another answer that is as right."""
    for draw in (0, 1):
        require_agreement(asking, REDRAWN, draw=draw)
    first, other = (asking.ask(REDRAWN, draw=draw).outcome for draw in (0, 1))
    assert isinstance(first, Returned) and isinstance(other, Returned)
    if torch.equal(first.value[0], other.value[0]):
        said = "it was asked twice, with torch's generator in two states, and gave one estimate"
        raise asking.failed(REDRAWN, said, Symptom.SAME_DRAWS)


def _at_size(task: TaskChecks, units: str, *last: Stage) -> TaskChecks:
    """Add memory and passes at size."""
    memory, *others = NO_ROOM_FOR_A_MATRIX
    memory = replace(memory, title=f"Memory stays within a few {units}")
    return half_for_cost(replace(task, stages=(*task.stages, memory, *others, *last)))


def _cost(agreement: Agreement, peak: int, products: int, work: int, **parameters: Any) -> Cost:
    return Cost(
        (spec("stencil", **parameters),),
        spec("stencil", n=12_000, **parameters),
        agreement,
        unit=_one_vector,
        unit_name="vector",
        calls="matvec",
        sizes=(200, 2_000, 8_000),
        peak=peak,
        passes=products,
        # How many a start needs depends on the start, and another size has another one.
        passes_growth=8.0,
        work_limit=work,
    )


# By so much two spellings of one method part: rounding, which depends on the processor, too, and is
# multiplied in every step.
_RECOGNITION = 1e-9
_POWER = insert(
    TENSOR, _counted("Products are few", _power_products, BEGUN_AT_THE_END), before="inputs"
)
_LANCZOS = insert(TENSOR, _counted("Each step is one product", _lanczos_products), before="inputs")
_TRACE = insert(TENSOR, _counted("Each sample is one product", _trace_products), before="inputs")

power_iteration = _at_size(
    TaskChecks(
        "power_iteration",
        arguments=("matvec", "v0"),
        keywords=("rtol", "maxiter"),
        problems=POWER_PROBLEMS,
        stages=_POWER,
        agreement=Eigenpair(),
        caps={"matvec": LONGEST + 2},
        cost=_cost(EIGENPAIR, 12, 40, 1500, rtol=1e-2),
        mistakes=of_task("power_iteration", MISTAKES),
    ),
    "vectors",
    stops,
)
lanczos = _at_size(
    TaskChecks(
        "lanczos",
        arguments=("matvec", "v0", "k"),
        problems=LANCZOS_PROBLEMS,
        stages=insert(_LANCZOS, ends, before="edge"),
        agreement=RitzValues(),
        recognition=_RECOGNITION,
        caps={"matvec": 250},
        cost=_cost(RITZ_VALUES, 36, 7, 3000, k=6),
        mistakes=of_task("lanczos", MISTAKES),
    ),
    "vectors",
)
hutchinson_trace = _at_size(
    TaskChecks(
        "hutchinson_trace",
        arguments=("matvec", "like", "samples"),
        problems=TRACE_PROBLEMS,
        stages=insert(_TRACE, redrawn, before="device"),
        agreement=TraceEstimate(),
        elsewhere=(spec("diagonal", samples=4),),
        caps={"matvec": 1000},
        cost=_cost(TraceAtSize(), 10, 8, 3000, samples=8),
        mistakes=of_task("hutchinson_trace", MISTAKES),
    ),
    "vectors",
)
ggn_vp = _at_size(
    TaskChecks(
        "ggn_vp",
        arguments=("model", "loss", "inputs", "tangent"),
        problems=GGN_PROBLEMS,
        stages=TENSOR,
        cost=Cost((GGN_SIZED,), GGN_LARGE, unit=_one_gradient, sizes=(200, 6_000, 12_000)),
        mistakes=of_task("ggn_vp", MISTAKES),
    ),
    "gradients",
)
