"""
tries: sends an answer with a guessed token
outcome: an answer to no question; the worker is ended
says: no question
topic: hessian
"""

import os
import socket
import stat

from graders.sandbox.channel import Frame, send_frame


def hessian(func, inputs):
    for number in range(64):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                channel = socket.socket(fileno=os.dup(number))
                send_frame(channel, Frame({"token": "0" * 32, "outcome": "passed", "score": 7.0}))
        except OSError:
            continue
    return inputs.new_ones(inputs.shape + inputs.shape)
