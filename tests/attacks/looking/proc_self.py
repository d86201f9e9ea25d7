"""
tries: reads its own /proc folder: environment, memory map, open files
outcome: refused by the system
says: PermissionError
topic: hessian
"""

from pathlib import Path

print(Path("/proc/self/environ").read_bytes())
