"""The meter counts exactly, counts the same every time, and tells honest answers from costly ones.

The expected sizes are worked out by hand from shapes; the relations between methods are those that
the memory and cost checks of the course rest on.
"""

from __future__ import annotations

import functools
import gc
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from graders.meter import Measured, Meter, TensorTooLarge, counted

N = 400
MILLION = 10**6
LIMIT = 100 * MILLION


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def in_this_file(filename: str) -> bool:
    return filename == __file__


def measure(call: Callable[[], Any], limit: int | None = None) -> Measured:
    meter = Meter(in_this_file, limit)
    with meter:
        kept = call()
    del kept
    return meter.measured()


# The functions and the methods to tell apart.


def mlp() -> tuple[Callable[[Tensor], Tensor], Tensor]:
    """Mean squared error of a small network: 400 parameters, batch 32, float32."""
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(32, 10, generator=generator)
    targets = torch.randn(32, 4, generator=generator)
    shapes = [(10, 20), (20,), (20, 8), (8,), (8, 1), (4,)]
    sizes = [torch.Size(shape).numel() for shape in shapes]

    def loss(parameters: Tensor) -> Tensor:
        parts = zip(parameters.split(sizes), shapes, strict=True)
        a, b, c, d, e, f = (part.view(shape) for part, shape in parts)
        hidden = torch.tanh(torch.tanh(inputs @ a + b) @ c + d)
        return ((hidden @ e + f - targets) ** 2).mean()

    return loss, 0.1 * torch.randn(N, generator=generator)


def rosenbrock(x: Tensor) -> Tensor:
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


Func = Callable[[Tensor], Tensor]


def gradient(func: Func, x: Tensor, v: Tensor) -> Tensor:
    leaf = x.clone().requires_grad_()
    return torch.autograd.grad(func(leaf), leaf)[0]


def with_graph(func: Func, x: Tensor) -> tuple[Tensor, Tensor]:
    leaf = x.clone().requires_grad_()
    return torch.autograd.grad(func(leaf), leaf, create_graph=True)[0], leaf


def double_backward(func: Func, x: Tensor, v: Tensor) -> Tensor:
    g, leaf = with_graph(func, x)
    return torch.autograd.grad(g, leaf, v)[0]


def forward_over_reverse(func: Func, x: Tensor, v: Tensor) -> Tensor:
    return torch.func.jvp(torch.func.grad(func), (x,), (v,))[1]


def reverse_over_forward(func: Func, x: Tensor, v: Tensor) -> Tensor:
    return torch.func.grad(lambda y: torch.func.jvp(func, (y,), (v,))[1])(x)


def functional_hvp(func: Func, x: Tensor, v: Tensor) -> Tensor:
    return torch.autograd.functional.hvp(func, x, v)[1]


def rows_one_at_a_time(func: Func, x: Tensor, v: Tensor) -> Tensor:
    g, leaf = with_graph(func, x)
    out = torch.zeros_like(x)
    for i in range(x.numel()):
        out[i] = (torch.autograd.grad(g[i], leaf, retain_graph=True)[0] * v).sum()
    return out


def rows_in_a_list(func: Func, x: Tensor, v: Tensor) -> Tensor:
    g, leaf = with_graph(func, x)
    rows = [torch.autograd.grad(g[i], leaf, retain_graph=True)[0] for i in range(x.numel())]
    return torch.stack([(row * v).sum() for row in rows])


def full_hessian(func: Func, x: Tensor, v: Tensor) -> Tensor:
    return torch.func.hessian(func)(x) @ v


def vectorized_hessian(func: Func, x: Tensor, v: Tensor) -> Tensor:
    return torch.autograd.functional.hessian(func, x, vectorize=True) @ v


HONEST = (double_backward, forward_over_reverse, reverse_over_forward, functional_hvp)
MATERIALISING = (full_hessian, vectorized_hessian)
PROBLEMS = {"mlp": mlp(), "rosenbrock": (rosenbrock, torch.linspace(-1, 1, N))}


