"""
tries: sends a payload that lists thousands of empty tensors, each an object for the judge to make
outcome: refused unread
says: more tensors than an answer has
topic: hessian
"""

import struct

import graders.sandbox.worker.serve as worker

entry = ':{"dtype":"F32","shape":[0],"data_offsets":[0,0]}'
text = "{" + ",".join([f'"{number}"{entry}' for number in range(25_000)]) + "}"
payload = struct.pack("<Q", len(text)) + text.encode()


def answer(question, namespace):
    return {"outcome": "returned", "value": {"kind": "tensor", "key": "0"}}, payload


worker.answer = answer
