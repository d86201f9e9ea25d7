"""What is checked of the topic `newton`."""

from __future__ import annotations

from dataclasses import replace

from graders.checks.agreement import Exact, Fields
from graders.checks.asking import Asking
from graders.checks.cost import Cost, one_product
from graders.checks.failure import Symptom
from graders.checks.kinds import MATRIX_FREE, NO_ROOM_FOR_A_MATRIX, TENSOR, half_for_cost
from graders.checks.mistakes import of_task
from graders.checks.stage import stage
from graders.checks.stages import FORM, require_form, require_returned
from graders.checks.task import TaskChecks, insert
from graders.hidden.applications.newton.agreement import (
    ConjugateGradients,
    NewtonCgStep,
    NewtonRun,
    NewtonStep,
)
from graders.hidden.applications.newton.mistakes import MISTAKES
from graders.sandbox.answers import Raised
from graders.sandbox.problem import Spec, spec

# What has no Newton step. Any error will do that says that the equation cannot be solved.
_SINGULAR = (spec("folded"), spec("unused"), spec("plane"))
_REFUSALS = {"RuntimeError", "ValueError", "ArithmeticError"}

_STAGES_WITHOUT_A_MATRIX = tuple(
    replace(one, title="10⁵ unknowns fit", stop="fails at 10⁵") if one.name == "large" else one
    for one in MATRIX_FREE
)
# By so much two spellings of one method part, over the steps that they take here.
_RECOGNITION = 1e-6


@stage(
    "refuses",
    title="A singular Hessian is refused",
    stop="singular Hessian accepted",
    weight=0.5,
    needs=(*FORM, "values"),
    cases=lambda _task: _SINGULAR,
)
def refuses(asking: Asking, case: Spec | None) -> None:
    """Where H is singular there is no Newton step, and an error says so."""
    assert case is not None
    outcome = asking.ask(case).outcome
    if isinstance(outcome, Raised) and _REFUSALS & set(outcome.classes):
        return
    if isinstance(outcome, Raised):
        raise asking.failed(case, f"a {outcome.kind} was raised, expected an error of the solver")
    require_returned(asking, case)
    raise asking.failed(
        case,
        "this Hessian is singular, so that H d = -∇f has no single solution; an error that says so "
        "is expected, but an answer came back",
    )


@stage(
    "products",
    title="One product for each step",
    stop="too many products",
    needs=(*FORM, "values"),
    cases=lambda _task: (spec("three_values"), spec("spread", rtol=1e-10, core=False)),
)
def products(asking: Asking, case: Spec | None) -> dict[str, int]:
    """A step asks for one product with A; a few more are free, a fresh residual now and then."""
    assert case is not None
    answer = asking.ask(case)
    _, steps, _ = require_form(asking, case)
    counted, most = answer.counted["matvec"], 1.25 * steps + 3
    if counted > most:
        # Far more than two for each step do not come from residuals that are made anew.
        is_twice = counted <= 2.5 * steps + 3
        raise asking.failed(
            case,
            f"it asked for {counted} products in {steps} steps; {most:.0f} are allowed",
            Symptom.MANY_PRODUCTS if is_twice else None,
        )
    if counted < steps:
        raise asking.failed(
            case, f"it counts {steps} steps, and asked for {counted} products: each step needs one"
        )
    return {"products": counted, "steps": steps}


