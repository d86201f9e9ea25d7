"""
tries: asks for a thread with a mount, cgroup, time or other namespace of its own, or with a tracer
outcome: refused by the filter, before the kernel looks at it
says: nothing went through
topic: hessian
"""

import ctypes
import errno
import os


def hessian(func, inputs):
    libc = ctypes.CDLL(None, use_errno=True)
    clone = {"x86_64": 56, "aarch64": 220}[os.uname().machine]
    # With a shared folder and a mount namespace at once, the kernel itself would say EINVAL.
    thread = 0x00010000 | 0x00000100 | 0x00000800 | 0x00000200 | 0x00020000
    kinds = (0x02000000, 0x80, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000, 0x2000)
    for more in (0, *kinds):
        ctypes.set_errno(0)
        if libc.syscall(clone, thread | more, 0, 0, 0, 0) != -1:
            raise RuntimeError(f"{more:x} went through")
        if ctypes.get_errno() != errno.EPERM:
            raise RuntimeError(f"{more:x} went through the filter")
    raise LookupError("nothing went through")