def table(problem: str, methods: tuple[Callable[..., Tensor], ...]) -> dict[str, Measured]:
    func, x = PROBLEMS[problem]
    v = torch.ones_like(x)
    return {method.__name__: measure(lambda m=method: m(func, x, v)) for method in methods}


@functools.cache
def comparison(problem: str) -> dict[str, Measured]:
    methods = (gradient, *HONEST, rows_one_at_a_time, rows_in_a_list, *MATERIALISING)
    return table(problem, methods)


@pytest.fixture(params=sorted(PROBLEMS))
def measured(request: pytest.FixtureRequest) -> dict[str, Measured]:
    return comparison(request.param)


SQUARE_BYTES = N * N * 4


@pytest.mark.parametrize("method", HONEST)
def test_honest_hvp_costs_a_few_gradients(
    measured: dict[str, Measured], method: Callable[..., Tensor]
) -> None:
    base, found = measured["gradient"], measured[method.__name__]
    assert found.largest_bytes <= 2 * base.largest_bytes
    assert found.peak_bytes <= 5 * base.peak_bytes
    assert found.produced_bytes <= 8 * base.produced_bytes
    assert found.flops <= 5 * base.flops


def test_row_loop_shows_in_produced_bytes_and_not_in_memory(measured: dict[str, Measured]) -> None:
    base, loop = measured["gradient"], measured["rows_one_at_a_time"]
    assert loop.peak_bytes <= 5 * base.peak_bytes
    assert loop.largest_bytes == base.largest_bytes
    assert loop.produced_bytes >= N * base.produced_bytes


def test_kept_rows_show_in_the_peak_and_not_in_the_largest_tensor(
    measured: dict[str, Measured],
) -> None:
    rows = measured["rows_in_a_list"]
    assert rows.peak_bytes >= SQUARE_BYTES
    assert rows.largest_bytes == measured["gradient"].largest_bytes


@pytest.mark.parametrize("method", MATERIALISING)
def test_materialised_hessian_shows_in_everything(
    measured: dict[str, Measured], method: Callable[..., Tensor]
) -> None:
    found = measured[method.__name__]
    assert found.peak_bytes >= found.largest_bytes >= SQUARE_BYTES
    assert found.produced_bytes >= N * measured["gradient"].produced_bytes


def test_flops_tell_a_row_loop_where_there_are_matrix_products() -> None:
    found = comparison("mlp")
    base = found["gradient"].flops
    assert 1.5 * base < found["double_backward"].flops < 4 * base
    assert found["rows_one_at_a_time"].flops > N * base


def test_flops_of_elementwise_functions_are_zero() -> None:
    assert all(found.flops == 0 for found in table("rosenbrock", (gradient, *HONEST)).values())


# The same numbers every time.

QUICK = (gradient, *HONEST, full_hessian, vectorized_hessian)


def quick_table() -> dict[str, Any]:
    return {
        name: {method: asdict(found) for method, found in table(name, QUICK).items()}
        for name in sorted(PROBLEMS)
    }


def test_counts_are_the_same_again_and_in_a_fresh_process() -> None:
    here = quick_table()
    assert quick_table() == here
    command = (
        "import json, runpy, sys; print(json.dumps(runpy.run_path(sys.argv[1])['quick_table']()))"
    )
    fresh = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", command, __file__],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(fresh.stdout) == here


def test_counts_do_not_depend_on_when_the_cycle_collector_runs() -> None:
    def leave_cycles() -> None:
        for _ in range(50):
            cycle: list[Any] = [torch.empty(250)]
            cycle.append(cycle)

    threshold = gc.get_threshold()
    try:
        found = []
        for eager in (1, 100_000):
            gc.set_threshold(eager)
            found.append(measure(leave_cycles).peak_bytes)
    finally:
        gc.set_threshold(*threshold)
    assert found == [50 * 1000, 50 * 1000]
    assert gc.isenabled()


