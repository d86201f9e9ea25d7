"""
tries: reports numbers and dictionaries where the judge expects pairs of words
outcome: an answer that cannot be read, not a fault of the grader
says: no answer could be read
topic: hessian
"""

import graders.sandbox.worker.serve as worker


def answer(question, namespace):
    value = {"kind": "constant", "value": True}
    return {"outcome": "returned", "value": value, "touched": [7, {"a": 1, "b": 2}]}, b""


worker.answer = answer
