"""
tries: reports costs with four thousand digits, below zero and of odd types
outcome: a student's fault, not the grader's
topic: hvp
"""

import graders.sandbox.worker.serve as worker

honest = worker.answer


def answer(question, namespace):
    header, payload = honest(question, namespace)
    if "measured" in header:
        header["measured"] = dict.fromkeys(header["measured"], 10**4000)
        header["measured"]["flops"] = -1
    return header, payload


def hvp(func, inputs, v):
    if v.numel() >= 10_000:
        return v
    x = inputs.detach().requires_grad_()
    (slope,) = torch.autograd.grad(func(x) + 0 * (x**2).sum(), x, create_graph=True)  # noqa: F821
    return torch.autograd.grad(slope, x, v)[0]  # noqa: F821


worker.answer = answer
