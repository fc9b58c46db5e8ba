"""What the files of a record are called: a workload and a model have names of their own."""

from __future__ import annotations

from bench.record_types import Record

STEMS = {
    "predict": "comparison",
    "serve": "service",
    "train": "training",
    "http": "comparison",
    "command": "comparison",
}
PICTURES = "pictures"


def stem(record: Record) -> str:
    """The pages' file name without its ending: `comparison`, `comparison-resnet50`, `service`."""
    other_model = record.edition.removesuffix(record.workload).removesuffix("-")
    return "-".join(filter(None, (STEMS[record.workload], other_model)))


def picture_path(record: Record, name: str) -> str:
    """Where a picture lies, seen from the page: `pictures/comparison-bytes.svg`."""
    return f"{PICTURES}/{stem(record)}-{name}.svg"
