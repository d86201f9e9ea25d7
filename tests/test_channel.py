"""What crosses between judge and worker: whole frames of bounded size, and values as data."""

from __future__ import annotations

import json
import math
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from typing import Any, NamedTuple

import pytest
import torch
from safetensors.torch import save
from torch import Tensor

from graders.course import topic
from graders.course.submission import Cell, Submission
from graders.limits import (
    MAX_DIMENSIONS,
    MAX_HEADER_BYTES,
    MAX_ITEMS,
    MAX_PAYLOAD_BYTES,
    MAX_TEXT,
    Limits,
)
from graders.sandbox.answers import Ended, Returned
from graders.sandbox.call import Call
from graders.sandbox.channel import (
    ChannelClosedError,
    ChannelError,
    ChannelTimeoutError,
    Frame,
    receive_frame,
    send_frame,
)
from graders.sandbox.processes import End, GraderFaultError
from graders.sandbox.spec import Arguments, spec
from graders.sandbox.student import Student
from graders.sandbox.values import Unsendable, decode, encode

# torch warns of its rare kinds of tensors when one is made.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
SIZES = struct.Struct(">4sIQ")
MAGIC = b"d2f1"


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs):
        yield ours, theirs


Ends = tuple[socket.socket, socket.socket]


@pytest.mark.parametrize("payload", [b"", b"x", bytes(3 * 2**20)], ids=len)
def test_a_frame_arrives_as_it_was_sent(ends: Ends, payload: bytes) -> None:
    frame = Frame({"text": "∇f = (2x, 2y)", "list": [1, None, 2.5]}, payload)
    sender = threading.Thread(target=send_frame, args=(ends[0], frame))
    sender.start()
    assert receive_frame(ends[1], seconds=30) == frame
    sender.join()


def test_frames_do_not_run_into_each_other(ends: Ends) -> None:
    for number in range(3):
        send_frame(ends[0], Frame({"n": number}, bytes([number]) * number))
    got = [receive_frame(ends[1], seconds=30) for _ in range(3)]
    assert [(one.header["n"], one.payload) for one in got] == [(0, b""), (1, b"\1"), (2, b"\2\2")]


def frame_of(header: bytes, payload: bytes = b"") -> bytes:
    return SIZES.pack(MAGIC, len(header), len(payload)) + header + payload


GARBAGE = {
    "another protocol": b"GET / HTTP/1.1\r\nHost: x\r\n",
    "noise": bytes(range(64)),
    "a header above the limit": SIZES.pack(MAGIC, MAX_HEADER_BYTES + 1, 0),
    "a payload above the limit": SIZES.pack(MAGIC, 2, MAX_PAYLOAD_BYTES + 1),
    "all the memory there is": SIZES.pack(MAGIC, 2**32 - 1, 2**64 - 1),
    "a header that is no JSON": frame_of(b"\xff\xfe{"),
    "a header that is cut": frame_of(b'{"outcome": '),
    "a header that is a list": frame_of(b"[1, 2]"),
    "a header that is a number": frame_of(b"7"),
    "a header without end": frame_of(b"[" * 100_000),
    "an empty header": frame_of(b""),
}


