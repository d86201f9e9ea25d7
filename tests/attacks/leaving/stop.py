"""
tries: stops itself with SIGSTOP, to be waited for
outcome: process 1 of a namespace cannot be stopped from inside
topic: hessian
"""

import os
import signal


def hessian(func, inputs):
    os.kill(os.getpid(), signal.SIGSTOP)
    return inputs.new_ones(inputs.shape + inputs.shape)
