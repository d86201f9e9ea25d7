"""Values across the channel: tensors as safetensors, everything else as JSON, never pickle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from graders.limits import (
    MAX_DIMENSIONS,
    MAX_HEADER_BYTES,
    MAX_ITEMS,
    MAX_PAYLOAD_BYTES,
    MAX_TEXT,
)
from graders.sandbox.channel import ChannelError

# The dtypes of answers and of mistakes; safetensors has no name for some of the others.
_DTYPES = frozenset(
    (torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.complex128, torch.complex64)
    + (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool)
)

# What safetensors writes before the numbers: for each tensor its name, dtype, shape and place.
_LIST_OF_TENSORS = 2**18
# Tuples, lists and dicts in one another.
_DEEPEST = 2

NOT_SENT = {"kind": "other", "value": "a value that was measured and not sent"}


@dataclass(frozen=True)
class Unsendable:
    """Stands for a value that is no plain dense tensor, number, text or sequence of such."""

    description: str


def encode(value: Any, room: int = MAX_PAYLOAD_BYTES) -> tuple[dict[str, Any], bytes]:
    """Take a value apart into a JSON tree and the bytes of its tensors, `room` bytes at most."""
    tensors: dict[str, Tensor] = {}
    tree = _encode(value, tensors, 0, room // 2)
    if sum(one.numel() * one.element_size() for one in tensors.values()) > room - _LIST_OF_TENSORS:
        count = len(tensors)
        return {"kind": "other", "value": f"{count} tensors, too large to be an answer"}, b""
    return tree, save(tensors) if tensors else b""


def decode(tree: Any, payload: bytes) -> Any:
    """Put a value together again; ChannelError where it is not of the form `encode` makes."""
    # The first eight bytes are the size of the list of tensors, each an object for us to make.
    if int.from_bytes(payload[:8], "little") > MAX_HEADER_BYTES:
        raise ChannelError("the worker sent more tensors than an answer has")
    try:
        tensors = load(payload) if payload else {}
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        said = plain_text(error, 100)
        raise ChannelError(f"the worker sent tensors that cannot be read: {said}") from None
    return decode_tree(tree, tensors)


def decode_tree(tree: Any, tensors: dict[str, Tensor]) -> Any:
    """Put a value together from its tree and the tensors that the tree names, each once."""
    return _decode(tree, tensors, depth=0)


def _encode(value: Any, tensors: dict[str, Tensor], depth: int, largest: int) -> dict[str, Any]:
    if isinstance(value, Tensor):
        return _encode_tensor(value, tensors, largest)
    if value is None or type(value) is bool:
        return {"kind": "constant", "value": value}
    if type(value) is int and abs(value) < 2**256:
        return {"kind": "int", "value": str(value)}
    if type(value) is float:
        return {"kind": "float", "value": value.hex()}
    if isinstance(value, torch.dtype):
        return {"kind": "dtype", "value": str(value).removeprefix("torch.")}
    if type(value) is str:
        return {"kind": "text", "value": value[:MAX_TEXT]}
    if isinstance(value, (tuple, list)) and len(value) <= MAX_ITEMS and depth < _DEEPEST:
        kind = "tuple" if isinstance(value, tuple) else "list"
        return {
            "kind": kind,
            "items": [_encode(item, tensors, depth + 1, largest) for item in value],
        }
    if isinstance(value, dict) and _is_plain(value) and depth < _DEEPEST:
        items = [_encode(item, tensors, depth + 1, largest) for item in value.values()]
        return {"kind": "dict", "keys": list(value), "items": items}
    return {"kind": "other", "value": type(value).__name__[:MAX_TEXT]}


def _is_plain(value: dict[Any, Any]) -> bool:
    """Whether the keys of a dict are words, each fit for a field of JSON."""
    keys_are_words = all(type(key) is str and len(key) <= MAX_TEXT for key in value)
    return len(value) <= MAX_ITEMS and keys_are_words


def _encode_tensor(value: Tensor, tensors: dict[str, Tensor], largest: int) -> dict[str, Any]:
    obstacle = _obstacle(value, largest)
    if obstacle:
        return {"kind": "other", "value": obstacle}
    plain = value.detach()
    is_complex = plain.is_complex()
    if is_complex:
        plain = torch.view_as_real(plain.resolve_conj())
    key = str(len(tensors))
    tensors[key] = plain.to("cpu", copy=True).contiguous()
    device = value.device.type
    return {"kind": "tensor", "key": key, "complex": is_complex, "device": device}


def _obstacle(value: Tensor, largest: int) -> str:
    if type(value) not in (Tensor, torch.nn.Parameter):
        return f"a {type(value).__name__}, a subclass of Tensor"
    if value.is_nested:
        return "a nested tensor"
    if value.layout != torch.strided:
        return f"a tensor of layout {value.layout}"
    if value.is_quantized:
        return "a quantised tensor"
    if value.dtype not in _DTYPES:
        return f"a tensor of the rare dtype {value.dtype}"
    if value.device.type == "meta":
        return "a meta tensor, which holds no numbers"
    if value.dim() > MAX_DIMENSIONS:
        return f"a tensor of {value.dim()} dimensions"
    if value.numel() * value.element_size() > largest:
        return f"a tensor of shape {tuple(value.shape)}, which is too large to be an answer"
    if torch._C._functorch.is_functorch_wrapped_tensor(value):
        return "a tensor that only lives inside a torch.func transform"
    return ""


def _decode(tree: Any, tensors: dict[str, Tensor], depth: int) -> Any:
    if not isinstance(tree, dict):
        raise ChannelError("the worker sent a value of the wrong form")
    kind, value = tree.get("kind"), tree.get("value")
    if kind == "tensor":
        return _decode_tensor(tree, tensors)
    if kind == "constant" and (value is None or isinstance(value, bool)):
        return value
    if kind in ("tuple", "list") and isinstance(tree.get("items"), list) and depth <= _DEEPEST:
        items: Sequence[Any] = tree["items"][:MAX_ITEMS]
        decoded = [_decode(item, tensors, depth + 1) for item in items]
        return tuple(decoded) if kind == "tuple" else decoded
    if kind == "dict" and depth <= _DEEPEST:
        return _decode_dict(tree, tensors, depth)
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise ChannelError("the worker sent a value of the wrong form")
    return _decode_text(kind, value)


def _decode_dict(tree: dict[str, Any], tensors: dict[str, Tensor], depth: int) -> dict[str, Any]:
    keys, items = tree.get("keys"), tree.get("items")
    if not isinstance(keys, list) or not isinstance(items, list) or len(keys) != len(items):
        raise ChannelError("the worker sent a value of the wrong form")
    pairs = zip(keys[:MAX_ITEMS], items[:MAX_ITEMS], strict=True)
    return {plain_text(key, MAX_TEXT): _decode(item, tensors, depth + 1) for key, item in pairs}


def _decode_tensor(tree: dict[str, Any], tensors: dict[str, Tensor]) -> Tensor:
    key = tree.get("key")
    if not isinstance(key, str) or key not in tensors:
        raise ChannelError("the worker named a tensor that it did not send, or named it twice")
    # Each once: comparing one tensor a thousand times would take the judge hours.
    tensor = tensors.pop(key)
    # Its complex form has a dimension less than what is sent.
    if tensor.dim() > MAX_DIMENSIONS + 1:
        raise ChannelError("the worker sent a tensor of more dimensions than an answer has")
    if tree.get("complex") is not True:
        return tensor
    if tensor.dim() == 0 or tensor.shape[-1] != 2 or not tensor.is_floating_point():
        raise ChannelError("the worker sent a complex tensor of the wrong form")
    return torch.view_as_complex(tensor.contiguous())


def _decode_text(kind: Any, value: str) -> Any:
    try:
        if kind == "int":
            return int(value)
        if kind == "float":
            return float.fromhex(value) if value not in ("nan", "inf", "-inf") else float(value)
    except (ValueError, OverflowError):
        raise ChannelError("the worker sent a number that is none") from None
    if kind == "text":
        return plain_text(value, MAX_TEXT)
    # By what is there: torch imports modules for names that it is asked for.
    if kind == "dtype" and isinstance(vars(torch).get(value), torch.dtype):
        return vars(torch)[value]
    if kind == "other":
        return Unsendable(plain_text(value, MAX_TEXT))
    raise ChannelError("the worker sent a value of an unknown kind")


def plain_text(value: object, limit: int) -> str:
    """Read at most `limit` characters of text that every file can hold: no half of a character."""
    return str(value)[:limit].encode("utf-8", "replace").decode("utf-8")
