"""
tries: writes a library and has torch.ops load it
outcome: there is nowhere to write it
says: PermissionError
topic: hessian
"""

import torch


def hessian(func, inputs):
    for folder in ("/tmp", "/tmp/course", "/dev/shm"):
        try:
            with open(f"{folder}/planted.so", "wb") as file:
                file.write(b"\x7fELF")
        except OSError as error:
            last = error
        else:
            torch.ops.load_library(f"{folder}/planted.so")
            raise RuntimeError(f"written in {folder}")
    raise last