newton_step = TaskChecks(
    "newton_step",
    arguments=("func", "inputs"),
    problems=(
        spec("bowl"),
        spec("saddle_bowl"),
        spec("sheet"),
        spec("logistic"),
        spec("valley", n=4),
        spec("steep_slope", n=3),
        spec("bowl", n=8, power=10, core=False),
        spec("one_number", core=False),
        spec("bowl", there=True, core=False),
        spec("wells", start="minimum", scale=1e-9, core=False),
        spec("sheet", dtype="float32", core=False),
    ),
    stages=insert(TENSOR, refuses, before="device"),
    agreement=NewtonStep(),
    elsewhere=(spec("bowl", n=2),),
    mistakes=of_task("newton_step", MISTAKES),
)
newton = TaskChecks(
    "newton",
    arguments=("func", "inputs"),
    keywords=("gtol", "maxiter"),
    problems=(
        spec("wells", start="minimum", maxiter=1),
        spec("wells", start="minimum", maxiter=2),
        spec("wells", start="top", maxiter=40),
        spec("wells", start="ridge", maxiter=40),
        spec("wells", start="outside", scale=1e-4, gtol=1e-10, maxiter=25),
        spec("valley"),
        spec("logistic", maxiter=25),
        spec("valley", maxiter=3),
        spec("bowl", there=True),
        spec("gentle_start", maxiter=4),
        spec("steep_in_one_entry", maxiter=4),
        # A trust region, or Levenberg's damping, has to find its size first.
        spec("bowl", n=6, power=6, maxiter=25),
        # Here the mean is still too small to go on, and the root mean square is not.
        spec("steep_in_one_entry", size=3.0, maxiter=1, core=False),
        spec("cones", maxiter=40, core=False),
        spec("barrier", maxiter=40, core=False),
        spec("flat_bottom", gtol=1e-3, maxiter=40, core=False),
        spec("unused", maxiter=40, core=False),
        spec("plane", maxiter=4, core=False),
        spec("sheet", maxiter=40, core=False),
        spec("one_number", core=False),
        spec("sheet", gtol=2e-2, maxiter=40, dtype="float32", core=False),
    ),
    stages=TENSOR,
    agreement=NewtonRun(),
    recognition=_RECOGNITION,
    caps={"func": 6_000},
    elsewhere=(spec("logistic"),),
    mistakes=of_task("newton", MISTAKES),
)
conjugate_gradient = half_for_cost(
    TaskChecks(
        "conjugate_gradient",
        arguments=("matvec", "b"),
        keywords=("rtol", "maxiter"),
        problems=(
            spec("spread", maxiter=3),
            spec("three_values"),
            spec("spread", power=1, rtol=1e-4),
            spec("both_signs", late=True),
            spec("both_signs"),
            spec("three_values", scale=1e-9),
            spec("three_values", scale=1e9, rtol=1e-3),
            spec("spread", rtol=1e-10, core=False),
            spec("spread", power=5, n=40, rtol=1e-6, maxiter=1000, core=False),
            spec("three_values", maxiter=3, core=False),
            spec("one_large_entry", rtol=0.05, core=False),
            spec("rank_deficient", core=False),
            spec("zero_side", core=False),
            spec("zero_matrix", core=False),
            spec("one_equation", core=False),
            spec("twisted", core=False),
            spec("three_values", rows=4, core=False),
            spec("three_values", rtol=1e-4, dtype="float32", core=False),
        ),
        stages=(*insert(TENSOR, products, before="inputs"), *NO_ROOM_FOR_A_MATRIX),
        agreement=ConjugateGradients(),
        recognition=_RECOGNITION,
        cost=Cost(
            (spec("low_rank"),),
            spec("low_rank", n=12_000),
            # Four steps end it: what is left is rounding, whatever the recursion.
            Fields({"x": Exact(rtol=1e-6)}),
            unit=one_product("matvec", "b"),
            unit_name="product",
            calls="matvec",
            sizes=(200, 6_000, 12_000),
            peak=8,
            passes=8,
        ),
        caps={"matvec": 1300},
        elsewhere=(spec("low_rank", n=4),),
        mistakes=of_task("conjugate_gradient", MISTAKES),
    )
)
newton_cg_step = half_for_cost(
    TaskChecks(
        "newton_cg_step",
        arguments=("func", "inputs"),
        keywords=("rtol", "maxiter"),
        problems=(
            # First, for its residual tells inexact products from a solve that ends early.
            spec("steep_slope", rtol=1e-11),
            spec("sheet", rtol=1e-10),
            spec("logistic", rtol=1e-10),
            spec("few_examples", n=40, maxiter=2),
            spec("few_examples", n=300),
            spec("bowl", n=40, rtol=1e-12),
            spec("steep_saddle"),
            spec("steep_saddle", late=True),
            spec("wells", start="top"),
            spec("valley", n=4, maxiter=2),
            spec("one_number", core=False),
            spec("bowl", there=True, core=False),
            spec("plane", core=False),
            spec("wells", start="minimum", scale=1e-9, core=False),
            spec("sheet", rtol=1e-4, dtype="float32", core=False),
        ),
        stages=_STAGES_WITHOUT_A_MATRIX,
        agreement=NewtonCgStep(),
        recognition=_RECOGNITION,
        cost=Cost(
            (spec("few_examples", examples=3),),
            spec("few_examples_large", rtol=1e-3, dtype="float32"),
            sizes=(100, 6_000, 12_000),
            # torch.func.linearize keeps what it traced: 9 gradients. Graphs that pile up take 16.
            peak=12,
            passes=60,
        ),
        elsewhere=(spec("sheet"),),
        mistakes=of_task("newton_cg_step", MISTAKES),
    )
)
