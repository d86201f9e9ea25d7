"""What is checked of the topic `hvp`."""

from __future__ import annotations

from dataclasses import replace

from graders.checks.asking import Asking
from graders.checks.cost import Cost, peak_failure, take_samples
from graders.checks.cost_stages import LARGE
from graders.checks.explain import symptom_of
from graders.checks.failure import Symptom
from graders.checks.kinds import MATRIX_FREE, PLAIN, half_for_cost
from graders.checks.mistakes import of_task
from graders.checks.stage import Stage, stage
from graders.checks.stages import FORM, require_agreement
from graders.checks.task import TaskChecks, insert
from graders.hidden.derivatives.hvp.mistakes import MISTAKES
from graders.hidden.derivatives.hvp.problems.functions import (
    HESSIAN_BYTES_PROBLEMS,
    HVP_CHEAP,
    HVP_LARGE,
    HVP_PROBLEMS,
    HVP_SIZED,
    HVP_TRAINED,
)
from graders.hidden.derivatives.hvp.problems.parameter_losses import (
    PARAMETER_HVP_CHEAP,
    PARAMETER_HVP_LARGE,
    PARAMETER_HVP_PROBLEMS,
    PARAMETER_HVP_SIZED,
    PARAMETER_HVP_TRAINED,
)
from graders.hidden.derivatives.training import with_training
from graders.sandbox.problem import Spec, spec


@stage(
    "again",
    title="The loss can be asked again",
    stop="graph thrown away",
    weight=0.5,
    needs=FORM,
    needs_some=("values",),
)
def again(asking: Asking, _case: Spec | None) -> None:
    """The graph of the loss stays alive: a gradient and another product come after the first."""
    which = asking.task.problems[0]
    outcome = asking.ask(which, driver="again").outcome
    if symptom_of(outcome) is Symptom.GRAPH_FREED:
        raise asking.failed(
            which,
            "the graph of the loss was gone after the call, so that neither a gradient of the same "
            "loss nor another product could be had",
            Symptom.GRAPH_NOT_KEPT,
        )
    require_agreement(asking, which, driver="again")


def _lean(cheap: Spec, passes: int) -> Stage:
    cost = Cost((cheap,), sizes=(400,), peak=24, passes=passes)

    @stage(
        "lean",
        title="A product with a cheap function is cheap",
        stop="too much work",
        weight=0,
        needs=(*FORM, "values", "memory", "passes"),
    )
    def lean(asking: Asking, _case: Spec | None) -> None:
        """What does not show beside a network's gradient shows beside one of a few vectors."""
        (sample,) = take_samples(asking, cost, cheap)
        failure = peak_failure(asking, sample)
        if failure is not None:
            raise failure
        if sample.passes > passes:
            raise asking.failed(
                sample.spec,
                f"it made as many numbers as {sample.passes:.0f} gradients of this function make; "
                f"the budget is {passes}",
            )

    return lean


def _stages(trained: Spec, lean: Stage) -> tuple[Stage, ...]:
    large = replace(LARGE, needs=(*LARGE.needs, "lean"))
    stages = tuple(large if one is LARGE else one for one in MATRIX_FREE)
    return insert(with_training(stages, trained), lean, before="large")


# The notebook counts in another way, by which 20 gradients are the limit; for the methods we know,
# these numbers allow no more than that. Honest methods make at most 8 and 7.
_STAGES = _stages(HVP_TRAINED, _lean(HVP_CHEAP, passes=9))
_PARAMETER_STAGES = _stages(PARAMETER_HVP_TRAINED, _lean(PARAMETER_HVP_CHEAP, passes=18))
# torch.func.linearize is an honest way that keeps every intermediate result: 7.9 gradients of the
# network at the smallest size, and 9.7 of the elementwise function, whose gradient needs so little.
OF_FUNCTIONS = Cost(HVP_SIZED, HVP_LARGE, peaks={"mlp": 9, "rosenbrock": 12})
# Without a GPU torch works shapes out in Python, where softplus is the slowest of all. Where
# nothing depends on the inputs, zeros are made, and made on some device.
_ELSEWHERE = (
    spec("tanh_chain"),
    spec("linear", core=False),
    spec("constant_number", core=False),
)
_READY_MADE = ("torch.autograd.functional.hvp", "torch.autograd.functional.vhp")

hessian_bytes = TaskChecks(
    "hessian_bytes",
    arguments=("n", "dtype"),
    problems=HESSIAN_BYTES_PROBLEMS,
    stages=PLAIN,
    mistakes=of_task("hessian_bytes", MISTAKES),
)
hvp = half_for_cost(
    TaskChecks(
        "hvp",
        arguments=("func", "inputs", "tangent"),
        problems=HVP_PROBLEMS,
        stages=_STAGES,
        cost=OF_FUNCTIONS,
        elsewhere=_ELSEWHERE,
        not_allowed=_READY_MADE,
        mistakes=of_task("hvp", MISTAKES),
    )
)
hvp_forward_over_reverse = half_for_cost(
    TaskChecks(
        "hvp_forward_over_reverse",
        arguments=("func", "inputs", "tangent"),
        problems=HVP_PROBLEMS,
        stages=_STAGES,
        cost=OF_FUNCTIONS,
        elsewhere=_ELSEWHERE,
        not_allowed=_READY_MADE,
        mistakes=of_task("hvp_forward_over_reverse", MISTAKES),
    )
)
parameter_hvp = half_for_cost(
    TaskChecks(
        "parameter_hvp",
        arguments=("loss", "parameters", "tangent"),
        problems=PARAMETER_HVP_PROBLEMS,
        stages=insert(_PARAMETER_STAGES, again, before="device"),
        cost=Cost(PARAMETER_HVP_SIZED, PARAMETER_HVP_LARGE),
        elsewhere=(
            spec("three_factors"),
            spec("one_unused", core=False),
            spec("constant_loss", core=False),
        ),
        mistakes=of_task("parameter_hvp", MISTAKES),
    )
)