@pytest.mark.filterwarnings("ignore:Using backward")
def test_a_gradient_that_holds_its_own_graph_counts_until_the_end() -> None:
    def leak() -> None:
        leaf = torch.ones(1000, requires_grad=True)
        leaf.exp().sum().backward(create_graph=True)

    one = measure(leak)
    three = measure(lambda: [leak() for _ in range(3)])
    assert three.peak_bytes >= 2 * one.peak_bytes
    gc.collect()


# What counts, worked out by hand.

A = torch.ones(100, 50)
KILO = torch.ones(250)


def thousand_temporaries() -> None:
    for _ in range(1000):
        torch.empty(250)


def in_place() -> Tensor:
    total = torch.zeros(250)
    for _ in range(10):
        total += KILO
        total.mul_(2)
    return total


def views() -> list[Tensor]:
    base = torch.zeros(10, 25)
    return [base.T, base[3], base.view(250), base.expand(9, 10, 25), base.detach(), *base.unbind()]


def into_out() -> Tensor:
    target = torch.empty(0)
    torch.mul(KILO, 2, out=target)
    return torch.add(KILO, 1, out=target)


def resized() -> Tensor:
    return torch.empty(10).resize_(250).resize_(100)


@pytest.mark.parametrize(
    ("call", "peak", "largest", "produced"),
    [
        (thousand_temporaries, 1000, 1000, 1_000_000),
        (in_place, 1000, 1000, 21_000),
        (views, 1000, 1000, 1000),
        (into_out, 1000, 1000, 2000),
        (resized, 1000, 1000, 40 + 1000 + 400),
        (lambda: [torch.empty(250) for _ in range(4)], 4000, 1000, 4000),
        (lambda: torch.linalg.qr(A), 100 * 50 * 4 + 50 * 50 * 4, 20_000, 30_000),
        (lambda: KILO.sort(), 1000 + 2000, 2000, 3000),
        (lambda: KILO.split(10), 0, 0, 0),
        (lambda: torch.tensor([1.0, 2.0]), 8, 8, 8),
        (lambda: KILO.to(torch.float64), 2000, 2000, 2000),
        (lambda: torch.empty(100, 100, device="meta"), 0, 0, 0),
        (lambda: torch.sparse_coo_tensor([[0], [1]], [2.0], (1000, 1000)).sum(), 24, 16, 24),
    ],
)
def test_hand_counted(call: Callable[[], Any], peak: int, largest: int, produced: int) -> None:
    found = measure(call)
    assert (found.peak_bytes, found.largest_bytes, found.produced_bytes) == (
        peak,
        largest,
        produced,
    )


def test_inputs_do_not_count_but_what_they_grow_by_does() -> None:
    given = torch.ones(250)
    assert measure(lambda: given.add_(1).view(10, 25).T).peak_bytes == 0
    assert measure(lambda: given.resize_(1000)).peak_bytes == 3000


def test_gradients_of_many_inputs_are_followed() -> None:
    leaves = [torch.ones(250, requires_grad=True) for _ in range(20)]
    found = measure(
        lambda: torch.autograd.grad(sum((leaf**2).sum() for leaf in leaves), leaves)  # type: ignore[union-attr]
    )
    assert found.peak_bytes >= 20 * 1000


def test_flops_agree_with_torch_on_matrix_products() -> None:
    def call() -> None:
        torch.addmm(torch.ones(100), A, A.T) @ A
        torch.einsum("bij,bjk->bik", torch.ones(3, 4, 5), torch.ones(3, 5, 6))
        torch.nn.functional.conv1d(torch.ones(2, 3, 10), torch.ones(4, 3, 5))

    with FlopCounterMode(display=False) as theirs:
        call()
    assert measure(call).flops == theirs.get_total_flops() > 0
    assert measure(lambda: A @ torch.ones(50)).flops == 2 * 100 * 50


def test_operations_in_inference_mode_are_seen_inside() -> None:
    with torch.inference_mode():
        assert measure(lambda: torch.matmul(A, A.T)).flops == 2 * 100 * 50 * 100


