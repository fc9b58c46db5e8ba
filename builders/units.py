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
_SHORT = {"K": "KiB", "M": "MiB", "G": "GiB"}  # as at the engine's and at most commands
_UNIT_S = {"s": 1, "min": 60, "h": 3600}
_UNIT_MS = {"ms": 1, "s": 1000, "min": 60_000}
SIZE_PATTERN = rf"^([0-9]{{1,15}}) ?({'|'.join(_UNIT_BYTES)})?$"
DURATION_PATTERN = rf"^([0-9]{{1,9}}(?:\.[0-9]{{1,3}})?) ?({'|'.join(_UNIT_S)})?$"
TIME_PATTERN = rf"^([0-9]{{1,9}}(?:\.[0-9]{{1,6}})?) ?({'|'.join(_UNIT_MS)})$"


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


def short_size_bytes(size: str) -> int:
    """Bytes of a size as commands take it: `10G` is `10GiB`, and all that `size_bytes` reads.

    Raises:
        ValueError: it is no such size, or zero.
    """
    number, letter = size[:-1], size[-1:]
    found = size_bytes(f"{number}{_SHORT[letter]}" if letter in _SHORT else size)
    if found == 0:
        raise ValueError("must be more than nothing, such as 10G, 10GiB or 10GB")
    return found


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


def duration_ms(duration: object) -> float:
    """Milliseconds of a duration with its unit, such as `300ms`, `1.5s` or `2min`.

    Raises:
        ValueError: it is no such duration, or nothing at all.
    """
    text = duration if isinstance(duration, str) else ""
    found = re.fullmatch(TIME_PATTERN, text)
    milliseconds = float(found[1]) * _UNIT_MS[found[2]] if found else 0
    if not milliseconds:
        raise ValueError("must be a duration with its unit, such as 300ms or 1.5s")
    return milliseconds
