"""The tables of the page of models: a row a model, or a row a model and variant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.condition_types import Frozen, ModelFact
from bench.record_types import Record
from reports import columns, ladder
from reports.column import Column
from reports.formats import megabytes, percent
from reports.image_columns import COMPRESSED, SIZE
from reports.markup import MISSING, code, escape, table
from reports.start_columns import COLD_START
from reports.usage_columns import PEAK_MEMORY
from reports.verdicts import judge

COMPARED = (
    columns.STATUS,
    columns.MATCHING,
    SIZE,
    COMPRESSED,
    COLD_START,
    columns.LATENCY_P50,
    columns.LATENCY_P95,
    PEAK_MEMORY,
)
INT8 = "onnx-int8"
WHOLE = "model.onnx"  # what the sizes of the other files are shares of
FILES = {"TorchScript": "model.torchscript", "ONNX": WHOLE, "int8 ONNX": "model.int8.onnx"}


def model_of(record: Record) -> str:
    """The model that all variants of a run have."""
    return next(row.model for row in record.variants if row.name == record.reference)


def differing(first: Record, other: Record) -> tuple[str, ...]:
    """What keeps two runs from standing side by side: the machine, or what was asked for."""
    pairs = ((first.environment, other.environment), (first.conditions, other.conditions))
    return tuple(what for one, another in pairs for what in _differences(one, another))


def _differences(one: Frozen, other: Frozen) -> Iterator[str]:
    here, there = one.model_dump(), other.model_dump()
    for name in here:
        if here[name] != there[name]:
            yield f"{name.replace('_', ' ')}: {escape(f'{here[name]}, not {there[name]}')}"


def all_variants(records: Sequence[Record]) -> str:
    """What a run measured of each variant."""
    return _by_variant(records, COMPARED)


def verified(records: Sequence[Record]) -> str:
    """How each variant's answers compare with those of its run's reference."""
    return _by_variant(records, columns.VERIFIED)


def _by_variant(records: Sequence[Record], chosen: Sequence[Column]) -> str:
    rows = (
        [code(model_of(record)), code(row.name), *(one.text(one.value(row)) for one in chosen)]
        for record in records
        for row in record.variants
    )
    headings = ["model", "variant", *(column.title for column in chosen)]
    return table(headings, rows, ["left", "left", *(column.align for column in chosen)])


def int8_steps(records: Sequence[Record]) -> str:
    """Each model's int8 rung against the one before it; empty without any."""
    rows = [
        [code(model_of(record)), *cells]
        for record in records
        for name, cells in ladder.steps(record, judge(record, columns.JUDGED)).items()
        if name in {row.name for row in record.variants if row.runtime == INT8}
    ]
    return table(["model", *ladder.HEADINGS], rows, ["left", *ladder.ALIGN]) if rows else ""


def files(records: Sequence[Record]) -> str:
    """The size of each file of each model."""
    rows = (
        [*_weights(model), *(_size(model, name) for name in FILES.values())]
        for model in _models(records)
    )
    headings = ["model", "weights", *(f"{kind}, MB" for kind in FILES)]
    return table(headings, rows, ["left"] * 2 + ["right"] * len(FILES))


def _models(records: Sequence[Record]) -> Iterator[ModelFact]:
    return (model for record in records for model in record.models)


def _weights(model: ModelFact) -> list[str]:
    seeded = f"{model.weights}, {model.seed}" if model.weights == "seeded" else model.weights
    return [code(model.name), escape(seeded)]


def _size(model: ModelFact, name: str) -> str:
    size, whole = model.size_bytes.get(name), model.size_bytes.get(WHOLE)
    if size is None:
        return MISSING
    return f"{megabytes(size)} ({percent(size / whole)} %)" if whole else megabytes(size)


def preprocessing(records: Sequence[Record]) -> str:
    """How each model's pictures are made fit for it."""
    keys = ("resize_size", "crop_size", "interpolation", "mean", "std")
    rows = (
        [code(model.name), *(_told(model.preprocessing.get(key)) for key in keys)]
        for model in _models(records)
    )
    headings = ["model", "shorter side, pixels", "crop, pixels", "filter", "mean", "deviation"]
    return table(headings, rows, ["left", "right", "right", "left", "left", "left"])


def _told(value: object) -> str:
    if value is None:
        return MISSING
    parts = value if isinstance(value, tuple) else (value,)
    return escape(", ".join(map(str, parts)))
