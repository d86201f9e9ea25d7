"""Asks forked_server.py to run `python -m MODULE ...` in a fork, and ends as that ends.

Imports little, for it is started in place of each command line.
"""

import json
import os
import signal
import socket
import sys


def main() -> None:
    """Hand on words, folder, environment, streams and signals; argv names the server's socket."""
    server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    server.connect(sys.argv[1])
    request = (sys.argv[2], sys.argv[3:], os.getcwd(), dict(os.environ))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: server.send(str(number).encode()))
    socket.send_fds(server, [json.dumps(request).encode()], [0, 1, 2])
    said = server.recv(16)
    if not said:
        sys.exit("the process that command lines are forked from has ended")
    status = int(said)
    if status < 0:
        signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    os._exit(status)


if __name__ == "__main__":
    main()
