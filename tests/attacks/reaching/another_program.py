"""
tries: replaces itself by another program
outcome: refused by the system
says: PermissionError
topic: hessian
"""

import os

os.execv("/bin/sh", ["sh", "-c", "touch /tmp/course/program"])
