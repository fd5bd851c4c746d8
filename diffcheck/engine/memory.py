"""Freed memory kept by the process, so that the next step of a computation does not fault it in."""

from __future__ import annotations

import ctypes
import os
from typing import Final

OPT_OUT: Final = "DIFFCHECK_RETURN_MEMORY"
TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3  # the names of glibc's malloc.h
KEPT: Final = 2**30  # bytes of freed memory that the process may keep
MAPPED: Final = 2**26  # bytes from which an array is mapped by itself, and returned when freed


def keep_freed_memory() -> bool:
    """Let glibc serve arrays of up to 64 MiB from its heap, and keep up to 1 GiB of freed heap.

    By default it maps what is larger than 128 KiB anew from the system, page fault by page fault,
    and gives back what lies freed at the top of the heap: a sweep that frees a tape backward pays
    for both, up to four times the arithmetic (mallopt(3)). Returns whether it could be done: the C
    library must be glibc, and the environment variable DIFFCHECK_RETURN_MEMORY not be set.

    >>> keep_freed_memory() in (True, False)
    True
    """
    if os.environ.get(OPT_OUT):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    return bool(mallopt(MMAP_THRESHOLD, MAPPED) and mallopt(TRIM_THRESHOLD, KEPT))
