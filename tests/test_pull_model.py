"""The modelled pull: by hand, by what no pull can beat, and by a simulation in small steps."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.pull_model import downloads_ns, modelled_ns, pull_ns
from bench.scenario_types import PulledLayer, PullSample

MB = 1_000_000
RATE = 8 * MB  # a megabyte a second
S = 1_000_000_000
SIZES = st.lists(st.integers(0, 50), max_size=8)


def layers(*pairs: tuple[int, int | None]) -> tuple[PulledLayer, ...]:
    """Megabytes and seconds of unpacking."""
    return tuple(
        PulledLayer(compressed_bytes=size * MB, unpack_ns=None if span is None else span * S)
        for size, span in pairs
    )


def seconds(times_ns: list[float]) -> list[float]:
    return [round(time_ns / S, 6) for time_ns in times_ns]


def sample(*pairs: tuple[int, int | None]) -> PullSample:
    return PullSample(round=0, total_ns=1, layers=layers(*pairs), storage_driver="overlay2")


@pytest.mark.parametrize(
    ("sizes", "ends"),
    [
        ([], []),
        ([5], [5]),
        ([1, 2], [2, 3]),  # both at half the rate until the first is there
        ([2, 1], [3, 2]),
        ([3, 3, 3], [9, 9, 9]),
        ([1, 1, 1, 1], [3, 3, 3, 4]),  # the fourth waits for a place
        ([1, 10, 10, 1], [3, 22, 22, 6]),
        ([0, 4], [0, 4]),
    ],
)
def test_three_downloads_share_the_line(sizes: list[int], ends: list[int]):
    assert seconds(downloads_ns([size * MB for size in sizes], RATE)) == ends


@pytest.mark.parametrize(
    ("pairs", "end"),
    [
        ([(5, 2)], 7),
        ([(1, 2), (2, 3)], 7),  # the second is there at 3, and unpacked from 4 on
        ([(2, 1), (1, 10)], 14),  # the upper layer waits for the lower
        ([(3, 1), (0, 0)], 4),
        ([], 0),
    ],
)
def test_layers_are_unpacked_in_order_while_others_come(pairs: list[tuple[int, int]], end: int):
    assert pull_ns(layers(*pairs), RATE) == end * S


def test_without_an_unpacking_time_nothing_is_modelled():
    assert pull_ns(layers((1, 1), (1, None)), RATE) is None
    assert modelled_ns([sample((1, 1)), sample((1, None))], RATE) is None
    assert modelled_ns([], RATE) is None


def test_of_several_pulls_it_is_the_median():
    pulls = [sample((1, unpacking)) for unpacking in (9, 1, 2)]
    assert modelled_ns(pulls, RATE) == 3 * S


def in_small_steps(sizes: list[int], step: float = 1 / 16) -> list[float]:
    """Each step, every download under way gets its share of the line; in megabytes and seconds."""
    left, ends, now = [float(size) for size in sizes], [0.0] * len(sizes), 0.0
    while any(size > 0 for size in left):
        under_way = [place for place, size in enumerate(left) if size > 0][:3]
        now += step
        for place in under_way:
            left[place] -= step / len(under_way)
            if left[place] <= 0:
                ends[place] = now
    return ends


@settings(deadline=None)  # the simulation takes what it takes
@given(st.lists(st.integers(1, 20), max_size=8))
def test_it_is_what_a_simulation_in_small_steps_finds(sizes: list[int]):
    found = seconds(downloads_ns([size * MB for size in sizes], RATE))
    slack = len(sizes) / 4  # of steps that end between two downloads
    assert found == pytest.approx(in_small_steps(sizes), abs=slack)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=8))
def test_no_pull_is_faster_than_the_line_or_the_unpacking(pairs: list[tuple[int, int]]):
    end_ns = pull_ns(layers(*pairs), RATE)
    assert end_ns is not None
    download_s = sum(size for size, _ in pairs)
    unpack_s = sum(span for _, span in pairs)
    assert max(download_s, unpack_s) <= round(end_ns / S, 6) <= download_s + unpack_s
    faster_ns = pull_ns(layers(*pairs), 10 * RATE)
    assert faster_ns is not None
    assert faster_ns <= end_ns + 1


@given(SIZES.filter(bool))
def test_the_line_is_never_idle(sizes: list[int]):
    ends = downloads_ns([size * MB for size in sizes], RATE)
    assert round(max(ends) / S, 6) == sum(sizes)
