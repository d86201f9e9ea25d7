"""Explain errors that learners really meet here: what torch means, and what gave it away."""

from __future__ import annotations

from dataclasses import dataclass

from graders.checks.failure import CheckFailed, Failure, Symptom
from graders.sandbox.answers import READY_MADE, Outcome, Raised


@dataclass(frozen=True)
class Explanation:
    """A sentence on what an error means in this course, and the symptom it stands for."""

    sentence: str
    symptom: Symptom | None = None


_LONGEST = 300
_ONE_PROCESS = Explanation(
    "a DataLoader with num_workers and multiprocessing want processes of their own, which code "
    "that is being judged may not start; work in this one, with num_workers=0"
)
_NO_COMPILER = Explanation(
    "torch.compile, which torch.cond and a few others call too, wants to write files and start a "
    "compiler, which code that is being judged may not do; leave it out, the answer is the same "
    "without it"
)
_NO_FILES = Explanation(
    "code that is being judged may not write files, and it cannot read yours; keep what you "
    "compute in memory and return it"
)
_NO_TRACING = Explanation(
    "code that follows a function with stand-ins for tensors, as torch.export and make_fx with "
    "symbols do, cannot be measured here; call torch's operations yourself, the answer is the same"
)
_BY_MESSAGE: tuple[tuple[str, Explanation], ...] = (
    (
        "does not require grad and does not have a grad_fn",
        Explanation(
            "torch was asked to differentiate something it keeps no graph of: either the inputs "
            "were never marked for differentiation, or the first derivative was taken without "
            "keeping its own graph, or the function does not depend on the inputs at all",
            Symptom.NO_GRAPH,
        ),
    ),
    (
        "One of the differentiated Tensors does not require grad",
        Explanation(
            "the tensor to differentiate by was not marked, so nothing that came of it is known as "
            "such",
            Symptom.NOT_MARKED,
        ),
    ),
    (
        "inside of a function being transformed by a functorch transform",
        Explanation("in a function that torch.func transforms nothing is to be marked"),
    ),
    (
        "backward through the graph a second time",
        Explanation(
            "torch frees a graph once it has walked back through it; the second walk found it gone",
            Symptom.GRAPH_FREED,
        ),
    ),
    (
        "appears to not have been used in the graph",
        Explanation(
            "no path leads back to this tensor: either the function was called with another one, "
            "or it does not use this input, and then the derivative is zero and still needs its "
            "shape",
            Symptom.UNUSED,
        ),
    ),
    (
        "grad can be implicitly created only for scalar outputs",
        Explanation(
            "a gradient is only defined for a single number; for a vector torch has to be told "
            "which combination of its entries to differentiate"
        ),
    ),
    (
        "same dtype",
        Explanation(
            "two dtypes met: all that you are given has one, and a tensor of yours another",
            Symptom.TWO_DTYPES,
        ),
    ),
    (
        "modified by an inplace operation",
        Explanation(
            "a value that the backward walk still needs was overwritten; compute a new tensor "
            "instead of changing one"
        ),
    ),
    (
        "leaf Variable that requires grad",
        Explanation("a tensor being differentiated cannot be changed in place; make a new one"),
    ),
    (
        "Mismatch in shape: grad_output",
        Explanation(
            "the vector handed to the backward walk must have the shape of the output it belongs to"
        ),
    ),
    (
        "allocate memory",
        Explanation(
            "there is not that much memory: something of the size n × n was asked for",
            Symptom.DENSE,
        ),
    ),
    ("FakeTensor", _NO_TRACING),
    ("all __torch_dispatch__ handlers returned NotImplemented", _NO_TRACING),
    # From here on, what the confinement refuses. The compiler of torch keeps a folder; an older one
    # asks for the name of its user, who has none here.
    ("torchinductor_", _NO_COMPILER),
    ("getpwuid(): uid not found", _NO_COMPILER),
    ("[Errno 13] Permission denied: '", _NO_FILES),
    ("[Errno 30] Read-only file system", _NO_FILES),
    ("open file failed with strerror: Permission denied", _NO_FILES),
    # Of no file: a lock or a piece of memory that several processes were to have in common.
    ("[Errno 13] Permission denied", _ONE_PROCESS),
    ("unable to open shared memory object", _ONE_PROCESS),
    (
        "[Errno 1] Operation not permitted",
        Explanation(
            "this asks the system for what code that is being judged may not do, such as starting "
            "a process or using the network"
        ),
    ),
)

_BY_CLASS: dict[str, Explanation] = {
    "NotImplementedError": Explanation("this task is not written yet"),
    READY_MADE: Explanation("the exercise is to build what this routine does", Symptom.READY_MADE),
    "TensorTooLarge": Explanation("a single tensor above the budget was asked for", Symptom.DENSE),
    "TooManyCalls": Explanation(
        "that is far more than are needed here; look at what ends your loop", Symptom.NO_END
    ),
    "TooMuchWork": Explanation("one pass per row was under way", Symptom.MANY_PASSES),
    "MemoryError": Explanation("there is not that much memory", Symptom.DENSE),
    "RecursionError": Explanation("the function calls itself without end"),
    "NameError": Explanation("this name is not defined where it is used; is the cell above run?"),
}


def explain(raised: Raised) -> Explanation | None:
    """Find the explanation of an exception, by its class or its message."""
    for name in raised.classes:
        if name in _BY_CLASS:
            return _BY_CLASS[name]
    for fragment, explanation in _BY_MESSAGE:
        if fragment in raised.message:
            return explanation
    return None


def symptom_of(outcome: Outcome) -> Symptom | None:
    """Give what an error stands for; None where nothing was raised, or no error that is known."""
    explanation = explain(outcome) if isinstance(outcome, Raised) else None
    return explanation.symptom if explanation is not None else None


def _of_own_line(raised: Raised) -> str:
    """Say of a line that raises by itself that this call was not to be refused."""
    own = raised.place is not None and raised.place.text.strip().startswith("raise ")
    return "this line of yours refuses the call, and an answer is due" if own else ""


def raised_failure(raised: Raised, call: str) -> CheckFailed:
    """Say what was raised, where, and what it means."""
    explanation = explain(raised)
    meaning = explanation.sentence if explanation else _of_own_line(raised)
    lines = raised.message.strip().splitlines()
    return CheckFailed(
        Failure(
            "it raised an exception",
            call=call,
            raised=raised.kind,
            said=_in_short(lines[0]) if lines else "",
            place=raised.place,
            meaning=meaning,
            symptom=explanation.symptom if explanation else None,
        )
    )


def _in_short(line: str) -> str:
    """Keep the whole sentences of a long line, or else its whole words."""
    if len(line) <= _LONGEST:
        return line
    start = line[:_LONGEST]
    sentences, end, _ = start.rpartition(". ")
    return f"{sentences}." if end else f"{start.rpartition(' ')[0] or start} …"
