"""How long a pull would take over a slower line, computed from measured pulls: a model, pure.

Up to three layers are downloaded at once, in the image's order, and share the line equally; a layer
is unpacked when it is there and all below it are unpacked, in the time that this took when it was
measured. Left out are requests' round trips and what the registry needs: a pull takes no less.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Optional

from bench.scenario_types import PulledLayer, PullSample
from bench.statistics import median

DOWNLOADS_AT_ONCE = 3  # the engine's default, `max-concurrent-downloads`
RATES_BITS_PER_S = (100_000_000, 1_000_000_000)


def modelled_ns(samples: Sequence[PullSample], bits_per_s: float) -> Optional[float]:
    """The median over measured pulls; None where one of them lacks a layer's unpacking time."""
    times = [pull_ns(sample.layers, bits_per_s) for sample in samples]
    known = [time_ns for time_ns in times if time_ns is not None]
    return median(known) if known and len(known) == len(times) else None


def pull_ns(layers: Sequence[PulledLayer], bits_per_s: float) -> Optional[float]:
    """The time of one pull, layers lowest first; None where an unpacking time isn't known."""
    arrivals_ns = downloads_ns([layer.compressed_bytes for layer in layers], bits_per_s)
    end_ns = 0.0
    for layer, arrival_ns in zip(layers, arrivals_ns):
        if layer.unpack_ns is None:
            return None
        end_ns = max(end_ns, arrival_ns) + layer.unpack_ns
    return end_ns


def downloads_ns(sizes_bytes: Sequence[int], bits_per_s: float) -> list[float]:
    """When each download is complete, of several at once that share the line equally."""
    ns_per_byte = 8e9 / bits_per_s
    ends = [0.0] * len(sizes_bytes)
    left = dict(enumerate(sizes_bytes[:DOWNLOADS_AT_ONCE]))
    waiting = deque(range(len(left), len(sizes_bytes)))
    now_ns = 0.0
    while left:
        first = min(left, key=lambda place: left[place])
        step_bytes = left.pop(first)
        now_ns += step_bytes * (len(left) + 1) * ns_per_byte
        left = {place: size - step_bytes for place, size in left.items()}
        ends[first] = now_ns
        if waiting:
            following = waiting.popleft()
            left[following] = sizes_bytes[following]
    return ends
