"""The stages of manners: the caller's tensors are left alone, and their device is kept."""

from __future__ import annotations

from graders.checks.asking import Asking
from graders.checks.failure import Symptom
from graders.checks.stage import stage
from graders.checks.stages import WRITTEN
from graders.sandbox.answers import Raised, Returned
from graders.sandbox.given import tensors_in
from graders.sandbox.spec import Spec

# A device without memory, which every build of torch has: what is computed there knows its shape,
# its dtype and its device, and mixing it with a tensor on the CPU fails as on a GPU.
_OTHER_DEVICE = "meta"
_TRACES = {
    "values": (Symptom.CHANGED_INPUTS, "it changed the numbers of {} in place"),
    "grad": (Symptom.LEFT_GRAD, "it left something behind in {}.grad"),
    "old grad": (Symptom.CHANGED_GRAD, "what the caller kept in {}.grad is not there any more"),
    "marked": (Symptom.MARKED_INPUTS, "it left requires_grad switched on in {}"),
    "unmarked": (Symptom.UNMARKED_INPUTS, "it switched requires_grad off in {}"),
}
# What torch says where tensors of two devices meet, or a gradient is made on another than its own.
_TWO_DEVICES = (
    "on the same device",
    "expected device",
    "at least two devices",
    "different device",
    "is on cpu",
)


@stage(
    "device",
    title="The device is kept",
    stop="other device",
    needs=WRITTEN,
    needs_some=("values",),
)
def DEVICE(asking: Asking, _case: Spec | None) -> None:  # noqa: N802
    """Nothing is computed on the CPU where the inputs lie elsewhere.

    Asked on torch's meta device, so that no GPU is needed. An answer that has to look at numbers
    cannot be tried there, and is not held to it.
    """
    for spec in asking.task.elsewhere or asking.task.problems[:1]:
        _require_device(asking, spec)


def _require_device(asking: Asking, spec: Spec) -> None:
    outcome = asking.ask(spec, device=_OTHER_DEVICE).outcome
    # A tensor without memory does not cross: what arrives as a tensor was on the CPU.
    if isinstance(outcome, Returned) and list(tensors_in(outcome.value)):
        fault = "the inputs were on another device, and the answer came back on the CPU"
        raise asking.failed(spec, fault, Symptom.OTHER_DEVICE, meaning=_MEANING)
    if isinstance(outcome, Raised) and any(part in outcome.message for part in _TWO_DEVICES):
        fault = "the inputs were on another device, and a tensor of your own was on the CPU"
        where = {"place": outcome.place, "meaning": _MEANING}
        raise asking.failed(spec, fault, Symptom.OTHER_DEVICE, **where)


@stage(
    "inputs",
    title="The caller's tensors are left alone",
    stop="inputs changed",
    needs=WRITTEN,
    needs_some=("values",),
)
def INPUTS(asking: Asking, _case: Spec | None) -> None:  # noqa: N802
    """The caller's tensors are as they were: values, requires_grad and .grad."""
    for spec in asking.task.problems:
        require_untouched(asking, spec)


def require_untouched(asking: Asking, spec: Spec) -> None:
    """Fail, naming what was touched first, unless the caller's tensors are as they were.

    A call that broke off has no part in this: what it left half done is not its fault.
    """
    answer = asking.ask(spec)
    touched = () if isinstance(answer.outcome, Raised) else answer.touched
    for what, (symptom, sentence) in _TRACES.items():
        names = sorted({name for kind, name in touched if kind == what})
        if names:
            raise asking.failed(spec, sentence.format(", ".join(names)), symptom)


_MEANING = (
    "on a GPU this fails; make new tensors with the device of an old one, by device=inputs.device "
    "or by functions such as torch.zeros_like"
)
