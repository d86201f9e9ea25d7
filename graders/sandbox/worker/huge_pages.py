"""Lay what forks inherit in pages of 2 MB: a fork copies the table of pages, and an end clears it.

glibc asks for such pages itself (`hugetlb` in the environment of a zygote); Python's own memory,
which is half of what there is, comes in pieces too small for that.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys
from collections.abc import Iterator

_SIZE = 2**21
# MADV_COLLAPSE of madvise(2), from Linux 6.1; an older kernel refuses it, and all is as it was.
_COLLAPSE = 25


def lay_in_huge_pages() -> None:
    """Copy this process's memory into huge pages, as far as the system has them."""
    if sys.platform != "linux":
        return
    madvise = ctypes.CDLL(None).madvise
    # Where /proc is not to be read, all stays as it was, too.
    with contextlib.suppress(OSError):
        for start, end in _own_memory():
            madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), _COLLAPSE)


def _own_memory() -> Iterator[tuple[int, int]]:
    """Give where whole huge pages would fit into memory that belongs to no file."""
    with open("/proc/self/maps", encoding="ascii", errors="replace") as maps:
        regions = [line.split() for line in maps]
    for place, may, _, _, _, *file in regions:
        if may == "rw-p" and file in ([], ["[heap]"]):
            start, end = (int(address, 16) for address in place.split("-"))
            start, end = -(-start // _SIZE) * _SIZE, end // _SIZE * _SIZE
            if start < end:
                yield start, end
