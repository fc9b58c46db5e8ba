"""How sure a noisy median is: its interval, how wide that is, and how many samples lie far off."""

from __future__ import annotations

from reports import figures
from reports.column import Column
from reports.formats import between, count, percent


def certainty_of(column: Column, seed: int) -> tuple[Column, Column, Column]:
    """Interval, half-width and outliers of a noisy column; `seed` is that of the interval."""
    stem, _, unit = column.key.rpartition("_")
    return (
        _interval(f"{stem}_interval_{unit}", column, seed),
        _half_width(f"{stem}_half_width", column, seed),
        _outliers(f"{stem}_outliers", column),
    )


def _interval(key: str, of: Column, seed: int) -> Column:
    """The 95 % bootstrap interval of the median."""
    spread = of.spread or tuple
    return Column(
        key=key,
        heading="interval",
        part=of.part,
        get=lambda samples: figures.interval(tuple(spread(samples)), seed),
        show=between(of.show),
        unit=of.unit,
        topic=of.heading,
    )


def _half_width(key: str, of: Column, seed: int) -> Column:
    """Half of that interval as a share of the median."""
    spread = of.spread or tuple
    return Column(
        key=key,
        heading="±",
        part=of.part,
        get=lambda samples: figures.half_width(tuple(spread(samples)), seed),
        show=percent,
        unit="%",
        topic=of.heading,
    )


def _outliers(key: str, of: Column) -> Column:
    """How many of the samples are outliers; they count like all others."""
    spread = of.spread or tuple
    return Column(
        key=key,
        heading="outliers",
        part=of.part,
        get=lambda samples: figures.outlier_count(tuple(spread(samples))),
        show=count,
        topic=of.heading,
    )
