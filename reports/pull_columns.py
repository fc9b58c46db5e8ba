"""The metrics of a pull: measured on loopback, and modelled for slower lines.

`bench.pull_model` has the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from bench.pull_model import modelled_ns
from bench.scenario_types import PullSample
from bench.statistics import median
from reports.column import Column
from reports.formats import count, decimals, megabytes
from reports.usage_columns import NS_PER_S

_NOT_TOLD = "the engine's events don't tell"

Pulls = Sequence[PullSample]


def _seconds(field: str, heading: str) -> Column:
    """The median of one time of `PullSample`, in s."""
    key = f"pull_{field[: -len('_ns')]}_s"
    return Column(
        key=key,
        heading=heading,
        part="pulls",
        get=lambda pulls: median_s(pulls, field),
        show=decimals(2),
        unit="s",
        gap=_NOT_TOLD,
    )


def median_s(pulls: Pulls, field: str) -> Optional[float]:
    """Over the pulls that know it; None without any."""
    known = [value for value in (getattr(pull, field) for pull in pulls) if value is not None]
    return median(known) / NS_PER_S if known else None


def pulled_bytes(pulls: Pulls) -> int:
    """What goes over the line: the same for each pull of an image."""
    return round(median([pull.compressed_bytes for pull in pulls]))


def _modelled(key: str, line: str, bits_per_s: float) -> Column:
    return Column(
        key=key,
        heading=f"modelled at {line}",
        part="pulls",
        get=lambda pulls: _modelled_s(pulls, bits_per_s),
        show=decimals(1),
        unit="s",
        gap=_NOT_TOLD,
    )


def _modelled_s(pulls: Pulls, bits_per_s: float) -> Optional[float]:
    time_ns = modelled_ns(pulls, bits_per_s)
    return None if time_ns is None else time_ns / NS_PER_S


PULLS = Column("pulls", "pulls", "pulls", len, count)
TRANSFERRED = Column(
    key="pulled_bytes",
    heading="transferred",
    part="pulls",
    get=pulled_bytes,
    show=megabytes,
    unit="MB",
)
TOTAL = _seconds("total_ns", "pull")
DOWNLOAD = _seconds("download_ns", "download")
UNPACK = _seconds("unpack_ns", "unpack")
SLOW = _modelled("pull_modelled_100_mbit_s", "100 Mbit/s", 1e8)
FAST = _modelled("pull_modelled_1_gbit_s", "1 Gbit/s", 1e9)

PULL = (PULLS, TRANSFERRED, TOTAL, DOWNLOAD, UNPACK, SLOW, FAST)
