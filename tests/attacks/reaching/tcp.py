"""
tries: connects to a server on the same machine
outcome: refused by the system
says: PermissionError
topic: hessian
"""

import socket

server = socket.socket()
server.settimeout(2)
server.connect((b"127.0.0.1", 47110))
server.sendall(b"7.0")
