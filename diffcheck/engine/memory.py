"""Freed memory kept by the process, so that the next step of a computation does not fault it in."""

from __future__ import annotations

import os
from typing import Final

import numpy as np

OPT_OUT: Final = "DIFFCHECK_RETURN_MEMORY"
JUST_BELOW_32_MIB: Final = 31 * 2**20  # the largest block whose release moves glibc's threshold


def keep_freed_memory() -> None:
    """Let glibc serve arrays of up to 31 MB from its heap, and keep up to 62 MB of freed heap.

    glibc maps arrays above 128 KiB anew from the system, page fault by page fault, until a larger
    block was freed once: its threshold follows the largest block freed, up to 32 MiB, and what it
    keeps is twice that (mallopt(3), M_MMAP_THRESHOLD). So one is allocated, never touched, and
    freed. Set the environment variable DIFFCHECK_RETURN_MEMORY to leave the allocator alone.

    >>> keep_freed_memory()
    """
    if not os.environ.get(OPT_OUT):
        np.empty(JUST_BELOW_32_MIB, dtype=np.uint8)
