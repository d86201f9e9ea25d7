"""
tries: makes system calls by the gate of 32-bit programs, in machine code of its own
outcome: the system kills the worker
says: crashed with SIGSYS
machine: x86_64
topic: hessian
"""

import ctypes
import mmap


def hessian(func, inputs):
    # eax = 359 (socket), ebx = 2, ecx = 1, edx = 0, with the callee's rbx kept; int 0x80
    code = bytes.fromhex("53 b867010000 bb02000000 b901000000 31d2 cd80 5b c3")
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(code)
    start = ctypes.addressof(ctypes.c_char.from_buffer(page))
    ctypes.CFUNCTYPE(ctypes.c_long)(start)()
    return inputs.new_ones(inputs.shape + inputs.shape)
