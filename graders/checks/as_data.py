"""Values and outcomes of calls as data: JSON, and the bytes of the tensors that it names."""

from __future__ import annotations

import json
from collections import namedtuple
from collections.abc import Mapping
from typing import Any

from torch import Tensor

from graders.sandbox.answers import Raised, Returned
from graders.sandbox.call import Call
from graders.sandbox.values import Unsendable, decode_tree, encode


def key_of_call(call: Call, mistake: str = "") -> str:
    """Name a call, or what a known mistake makes of it."""
    return json.dumps([mistake, call.to_json()], sort_keys=True, separators=(",", ":"))


def value_to_data(value: Any) -> tuple[dict[str, Any], bytes]:
    """Take a value apart into JSON and a safetensors payload, whose tensors are "0", "1", …."""
    tree, payload = encode(value)
    data: dict[str, Any] = {"tree": tree}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        # What crosses from a worker is a plain tuple; what it is compared with names its parts.
        data.update(name=type(value).__name__, fields=list(value._fields))
    return data, payload


def value_from_data(data: Mapping[str, Any], tensors: dict[str, Tensor]) -> Any:
    """Put a value together again; ChannelError where the data are of another form."""
    value = decode_tree(data["tree"], tensors)
    return namedtuple(data["name"], data["fields"])(*value) if "fields" in data else value


def outcome_to_data(outcome: Returned | Raised) -> tuple[dict[str, Any], bytes]:
    """Take apart what a call returned or raised; see `value_to_data`."""
    if isinstance(outcome, Raised):
        return {"raised": list(outcome.classes), "message": outcome.message}, b""
    return value_to_data(outcome.value)


def outcome_from_data(data: Mapping[str, Any], tensors: dict[str, Tensor]) -> Returned | Raised:
    """Put together what a call returned or raised; see `value_from_data`."""
    if "raised" in data:
        return Raised(tuple(data["raised"]), data["message"])
    value = value_from_data(data, tensors)
    # What cannot be sent equals no answer; the value itself would not, either.
    return Returned(object() if isinstance(value, Unsendable) else value)
