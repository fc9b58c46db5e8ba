"""Sentences about two records, for every way of telling them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.comparability import DifferingCondition
from bench.comparison import Comparison
from reports.changes.metrics import METRICS
from reports.changes.shifts import Changes

APART = (
    "The two records were measured apart, not in turns: whatever changed between the runs, such as"
    " other load on the machine, counts as a difference of the images too."
)


def ratio_of(found: Comparison) -> str:
    """`1.082 times (1.051 to 1.110)`: the new median divided by the old one."""
    ends = found.interval
    interval = "" if ends is None else f" ({ends.low:.3f} to {ends.high:.3f})"
    return f"{found.ratio:.3f} times{interval}"


def conditions(found: Sequence[DifferingCondition]) -> str:
    """`CPU model A, then B; threads 1, then 2`."""
    return "; ".join(f"{one.name} {one.baseline}, then {one.candidate}" for one in found)


def about_noise(found: Changes) -> Iterator[str]:
    """What the reader must know of the times, where any were compared."""
    if not any(shift.comparison for shift in found.shifts):
        return
    yield APART
    known = {
        metric.column.name: found.floors[metric.key]
        for metric in METRICS
        if metric.key in found.floors
    }
    floors = ", ".join(
        f"{name} {floor.floor:.3f}" for name, floor in known.items() if floor is not None
    )
    between = [name for name in found.unchanged if name not in found.apart]
    if not floors:
        yield "Neither run shows its noise (`--aa` measures it): only the test decides."
        return
    of = "the reference against itself in each run"
    if between:
        of += f", and images of the same inputs in both ({', '.join(between)})"
    yield f"Times within this ratio of each other are called the same: {floors}; from {of}."


def about_variants(found: Changes) -> Iterator[str]:
    """Which variants only one of the records has."""
    if found.added:
        yield f"new: {', '.join(found.added)}"
    if found.removed:
        yield f"no longer there: {', '.join(found.removed)}"


def about_conditions(found: Changes) -> Iterator[str]:
    """Why times of a variant aren't compared, variants of the same reasons together."""
    names: dict[str, list[str]] = {}
    for name, apart in found.apart.items():
        names.setdefault(conditions(apart), []).append(name)
    for told, those in names.items():
        yield f"times of {', '.join(those)} aren't compared: {told}"
