"""Pictures a second by batch size and threads, and what batching and a second thread bring."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from bench.record_types import Record, VariantRecord
from bench.scenario_types import ThroughputSample
from bench.statistics import median
from reports.formats import decimals, percent
from reports.markup import MISSING, code, table
from reports.usage_columns import NS_PER_S

_rate = decimals(1)
_times = decimals(2)


class Setting(NamedTuple):
    """What a container was started with, and how many pictures it was given at a time."""

    threads: int
    batch: int


class Rate(NamedTuple):
    """Pictures a second of several containers, each of which counts with its median batch."""

    median: float
    lowest: float
    highest: float
    containers: int

    @property
    def spread(self) -> float:
        """Half of how far the containers lie apart, as a share of the median."""
        return (self.highest - self.lowest) / 2 / self.median


def pictures_per_s(row: VariantRecord) -> Mapping[Setting, Rate]:
    """What the containers of each setting did; nothing of a variant that failed."""
    if row.status == "failed":
        return {}
    rates: dict[Setting, list[float]] = {}
    for sample in row.throughput:
        if sample.elapsed_ns:
            setting = Setting(sample.threads, sample.batch)
            rates.setdefault(setting, []).append(_pictures_per_s(sample))
    return {setting: _rate_of(rates[setting]) for setting in sorted(rates)}


def _rate_of(rates: Sequence[float]) -> Rate:
    return Rate(median(rates), min(rates), max(rates), len(rates))


def _pictures_per_s(sample: ThroughputSample) -> float:
    return sample.batch * NS_PER_S / median(sample.elapsed_ns)


def by_batch(record: Record) -> str:
    """A row a variant and number of threads, a column a batch size; empty without any sample."""
    found = {row.name: pictures_per_s(row) for row in record.variants}
    batches = sorted({setting.batch for rates in found.values() for setting in rates})
    rows = [line for row in record.variants for line in _lines(row, found[row.name], batches)]
    if not rows:
        return ""
    sizes = (f"batch {batch}" for batch in batches)
    headings = ["variant", "threads", "used", *sizes, "batching brings", "containers", "spread, ±%"]
    return table(headings, rows, ["left", *["right"] * (len(headings) - 1)])


def _lines(
    row: VariantRecord, rates: Mapping[Setting, Rate], batches: Sequence[int]
) -> Iterator[list[str]]:
    for threads in sorted({setting.threads for setting in rates}):
        cells = (_cell(rates, Setting(threads, batch)) for batch in batches)
        these = [rate for setting, rate in rates.items() if setting.threads == threads]
        yield [
            *(code(row.name), str(threads), _used(row, threads)),
            *cells,
            _batching(rates, threads),
            str(min(rate.containers for rate in these)),
            percent(max(rate.spread for rate in these)),
        ]


def _cell(rates: Mapping[Setting, Rate], setting: Setting) -> str:
    """The rate, and how many times that of the fewest threads it is."""
    rate = rates.get(setting)
    if rate is None:
        return MISSING
    threads = min(one.threads for one in rates)
    fewest = rates.get(Setting(threads, setting.batch))
    if setting.threads == threads or fewest is None:
        return _rate(rate.median)
    return f"{_rate(rate.median)} ({_times(rate.median / fewest.median)}×)"  # noqa: RUF001


def _batching(rates: Mapping[Setting, Rate], threads: int) -> str:
    """The best batch size's rate divided by that of single pictures."""
    these = {
        setting.batch: rate.median for setting, rate in rates.items() if setting.threads == threads
    }
    if 1 not in these or len(these) < 2:
        return MISSING
    best = max(these, key=lambda batch: these[batch])
    return f"{_times(these[best] / these[1])}× at {best}" if best > 1 else "nothing"  # noqa: RUF001


def _used(row: VariantRecord, threads: int) -> str:
    """What the runtimes say; several where containers differ."""
    told = {sample.threads_used for sample in row.throughput if sample.threads == threads}
    return ", ".join(map(str, sorted(told)))


def throughput_frame(record: Record) -> pd.DataFrame:
    """One row a variant, number of threads and batch size, with its `pictures_per_s`."""
    rows = [
        (row.name, *setting, rate.median, rate.lowest, rate.highest, rate.containers)
        for row in record.variants
        for setting, rate in pictures_per_s(row).items()
    ]
    rates = ["pictures_per_s", "lowest", "highest", "containers"]
    return pd.DataFrame(rows, columns=["variant", "threads", "batch", *rates])