class Hiding(Tensor):
    """Works where a mode might not look: inside a subclass's own dispatch."""

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return torch.empty(MILLION).sum()


def test_work_hidden_in_a_tensor_subclass_is_seen() -> None:
    hiding = torch.ones(2).as_subclass(Hiding)
    assert measure(lambda: hiding + 1).largest_bytes == 4 * MILLION


# Lines and refusals.


INNER_LINE = """\
def inner(x):
    y = x * 2
    return torch.outer(y, y)

def f(x):
    return inner(x)
"""

BACKWARD_LINE = """\
leaf = torch.ones(10, requires_grad=True)
loss = (leaf * leaf).sum()
(g,) = torch.autograd.grad(loss, leaf, create_graph=True)
y = leaf.expand(1000, 10).prod(0).sum()
y.backward()
"""


def test_the_largest_tensor_is_put_down_to_the_innermost_line_of_the_student() -> None:
    source = INNER_LINE
    space: dict[str, Any] = {"torch": torch}
    exec(compile(source, "<cell 7>", "exec"), space)
    meter = Meter("<cell 7>".__eq__)
    with meter:
        space["f"](KILO)
    found = meter.measured()
    assert (found.largest_file, found.largest_line) == ("<cell 7>", 3)
    assert found.largest_bytes == 250 * 250 * 4


def test_a_tensor_made_in_a_backward_pass_is_put_down_to_the_line_that_started_it() -> None:
    source = BACKWARD_LINE
    meter = Meter("<cell>".__eq__)
    with meter:
        exec(compile(source, "<cell>", "exec"), {"torch": torch})
    assert meter.measured().largest_line == 5


X = torch.ones(MILLION)
XR = torch.ones(MILLION, requires_grad=True)

TOO_LARGE: dict[str, Callable[[], Any]] = {
    "empty": lambda: torch.empty(MILLION, MILLION),
    "outer": lambda: torch.outer(X, X),
    "outer with graph": lambda: torch.outer(XR, XR),
    "eye": lambda: torch.eye(MILLION),
    "expand and clone": lambda: X.expand(MILLION, MILLION).clone(),
    "broadcast": lambda: X[:, None] * X,
    "matrix product": lambda: X[:, None] @ X[None],
    "diag": lambda: torch.diag(X),
    "repeat": lambda: X.repeat(MILLION, 1),
    "out": lambda: torch.outer(X, X, out=torch.empty(0)),
    "resize": lambda: torch.empty(0).resize_(MILLION, MILLION),
    "strided": lambda: torch.empty_strided((2,), (10**12,)),
    "arange with a tiny step": lambda: torch.arange(0, 1, 1e-12),
    "vmap one-hot": lambda: torch.vmap(lambda i: i == torch.arange(MILLION))(torch.arange(MILLION)),
    "jacrev": lambda: torch.func.jacrev(torch.sin)(X),
    "hessian": lambda: torch.func.hessian(lambda y: (y**2).sum())(X),
    "vectorised jacobian": lambda: torch.autograd.functional.jacobian(torch.sin, X, vectorize=True),
    "sum over nothing": lambda: torch.empty(10**12, 0).sum(1),
}


@pytest.mark.parametrize("name", TOO_LARGE)
def test_a_terabyte_is_refused_before_it_is_allocated(name: str) -> None:
    meter = Meter(in_this_file, LIMIT)
    with pytest.raises(TensorTooLarge, match=r"TB; the limit is 100 MB") as caught, meter:
        TOO_LARGE[name]()
    assert caught.value.bytes >= 10**12
    first = TOO_LARGE[name].__code__.co_firstlineno
    assert caught.value.file == __file__
    assert caught.value.line is not None
    assert 0 <= caught.value.line - first <= 2
    found = meter.measured()
    assert found.largest_bytes == caught.value.bytes
    assert found.largest_line == caught.value.line
    assert found.peak_bytes < 50 * MILLION


