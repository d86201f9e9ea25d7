"""
tries: connects to a socket in the course folder
outcome: refused by the system
says: PermissionError
topic: hessian
"""

import socket

socket.socket(socket.AF_UNIX).connect("/tmp/course/canary.sock")
