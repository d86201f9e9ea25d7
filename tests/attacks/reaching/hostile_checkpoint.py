"""
tries: loads a checkpoint whose pickle writes a file and starts a program
outcome: it is run in the worker, where both are refused by the system
says: PermissionError
topic: hessian
"""

import io
import os
import pickle

import torch


class Checkpoint:
    def __reduce__(self):
        return os.open, ("/tmp/course/checkpoint", os.O_WRONLY | os.O_CREAT)


def hessian(func, inputs):
    return torch.load(io.BytesIO(pickle.dumps(Checkpoint())), weights_only=False)
