"""
tries: sends a datagram, and asks for a name so that the question carries data out
outcome: refused by the system
says: PermissionError
topic: hessian
"""

import socket

try:
    socket.getaddrinfo(b"grades.example.com", 80)
except OSError as error:
    print(error)
else:
    raise RuntimeError("a name was looked up")
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"7.0", (b"127.0.0.1", 47110))