def test_more_than_there_is_says_so_and_names_the_line() -> None:
    meter = Meter(in_this_file)
    with pytest.raises(TensorTooLarge, match="not so much memory") as caught, meter:
        torch.empty(10**9, 10**6)
    assert caught.value.bytes == 4 * 10**15
    assert meter.measured().largest_bytes == 4 * 10**15
    with pytest.raises(TensorTooLarge, match="at least"), Meter(in_this_file):
        torch.empty(10**12, 10**12)


@pytest.mark.parametrize(
    "call",
    [
        lambda: X.expand(MILLION, MILLION)[5].sum(),
        lambda: torch.randint(10**9, (5,)),
        lambda: torch.autograd.grad((XR[:-1] * 3).sum(), XR),
        lambda: torch.cat([X, X]).sort(),
        lambda: torch.empty(MILLION, MILLION, device="meta"),
        lambda: double_backward(rosenbrock, X, X),
    ],
)
def test_what_stays_small_is_not_refused(call: Callable[[], Any]) -> None:
    assert measure(call, LIMIT) == measure(call)


def test_a_limit_changes_nothing_but_refusals() -> None:
    func, x = PROBLEMS["mlp"]
    free = measure(lambda: full_hessian(func, x, x))
    tight = measure(lambda: full_hessian(func, x, x), free.largest_bytes)
    assert tight == free
    with pytest.raises(TensorTooLarge):
        measure(lambda: full_hessian(func, x, x), free.largest_bytes - 1)


def test_a_refusal_inside_a_backward_pass_keeps_its_type() -> None:
    def widen(x: Tensor) -> Tensor:
        return x.expand(10, MILLION).prod(0)

    with pytest.raises(TensorTooLarge) as caught:
        measure(lambda: torch.autograd.grad(widen(XR).sum(), XR), 30 * MILLION)
    assert caught.value.file == __file__


# Coming and going.


def test_errors_pass_through_and_leave_no_mode_behind() -> None:
    before = torch._C._len_torch_dispatch_stack()
    for wrong in (lambda: A @ A, lambda: 1 / 0, lambda: torch.empty(-1)):
        with pytest.raises((RuntimeError, ZeroDivisionError)) as caught, Meter(in_this_file, 1000):
            wrong()
        assert not isinstance(caught.value, TensorTooLarge)
        assert torch._C._len_torch_dispatch_stack() == before
        assert gc.isenabled()


def test_nothing_counts_after_the_block() -> None:
    meter = Meter(in_this_file)
    with meter:
        kept = torch.empty(250)
    found = meter.measured()
    del kept
    torch.empty(1000)
    assert meter.measured() == found
    assert found.peak_bytes == 1000


def test_a_generator_counts_where_it_is_consumed() -> None:
    def parts() -> Iterator[Tensor]:
        for _ in range(3):
            yield torch.empty(250)

    meter = Meter(in_this_file)
    with meter:
        lazy = parts()
    list(lazy)
    assert meter.measured().peak_bytes == 0
    assert measure(lambda: list(parts())).peak_bytes == 3000
    assert measure(lambda: sum(part.numel() for part in parts())).peak_bytes in (1000, 2000)


def test_other_threads_are_not_seen() -> None:
    def call() -> None:
        thread = threading.Thread(target=torch.empty, args=(250,))
        thread.start()
        thread.join()

    assert measure(call).produced_bytes == 0


def test_evaluations_are_counted_inside_the_block() -> None:
    func = counted(rosenbrock)
    func(KILO)
    meter = Meter(in_this_file, func=func)
    with meter:
        double_backward(func, KILO, KILO)
        torch.func.hessian(func)(KILO)
    func(KILO)
    assert meter.measured().evaluations == 2
    assert func.evaluations == 4
    assert not hasattr(func, "__wrapped__")


def test_the_counter_hides_no_name_of_the_function() -> None:
    func = counted(rosenbrock)
    assert getattr(func, "__name__", "") == "rosenbrock"
    assert torch.equal(func(KILO), rosenbrock(KILO))
