"""
tries: replaces the code of the worker's functions in place, under whatever name they are held
outcome: it can send other data, and no right ones: the right values are not in the worker
topic: hessian
"""

from graders.sandbox.worker import answer, cells, serve


def answer_right(question, namespace):
    return {"outcome": "returned", "value": {"kind": "constant", "value": True}}, b""


def nothing_wrong(error, student_files):
    return {"classes": [], "message": "passed", "file": "", "line": 0}


answer.answer.__code__ = answer_right.__code__
cells.describe.__code__ = nothing_wrong.__code__
serve.install_guards.__code__ = (lambda names: None).__code__
