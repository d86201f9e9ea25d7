"""
tries: answers with the text of a float that no float can hold, and an integer of 600 digits
outcome: an answer that cannot be read, not a fault of the grader
says: no answer could be read
topic: hessian
"""

import graders.sandbox.worker.serve as worker


def answer(question, namespace):
    return {"outcome": "returned", "value": {"kind": "float", "value": "0x1p999999"}}, b""


worker.answer = answer
