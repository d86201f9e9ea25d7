"""
tries: connects to an abstract socket of another process
outcome: refused by the system
says: PermissionError
topic: hessian
"""

import socket

socket.socket(socket.AF_UNIX).connect("\0canary-47110")