@pytest.mark.parametrize("sent", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_is_refused_without_waiting_for_more(ends: Ends, sent: bytes) -> None:
    ends[0].sendall(sent)
    with pytest.raises(ChannelError, match="the worker sent") as refused:
        receive_frame(ends[1], seconds=30)
    assert not isinstance(refused.value, (ChannelClosedError, ChannelTimeoutError))


def test_limits_are_those_the_reader_sets(ends: Ends) -> None:
    sent = frame_of(b'{"a": 1}', b"12345678")
    for limits in ({"max_header": 7}, {"max_payload": 7}):
        ours, theirs = socket.socketpair()
        with closing(ours), closing(theirs):
            ours.sendall(sent)
            with pytest.raises(ChannelError, match="not an answer"):
                receive_frame(theirs, **limits)
    ends[0].sendall(sent)
    assert receive_frame(ends[1], max_header=8, max_payload=8).payload == b"12345678"


@pytest.mark.parametrize("kept", [0, 1, SIZES.size, SIZES.size + 3, -1])
def test_a_frame_cut_short_means_that_the_other_end_is_gone(ends: Ends, kept: int) -> None:
    ends[0].sendall(frame_of(b'{"a": 1}', b"12345678")[:kept])
    ends[0].close()
    with pytest.raises(ChannelClosedError):
        receive_frame(ends[1], seconds=30)


def test_a_worker_that_sends_byte_by_byte_does_not_outlast_the_deadline(ends: Ends) -> None:
    enough = threading.Event()

    def drip() -> None:
        for byte in frame_of(b'{"a": "' + b"x" * 100_000):
            if enough.wait(0.005):
                return
            ends[0].sendall(bytes([byte]))

    dripping = threading.Thread(target=drip)
    dripping.start()
    with pytest.raises(ChannelTimeoutError):
        receive_frame(ends[1], seconds=0.1)
    enough.set()
    dripping.join()


def test_what_is_not_json_is_not_sent(ends: Ends) -> None:
    with pytest.raises(ValueError):
        send_frame(ends[0], Frame({"loss": math.nan}))
    ends[1].close()
    with pytest.raises(ChannelClosedError):
        send_frame(ends[0], Frame({"a": 1}))


def through(value: Any) -> Any:
    tree, payload = encode(value)
    return decode(json.loads(json.dumps(tree, allow_nan=False)), payload)


def same(got: Any, sent: Any) -> bool:
    if isinstance(sent, Tensor):
        bits = (got.shape, got.dtype) == (sent.shape, sent.dtype)
        return bits and torch.equal(got.nan_to_num(7.0), sent.detach().nan_to_num(7.0))
    if isinstance(sent, (tuple, list)):
        pairs = zip(got, sent, strict=True)
        return type(got) is type(sent) and all(same(*pair) for pair in pairs)
    return (type(got), got) == (type(sent), sent)


LEAF = torch.linspace(-1, 1, 6, dtype=torch.float64).reshape(2, 3).requires_grad_()
COMPLEX = torch.tensor([[1 + 2j, 3 - 4j]])
CARRIED: dict[str, Any] = {
    "bfloat16": torch.tensor([1.5, -0.0, 3e38], dtype=torch.bfloat16),
    "float16": torch.tensor([1.5, 6e4], dtype=torch.float16),
    "float32": torch.tensor([1 / 3]),
    "int64": torch.tensor([2**62, -1]),
    "bool": torch.tensor([True, False]),
    "no axis": torch.tensor(2.5, dtype=torch.float64),
    "empty": torch.zeros(0, 3, dtype=torch.float64),
    "not finite": torch.tensor([math.nan, math.inf, -math.inf]),
    "transposed": torch.arange(6.0).reshape(2, 3).T,
    "expanded": torch.ones(1, 2).expand(3, 2),
    "every second": torch.arange(9.0)[::2],
    "with a graph": (LEAF**3).sum(0),
    "a leaf": LEAF,
    "a parameter": torch.nn.Parameter(torch.ones(2)),
    "complex": COMPLEX,
    "conjugated": COMPLEX.conj(),
    "negated lazily": COMPLEX.conj().imag,
    "complex without axis": torch.tensor(1j, dtype=torch.complex128),
    "one tensor twice": (LEAF, LEAF.T),
    "views of one memory": [LEAF[0], LEAF[:, 1]],
    "a tuple in a list": [(torch.ones(1), 2), None],
    "nothing": None,
    "a truth": True,
    "a large int": 2**200,
    "a negative int": -7,
    "a float": 0.1,
    "a float without end": math.inf,
    "a text": "saddle ∇²f",
}


@pytest.mark.lowest
@pytest.mark.parametrize("sent", CARRIED.values(), ids=CARRIED.keys())
def test_a_plain_value_arrives_bit_by_bit(sent: Any) -> None:
    got = through(sent)
    assert same(got, sent)
    tensors = got if isinstance(got, (tuple, list)) else [got]
    assert not [one for one in tensors if isinstance(one, Tensor) and one.requires_grad]


def test_nan_arrives_as_nan() -> None:
    assert math.isnan(through(math.nan))


def test_torch_is_not_asked_for_what_a_worker_calls_a_dtype(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(torch, "__getattr__", asked.append)
    assert decode({"kind": "dtype", "value": "float32"}, b"") is torch.float32
    with pytest.raises(ChannelError, match="of an unknown kind"):
        decode({"kind": "dtype", "value": "a_module_that_is_imported_when_asked_for"}, b"")
    assert asked == []


@pytest.mark.parametrize(
    "dtype", [one for one in vars(torch).values() if isinstance(one, torch.dtype)], ids=str
)
def test_a_tensor_of_any_dtype_arrives_or_is_described(dtype: torch.dtype) -> None:
    try:
        sent = torch.empty(2, 2, dtype=dtype)
    except (RuntimeError, TypeError, NotImplementedError):
        pytest.skip("torch itself cannot make one")
    got = through(sent)
    if isinstance(got, Unsendable):
        assert str(dtype) in got.description or "quantised" in got.description
    else:
        assert (got.shape, got.dtype) == (sent.shape, sent.dtype)


class Result(NamedTuple):
    x: Tensor
    steps: int
    status: str


def test_what_has_parts_arrives_part_by_part_and_a_named_tuple_as_a_plain_one() -> None:
    x, steps, status = through(Result(torch.ones(2), 7, "converged"))
    assert (x.tolist(), steps, status) == ([1, 1], 7, "converged")
    sent = {
        "values": (1.5, None, True),
        "vectors": {"first": torch.ones(1)},
        "dtype": torch.float16,
    }
    got = through(sent)
    assert list(got) == ["values", "vectors", "dtype"]
    assert (got["values"], got["dtype"]) == ((1.5, None, True), torch.float16)
    assert torch.equal(got["vectors"]["first"], torch.ones(1))


class Tagged(torch.Tensor):
    pass


def inside_a_transform() -> Tensor:
    kept = []
    torch.func.grad(lambda x: kept.append(x) or x.sum())(torch.ones(2))
    return kept[0]


NOT_CARRIED: dict[str, tuple[Callable[[], Any], str]] = {
    "a subclass": (lambda: torch.ones(2).as_subclass(Tagged), "a Tagged, a subclass of Tensor"),
    "sparse": (lambda: torch.eye(3).to_sparse(), "layout torch.sparse_coo"),
    "compressed": (lambda: torch.eye(3).to_sparse_csr(), "layout torch.sparse_csr"),
    "quantised": (
        lambda: torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.quint8),
        "a quantised tensor",
    ),
    "of more dimensions than any answer": (
        lambda: torch.zeros(()).reshape([1] * 300_000),
        "a tensor of 300000 dimensions",
    ),
    "meta": (lambda: torch.empty(10**9, 10**9, device="meta"), "holds no numbers"),
    "of a transform": (inside_a_transform, "only lives inside a torch.func transform"),
    "a dictionary by numbers": (lambda: {0: torch.ones(2)}, "dict"),
    "a function": (lambda: len, "builtin_function_or_method"),
    "an array": (lambda: torch.ones(2).numpy(), "ndarray"),
    "a number of numpy": (lambda: torch.ones(2).numpy()[0], "float32"),
    "an int beyond all need": (lambda: 2**300, "int"),
    "a subclass of int": (lambda: type("Int", (int,), {})(7), "Int"),
    "too many items": (lambda: [0] * (MAX_ITEMS + 1), "list"),
    "a generator": (lambda: (i for i in range(3)), "generator"),
}


@pytest.mark.parametrize(("make", "words"), NOT_CARRIED.values(), ids=NOT_CARRIED.keys())
def test_anything_else_is_named_and_not_carried(make: Callable[[], Any], words: str) -> None:
    got = through(make())
    assert isinstance(got, Unsendable)
    assert words in got.description
    (inner,) = through((make(),))
    assert isinstance(inner, Unsendable)


def test_what_is_nested_deeply_or_without_end_is_cut() -> None:
    endless: list[Any] = []
    endless.append(endless)
    assert isinstance(through(endless)[0][0], Unsendable)
    assert through("x" * 10_000) == "x" * MAX_TEXT
    assert through("a\ud800b") == "a?b"


HUGE = {"0": {"dtype": "F64", "shape": [2**40], "data_offsets": [0, 2**43]}}
NEGATIVE = {"0": {"dtype": "F64", "shape": [1], "data_offsets": [8, 0]}}
OVERLAPPING = {name: {"dtype": "F64", "shape": [1], "data_offsets": [0, 8]} for name in ("0", "1")}


@pytest.mark.parametrize("head", [HUGE, NEGATIVE, OVERLAPPING, {"0": {}}, {"0": 7}, []], ids=str)
def test_tensors_that_lie_about_themselves_are_refused(head: Any) -> None:
    text = json.dumps(head).encode()
    payload = len(text).to_bytes(8, "little") + text + bytes(8)
    with pytest.raises(ChannelError, match="the worker"):
        decode({"kind": "tensor", "key": "0"}, payload)


@pytest.mark.parametrize(
    "tree",
    [
        None,
        7,
        {"kind": "tensor", "key": "1", "complex": False},
        {"kind": "tensor", "key": "0", "complex": True},
        {"kind": "constant", "value": 1},
        {"kind": "int", "value": "1e3"},
        {"kind": "int", "value": 7},
        {"kind": "float", "value": "one"},
        {"kind": "text", "value": "x" * (MAX_TEXT + 1)},
        {"kind": "tuple", "items": {"0": 1}},
        {"kind": "dict", "keys": ["a"], "items": []},
        {"kind": "dict", "keys": "a", "items": [{"kind": "int", "value": "1"}]},
        {"kind": "dtype", "value": "nn"},
        {"kind": "dtype", "value": "__doc__"},
        {"kind": "pickle", "value": "gASVAAA="},
    ],
    ids=str,
)
def test_a_tree_of_another_form_is_refused(tree: Any) -> None:
    _, payload = encode(torch.ones(3))
    with pytest.raises(ChannelError, match="the worker"):
        decode(tree, payload)


@pytest.mark.parametrize("dimensions", [70, 300_000])
def test_a_forged_tensor_of_very_many_dimensions_is_refused(dimensions: int) -> None:
    payload = save({"0": torch.zeros(1).reshape([1] * dimensions)})
    with pytest.raises(ChannelError, match="the worker sent a tensor of more dimensions"):
        decode({"kind": "tensor", "key": "0"}, payload)


def test_as_many_dimensions_as_are_allowed_arrive() -> None:
    sent = torch.ones([1] * MAX_DIMENSIONS, dtype=torch.complex128)
    assert same(through(sent), sent)


class FakeWorker:
    """A worker that says what a test tells it to, over a real socket."""

    def __init__(self, replies: list[dict[str, Any]], status: int | None) -> None:
        self.channel, self._theirs = socket.socketpair()
        self._status = status
        self._thread = threading.Thread(target=self._talk, args=(replies,), daemon=True)
        self._thread.start()

    def _talk(self, replies: list[dict[str, Any]]) -> None:
        with closing(self._theirs), suppress(ChannelClosedError):
            send_frame(self._theirs, Frame({"ready": [["memory limit", True, "said so"]]}))
            cells = receive_frame(self._theirs, seconds=30).header
            loaded = {"token": cells["token"], "loaded": [None] * len(cells["cells"])}
            send_frame(self._theirs, Frame(loaded))
            for reply in replies:
                asked = receive_frame(self._theirs, seconds=30).header
                tree, payload = encode(reply.pop("value", 1.0))
                header = {"outcome": "returned", "value": tree, "token": asked["token"]}
                send_frame(self._theirs, Frame({**header, **reply}, payload))

    def dismiss(self) -> None:
        self.end()

    def end(self) -> End:
        self.channel.close()
        self._thread.join(30)
        return End(self._status)


class FakeLauncher:
    """Gives one fake worker after another."""

    isolation = "confined"
    limits = Limits()

    def __init__(self, *lives: list[dict[str, Any]], status: int | None = 0) -> None:
        self.lives = list(lives)
        self.closed = 0
        self._status = status

    def expect(self, ours: object) -> None:
        pass

    def start(self, limits: Limits) -> FakeWorker:
        return FakeWorker(self.lives.pop(0), self._status)

    def close(self) -> None:
        self.closed += 1


def asked_of(launcher: FakeLauncher, times: int = 2) -> list[Any]:
    submission = Submission(topic("hessian"), (Cell("cell hessian", "pass"),))
    student = Student(submission, launcher, seed=0)  # type: ignore[arg-type]
    given = Arguments(("inputs",))
    calls = [
        Call("derivatives/hessian", "hessian", spec("bowl", number=i), given) for i in range(times)
    ]
    try:
        return [student.ask(call).outcome for call in calls]
    finally:
        student.close()


def test_an_answer_to_no_question_costs_the_worker_and_the_call() -> None:
    launcher = FakeLauncher([{"token": "guessed"}], [{"value": torch.ones(2)}])
    first, second = asked_of(launcher)
    assert first == Ended("no answer could be read: the worker sent an answer to no question")
    assert isinstance(second, Returned)
    assert launcher.lives == []


@pytest.mark.parametrize("token", [None, "", 7, ["token"], {"token": "x"}], ids=repr)
def test_a_token_of_another_kind_is_no_token(token: Any) -> None:
    (outcome,) = asked_of(FakeLauncher([{"token": token}]), times=1)
    assert isinstance(outcome, Ended)


def test_a_worker_that_leaves_before_its_answer_is_the_student_s_doing() -> None:
    first, second = asked_of(FakeLauncher([], [{}], status=3))
    assert isinstance(first, Ended)
    assert "exit status 3" in first.reason
    assert second == Returned(1.0)


def test_a_worker_killed_from_outside_is_asked_again_and_then_handed_to_a_person() -> None:
    launcher = FakeLauncher([], [{}, {}], status=-9)
    assert asked_of(launcher, times=1) == [Returned(1.0)]
    assert launcher.closed == 1
    with pytest.raises(GraderFaultError, match="killed from outside, twice"):
        asked_of(FakeLauncher([], [], status=-9), times=1)


def test_a_worker_that_never_got_ready_is_the_grader_s_fault() -> None:
    class Unready(FakeWorker):
        def _talk(self, replies: list[dict[str, Any]]) -> None:
            self._theirs.close()

    class Launcher(FakeLauncher):
        def start(self, limits: Limits) -> FakeWorker:
            return Unready([], 1)

    with pytest.raises(GraderFaultError, match=r"could not be confined \(exit status 1\)"):
        asked_of(Launcher())


def test_a_worker_that_says_nothing_is_waited_for_no_longer_than_the_limit() -> None:
    class Launcher(FakeLauncher):
        limits = Limits(call_cpu_seconds=0.01)

        def start(self, limits: Limits) -> FakeWorker:
            worker = FakeWorker([{}], None)
            worker.channel = Muffled(worker.channel)  # type: ignore[assignment]
            return worker

    outcomes = asked_of(Launcher(), times=1)
    assert isinstance(outcomes[0], Ended)
    assert "had not finished after 0 seconds" in outcomes[0].reason


class Muffled:
    """A socket through which no answer to a call comes."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._sent = 0

    def sendall(self, data: bytes) -> None:
        self._sent += 1
        if self._sent == 1:
            self._channel.sendall(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)
