"""Sizes and durations as people write them."""

from __future__ import annotations

import pytest

from builders.units import duration_s, short_size_bytes, size_bytes


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("10min", 600), ("1.5h", 5400), ("2 h", 7200), ("45", 45), (30, 30), (1.5, 1.5)],
)
def test_durations(text: object, seconds: float):
    assert duration_s(text) == seconds


@pytest.mark.parametrize(
    "text",
    ["", "10x", "min", "-1min", "0", "0.5s", "1e3", "1:30", "10 min s", True, None, [], "nan"],
)
def test_what_is_no_duration(text: object):
    with pytest.raises(ValueError, match="must be a duration of a second or more, such as 90s"):
        duration_s(text)


@pytest.mark.parametrize(
    ("text", "found"), [("2GiB", 2 * 1024**3), ("512 MB", 512 * 10**6), ("64", 64), (1, 1)]
)
def test_sizes(text: object, found: int):
    assert size_bytes(text) == found


@pytest.mark.parametrize("text", ["", "2 gib", "-1", "1.5GiB", True, None])
def test_what_is_no_size(text: object):
    with pytest.raises(ValueError, match="must be a size such as"):
        size_bytes(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [("10G", 10 * 1024**3), ("3M", 3 * 1024**2), ("1K", 1024), ("10GB", 10 * 10**9), ("64", 64)],
)
def test_sizes_at_a_command(text: str, found: int):
    assert short_size_bytes(text) == found


@pytest.mark.parametrize("text", ["", "G", "10T", "1.5G", "-1G", "10g"])
def test_what_is_no_size_at_a_command(text: str):
    with pytest.raises(ValueError, match="must be a size such as"):
        short_size_bytes(text)


def test_no_size_at_all():
    with pytest.raises(ValueError, match="must be more than nothing, such as 10G"):
        short_size_bytes("0G")
