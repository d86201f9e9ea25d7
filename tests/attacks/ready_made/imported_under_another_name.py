"""
tries: imports the ready-made routine under another name
outcome: the routine itself refuses, whatever it is called
says: ready-made
topic: hessian
"""

from torch.autograd.functional import hessian as _own_work


def hessian(func, inputs):
    return _own_work(func, inputs)
