"""
tries: takes the token from the stack while the cells are run and reports nonsense about them
outcome: the cell is taken for one that ends the worker, and left out; no fault of the grader's
says: no answer could be read
topic: hessian
"""

import os
import socket
import stat
import sys

from graders.sandbox.channel import Frame, send_frame

frame = sys._getframe()
while "request" not in frame.f_locals:
    frame = frame.f_back
request = frame.f_locals["request"]
report = {"token": request["token"], "loaded": [7] * len(request["cells"])}
for number in range(64):
    try:
        if stat.S_ISSOCK(os.fstat(number).st_mode):
            send_frame(socket.socket(fileno=os.dup(number)), Frame(report))
    except OSError:
        continue
