"""
tries: changes the warm process's modules, for the next submission to find
outcome: each submission runs in a fork of its own; the next sees the modules as they were
topic: hessian
"""

import gc

import torch

import graders.sandbox.problem as problem
import graders.sandbox.worker.warm as warm

torch.manual_seed = torch.autograd.grad = None
problem.build = warm.warm_up = None
gc.disable()
