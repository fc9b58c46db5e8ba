"""Which conditions two rows differ in beside their recipes; rows that do aren't compared.

What a recipe chooses is what is compared: base, libraries, patch release of Python. What must be
the same is what the recipe doesn't choose: how many threads the runtime took, how many samples of
how many requests there are, the model. A condition that one of them doesn't know counts for
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Callable, Optional

from bench.condition_types import Frozen
from bench.record_types import Record, VariantRecord

RUN = "run"  # samples of different runs were never interleaved: another hour, or another machine


class DifferingCondition(Frozen):
    """One condition that keeps two rows from being compared, as each of them has it."""

    name: str
    baseline: str
    candidate: str


def differing(baseline: VariantRecord, candidate: VariantRecord) -> tuple[DifferingCondition, ...]:
    """The conditions that differ; none of rows that compare."""
    return tuple(
        DifferingCondition(name=name, baseline=one, candidate=other)
        for name, of in CONDITIONS.items()
        for one, other in [(of(baseline), of(candidate))]
        if one is not None and other is not None and one != other
    )


def whole_rounds(record: Record) -> Record:
    """The record without the samples of a round that was broken off, so that all have the same n.

    Variants that have failed drop out of later rounds, and keep none from being whole.
    """
    going = [row for row in record.variants if row.name in record.sampled and _goes_on(row)]
    if record.again is not None and _goes_on(record.again):
        going.append(record.again)
    if record.stop is not None or not going:
        return record
    whole = min(len(row.samples) for row in going)
    return record.model_copy(
        update={
            "variants": tuple(_first(row, whole) for row in record.variants),
            "again": None if record.again is None else _first(record.again, whole),
        }
    )


def _goes_on(row: VariantRecord) -> bool:
    return row.status != "failed"


def _first(row: VariantRecord, number: int) -> VariantRecord:
    return row.model_copy(update={"samples": row.samples[:number]})


def python_minor(version: str) -> str:
    """3.11 of 3.11.2: what the recipes share; the patch release comes with the base."""
    return ".".join(version.split(".")[:2])


def _python(row: VariantRecord) -> Optional[str]:
    told = row.interpreter.python if row.interpreter else row.runtime_versions.get("python")
    return python_minor(told) if told else None


def _threads(row: VariantRecord) -> Optional[str]:
    return None if row.runtime_threads is None else str(row.runtime_threads)


def _image(row: VariantRecord) -> Optional[str]:
    """Whether what was inspected is still what was measured; a rebuilt image is another one."""
    if row.build is None or row.image is None:
        return None
    inspected = row.build.image_id == row.image.image_id
    return "as inspected" if inspected else f"{row.build.image_id}, rebuilt since it was inspected"


def _requests(row: VariantRecord) -> Optional[str]:
    return _numbers(len(sample.latency_ns) for sample in row.samples)


def _warmups(row: VariantRecord) -> Optional[str]:
    return _numbers(len(sample.warmup_ns) for sample in row.samples)


def _numbers(counts: Iterator[int]) -> Optional[str]:
    return ", ".join(map(str, sorted(set(counts)))) or None


CONDITIONS: Mapping[str, Callable[[VariantRecord], Optional[str]]] = {
    RUN: lambda row: row.part or None,
    "model": lambda row: row.model,
    "device": lambda row: row.device,
    "threads used": _threads,
    "Python": _python,
    "image": _image,
    "cold starts": lambda row: str(len(row.samples)),
    "warm-ups in each container": _warmups,
    "requests in each container": _requests,
}
