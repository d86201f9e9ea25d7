"""A right answer earns its points whatever part of torch it uses; what cannot work is told."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from dataclasses import dataclass, replace
from textwrap import indent

import pytest
from warm import SESSION, judge

from graders import course
from graders.authoring.specimens import solution
from graders.course.submission import Cell, Submission
from graders.judge.verdict import TaskVerdict

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="confinement is for Linux")


@dataclass(frozen=True)
class Answer:
    """A function for one task of a topic, by some part of torch."""

    topic: str
    task: str
    part: str
    body: str

    def __str__(self) -> str:
        return f"{self.task} by {self.part}"

    def cell(self) -> Cell:
        arguments = "func, inputs" if self.topic == "hessian" else "func, inputs, v"
        arguments = arguments.removesuffix(", v") if self.task == "jacobian" else arguments
        begin = f"def {self.task}({arguments}):\n    x = inputs.detach()\n"
        return Cell(f"cell {self.task}", _TOOLS + begin + indent(self.body.strip(), "    "))


_TOOLS = """
import torch
from torch.autograd import forward_ad
from torch.func import functional_call, grad, jacrev, jvp, linearize, vmap
from torch.fx.experimental.proxy_tensor import make_fx
from torch.utils.checkpoint import checkpoint

class Holding(torch.nn.Module):
    def __init__(self, func, at):
        super().__init__()
        self.func, self.at = func, torch.nn.Parameter(at)
    def forward(self):
        return self.func(self.at)

class Calling(torch.nn.Module):
    def __init__(self, func):
        super().__init__()
        self.func = func
    def forward(self, x):
        return self.func(x)

def along_axes(push, x):
    axes = torch.eye(x.numel(), dtype=x.dtype, device=x.device).reshape(-1, *x.shape)
    return vmap(push, chunk_size=2)(axes)

def columns(push, x):
    pushed = along_axes(push, x).movedim(0, -1)
    return pushed.reshape(pushed.shape[:-1] + x.shape)

def slope(func, x):
    x = x.clone().requires_grad_()
    y = func(x)
    if not y.requires_grad:
        return torch.zeros_like(x), x
    return torch.autograd.grad(y, x, create_graph=True, materialize_grads=True)[0], x

def product(func, x, v):
    g, x = slope(func, x)
    if not g.requires_grad:
        return torch.zeros_like(x)
    return torch.autograd.grad(g, x, v, materialize_grads=True)[0]

