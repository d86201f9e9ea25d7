"""
tries: runs a command in a shell
outcome: refused by the system
says: PermissionError
topic: hessian
"""

import subprocess

subprocess.run("touch /tmp/course/shell", shell=True, check=True)
