"""What is checked of the topic `curvature`."""

from __future__ import annotations

from graders.checks.asking import Asking
from graders.checks.failure import Symptom
from graders.checks.kinds import OF_TENSORS, TENSOR
from graders.checks.mistakes import of_task
from graders.checks.stage import stage
from graders.checks.stages import FORM, require_returned
from graders.checks.task import TaskChecks, insert
from graders.hidden.derivatives.curvature.mistakes import MISTAKES
from graders.hidden.derivatives.curvature.problems.critical_points import (
    CRITICAL_POINT_PROBLEMS,
    TRAINED,
)
from graders.hidden.derivatives.curvature.problems.matrices import (
    CLASSIFY_PROBLEMS,
    EIGENVALUE_PROBLEMS,
    REFUSED_ON_THE_WAY,
    REFUSED_PROBLEMS,
)
from graders.hidden.derivatives.training import with_training
from graders.sandbox.answers import Raised
from graders.sandbox.problem import Spec


@stage(
    "refuses",
    title="Bad input is refused",
    stop="bad input accepted",
    needs=(*FORM, "values"),
    cases=lambda _task: REFUSED_PROBLEMS,
)
def refuses(asking: Asking, case: Spec | None) -> None:
    """A matrix that is not square or not symmetric ends in a ValueError that says which."""
    assert case is not None
    fault, raised = _fault(asking, case), _refusal(asking, case)
    if "ValueError" not in raised.classes or fault not in raised.message.lower():
        raise asking.failed(
            case,
            f"this matrix is not {fault}; expected a ValueError with the word {fault!r} in its "
            f"message, got {raised.kind}: {raised.message[:200]}",
            None if "ValueError" in raised.classes else Symptom.ANOTHER_ERROR,
        )


@stage(
    "refuses",
    title="Bad input is refused",
    stop="bad input accepted",
    weight=0.5,
    needs=(*FORM, "values"),
    cases=lambda _task: REFUSED_ON_THE_WAY,
)
def passes_refusals_on(asking: Asking, case: Spec | None) -> None:
    """What `eigenvalues` refuses gets no class; the words of the ValueError are free."""
    assert case is not None
    raised = _refusal(asking, case)
    if "ValueError" not in raised.classes:
        raise asking.failed(
            case,
            f"this matrix is not {_fault(asking, case)}; expected the ValueError of `eigenvalues`, "
            f"got {raised.kind}: {raised.message[:200]}",
        )


def _refusal(asking: Asking, case: Spec) -> Raised:
    """Give what was raised; where an answer came back, the check fails."""
    outcome = asking.ask(case).outcome
    if isinstance(outcome, Raised):
        return outcome
    require_returned(asking, case)
    raise asking.failed(
        case,
        f"this matrix is not {_fault(asking, case)}; a ValueError that says so is expected, but an "
        "answer came back",
        Symptom.LOST_AMONG_MANY if case.name == "one_pair_apart" else Symptom.NOT_REFUSED,
    )


def _fault(asking: Asking, case: Spec) -> str:
    shape = asking.problem(case).values["matrix"].shape
    return "symmetric" if len(shape) == 2 and shape[0] == shape[1] else "square"


eigenvalues = TaskChecks(
    "eigenvalues",
    arguments=("matrix",),
    problems=EIGENVALUE_PROBLEMS,
    stages=insert(TENSOR, refuses, before="edge"),
    mistakes=of_task("eigenvalues", MISTAKES),
)
classify_hessian = TaskChecks(
    "classify_hessian",
    arguments=("matrix",),
    problems=CLASSIFY_PROBLEMS,
    stages=(*OF_TENSORS, passes_refusals_on),
    mistakes=of_task("classify_hessian", MISTAKES),
)
classify_critical_point = TaskChecks(
    "classify_critical_point",
    arguments=("func", "inputs"),
    problems=CRITICAL_POINT_PROBLEMS,
    stages=with_training(OF_TENSORS, TRAINED),
    mistakes=of_task("classify_critical_point", MISTAKES),
)
