"""Sizes and durations as people write them."""

from __future__ import annotations

import re

_UNIT_BYTES = {
    "B": 1,
    "kB": 1000,
    "KiB": 1024,
    "MB": 1000**2,
    "MiB": 1024**2,
    "GB": 1000**3,
    "GiB": 1024**3,
}
_UNIT_S = {"s": 1, "min": 60, "h": 3600}
SIZE_PATTERN = rf"^([0-9]{{1,15}}) ?({'|'.join(_UNIT_BYTES)})?$"
DURATION_PATTERN = rf"^([0-9]{{1,9}}(?:\.[0-9]{{1,3}})?) ?({'|'.join(_UNIT_S)})?$"


def size_bytes(size: object) -> int:
    """Bytes of a size such as `2GiB`, `512MB` or a plain number of bytes.

    Raises:
        ValueError: it is no such size.
    """
    is_size = isinstance(size, (int, str)) and not isinstance(size, bool)
    found = re.fullmatch(SIZE_PATTERN, str(size)) if is_size else None
    if found is None:
        raise ValueError("must be a size such as 512MiB, 2GiB, 2GB or a number of bytes")
    return int(found[1]) * _UNIT_BYTES[found[2] or "B"]


def duration_s(duration: object) -> float:
    """Seconds of a duration such as `90s`, `10min`, `1.5h` or a plain number of seconds.

    Raises:
        ValueError: it is no such duration, or shorter than a second.
    """
    is_duration = isinstance(duration, (int, float, str)) and not isinstance(duration, bool)
    found = re.fullmatch(DURATION_PATTERN, str(duration)) if is_duration else None
    seconds = float(found[1]) * _UNIT_S[found[2] or "s"] if found else 0
    if seconds < 1:
        raise ValueError("must be a duration of a second or more, such as 90s, 10min or 1h")
    return seconds
