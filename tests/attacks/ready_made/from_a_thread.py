"""
tries: calls the routine from a thread
outcome: the routine itself refuses
topic: hessian
"""

import threading

import torch


def hessian(func, inputs):
    found = []

    def work():
        found.append(torch.func.jacrev(torch.func.grad(func))(inputs))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return found[0]