"""
RIGHT = (
    Answer(
        "hessian", "gradient", "linearize", "return along_axes(linearize(func, x)[1], x).view_as(x)"
    ),
    Answer("hessian", "gradient", "jacrev in chunks", "return jacrev(func, chunk_size=1)(x)"),
    Answer(
        "hessian",
        "gradient",
        "make_fx with symbols",
        "traced = make_fx(func, tracing_mode='symbolic', _allow_non_fake_inputs=True)(x)\n"
        "return jacrev(traced)(x)",
    ),
    Answer(
        "hessian",
        "gradient",
        "export",
        "return slope(torch.export.export(Calling(func), (x,)).module(), x)[0].detach()",
    ),
    Answer(
        "hessian",
        "gradient",
        "functionalize",
        "return jacrev(torch.func.functionalize(func))(x)",
    ),
    Answer("hessian", "hessian", "linearize", "return columns(linearize(grad(func), x)[1], x)"),
    Answer(
        "hessian",
        "hessian",
        "make_fx",
        "traced = make_fx(grad(func))(x)\n"
        "return columns(lambda axis: jvp(traced, (x,), (axis,))[1], x)",
    ),
    Answer(
        "hessian",
        "hessian",
        "vectorize",
        "return torch.autograd.functional.jacobian(grad(func), x, vectorize=True)",
    ),
    Answer(
        "hessian",
        "hessian",
        "hooks on saved tensors",
        "with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t):\n"
        "    g, x = slope(func, x)\n"
        "rows = [torch.autograd.grad(one, x, retain_graph=True, materialize_grads=True)[0]\n"
        "        if one.requires_grad else torch.zeros_like(x) for one in g.reshape(-1)]\n"
        "return torch.stack(rows).reshape(x.shape + x.shape).detach()",
    ),
    Answer(
        "jacobian",
        "vjp",
        "linearize",
        "push = linearize(func, x)[1]\n"
        "return along_axes(lambda axis: (v * push(axis)).sum(), x).view_as(x)",
    ),
    Answer("jacobian", "jacobian", "linearize", "return columns(linearize(func, x)[1], x)"),
    Answer(
        "jacobian",
        "jvp",
        "make_fx",
        "traced = make_fx(func)(x)\n"
        "with forward_ad.dual_level():\n"
        "    y, pushed = forward_ad.unpack_dual(traced(forward_ad.make_dual(x, v)))\n"
        "return torch.zeros_like(y) if pushed is None else pushed.detach()",
    ),
    Answer("hvp", "hvp", "make_fx", "return jvp(make_fx(grad(func))(x), (x,), (v,))[1]"),
    Answer(
        "hvp",
        "hvp",
        "functional_call",
        "held = Holding(func, x)\n"
        "return jvp(grad(lambda at: functional_call(held, {'at': at}, ())), (x,), (v,))[1]",
    ),
    Answer(
        "hvp",
        "hvp_forward_over_reverse",
        "make_fx",
        "return make_fx(lambda at: jvp(grad(func), (at,), (v,))[1])(x)(x)",
    ),
    Answer(
        "hvp",
        "hvp_forward_over_reverse",
        "checkpoint",
        "return product(lambda at: checkpoint(func, at, use_reentrant=False), x, v)",
    ),
    *(
        Answer("hvp", task, "linearize", "return linearize(grad(func), x)[1](v)")
        for task in ("hvp", "hvp_forward_over_reverse")
    ),
)

COMPILER = "wants to write files and start a compiler, which code that is being judged may not do"
NO_FILES = "code that is being judged may not write files"
ONE_PROCESS = "want processes of their own, which code that is being judged may not start"
NOT_ALLOWED = "such as starting a process or using the network"
TOLD = {
    Answer("hessian", "gradient", "compile", "return torch.compile(jacrev(func))(x)"): COMPILER,
    Answer(
        "hessian",
        "hessian",
        "eager",
        "return jacrev(torch.compile(grad(func), backend='eager'))(x)",
    ): COMPILER,
    Answer(
        "jacobian", "vjp", "aot_eager", "return torch.compile(func, backend='aot_eager')(x)"
    ): COMPILER,
    Answer(
        "jacobian", "jacobian", "cond", "return torch.cond(x.sum() > 0, torch.sin, torch.cos, (x,))"
    ): COMPILER,
    Answer("jacobian", "jvp", "save", "torch.save(x, 'x.pt')"): NO_FILES,
    Answer("hvp", "hvp", "hub", "torch.hub.load('pytorch/vision', 'resnet18')"): NO_FILES,
    Answer("hvp", "hvp_forward_over_reverse", "fork", "import os\nos.fork()"): NOT_ALLOWED,
    Answer(
        "hessian",
        "gradient",
        "DataLoader with workers",
        "from torch.utils.data import DataLoader, TensorDataset\n"
        "list(DataLoader(TensorDataset(x.reshape(-1)), num_workers=2))",
    ): ONE_PROCESS,
    Answer(
        "hessian",
        "hessian",
        "inline extension",
        "from torch.utils.cpp_extension import load_inline\n"
        "load_inline('fast', cpp_sources='int f() { return 1; }', functions=['f'])",
    ): NO_FILES,
    Answer("jacobian", "vjp", "shared memory", "x.share_memory_()"): ONE_PROCESS,
    Answer(
        "jacobian",
        "jacobian",
        "pool",
        "import torch.multiprocessing\ntorch.multiprocessing.Pool(2)",
    ): ONE_PROCESS,
}
Verdicts = dict[Answer, TaskVerdict]


def together(answers: tuple[Answer, ...]) -> list[dict[str, Answer]]:
    """Gather answers to different tasks of a topic, so that one submission holds them."""
    gathered: dict[str, list[dict[str, Answer]]] = defaultdict(list)
    for answer in answers:
        free = next((one for one in gathered[answer.topic] if answer.task not in one), None)
        if free is None:
            gathered[answer.topic].append(free := {})
        free[answer.task] = answer
    return [one for several in gathered.values() for one in several]


def handed_in(answers: dict[str, Answer]) -> Submission:
    (topic,) = {answer.topic for answer in answers.values()}
    right = solution(course.topic(topic))
    return replace(right, cells=(*right.cells, *(one.cell() for one in answers.values())))


@pytest.fixture(scope="module")
def verdicts() -> Verdicts:
    assert SESSION.launcher.isolation == "confined"
    batches = together((*RIGHT, *TOLD))
    judged = judge([handed_in(batch) for batch in batches])
    return {
        batch[task.name]: task
        for batch, verdict in zip(batches, judged, strict=True)
        for task in verdict.tasks
        if task.name in batch
    }


def failure_of(task: TaskVerdict) -> str:
    return task.first_failure.message if task.first_failure is not None else ""


@pytest.mark.parametrize(
    "answer",
    # Before 2.8, torch.export does not follow a function that counts its calls.
    [pytest.param(one, marks=[pytest.mark.lowest] * (one.part != "export")) for one in RIGHT],
    ids=str,
)
def test_a_right_answer_earns_full_marks(verdicts: Verdicts, answer: Answer) -> None:
    assert failure_of(verdicts[answer]) == ""
    assert verdicts[answer].passed


@pytest.mark.parametrize(
    "answer",
    # An older torch does not say why it cannot write.
    [pytest.param(one, marks=[pytest.mark.lowest] * (one.part != "save")) for one in TOLD],
    ids=str,
)
def test_what_cannot_work_is_told_in_a_sentence(verdicts: Verdicts, answer: Answer) -> None:
    assert verdicts[answer].score == 0
    assert TOLD[answer] in failure_of(verdicts[answer])


def test_no_message_names_what_was_drawn_for_one_worker(verdicts: Verdicts) -> None:
    """The same answer has the same bytes for a verdict, in whatever worker it was asked."""
    refused = [failure_of(verdicts[one]) for one, told in TOLD.items() if told == COMPILER]
    assert any("'/torchinductor_student'" in message for message in refused)
    assert not [one for one in refused if re.search(r"/tmp|uid_?\d", one)]
