"""Empties the page cache, so that the next start reads its files from the disk.

All of the machine's: also what the engine and others will read again. Pages that a running process
has mapped stay, and so do those that aren't written yet, hence the `sync` before.
Source: the kernel's documentation, admin-guide/sysctl/vm.rst, drop_caches.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

from bench.condition_types import Frozen
from builders.errors import SlimbenchError

DROP_CACHES = Path("/proc/sys/vm/drop_caches")
_PAGES_AND_INODES = b"3\n"


class CacheDrop(Frozen):
    """Whether the page cache was emptied; `reason` says why not."""

    dropped: bool
    reason: str = ""


def empty_page_cache(one_kernel: bool) -> None:
    """Empty it, or raise SlimbenchError where that isn't permitted; see `drop_page_cache`."""
    drop = drop_page_cache(one_kernel)
    if not drop.dropped:
        raise SlimbenchError(
            f"no start from a cold page cache was measured: {drop.reason}",
            next_step="measure with `--cache warm`, or where it may be emptied",
        )


def drop_page_cache(one_kernel: bool, switch: Path = DROP_CACHES) -> CacheDrop:
    """Empty it where that is permitted; never raises.

    Args:
        one_kernel: the engine's `shares_host_kernel`; another kernel has a cache of its own.
        switch: the kernel's file, for tests.
    """
    if not one_kernel:
        reason = "the engine runs on another kernel, whose page cache can't be reached from here"
        return CacheDrop(dropped=False, reason=reason)
    try:
        os.sync()
        descriptor = os.open(switch, os.O_WRONLY)
        try:
            os.write(descriptor, _PAGES_AND_INODES)
        finally:
            os.close(descriptor)
    except OSError as error:
        return CacheDrop(dropped=False, reason=why_not(error))
    return CacheDrop(dropped=True)


def why_not(error: OSError) -> str:
    """The reason for the reader, from what the kernel answered."""
    if error.errno in (errno.EACCES, errno.EPERM):
        return "only root may empty the page cache"
    if error.errno == errno.EROFS:
        return "a container may not empty the machine's page cache"
    if error.errno == errno.ENOENT:
        return "this kernel has no way to empty the page cache"
    return f"the page cache can't be emptied ({error.strerror})"
