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


def is_comparison(record: Record) -> bool:
    """Whether its page compares starts and answers, of our service or of the user's own."""
    return STEMS[record.workload] == "comparison"


def stem(record: Record) -> str:
    """The pages' file name without its ending: `comparison`, `comparison-resnet50`, `service`."""
    return named(record, STEMS[record.workload])


def named(record: Record, what: str) -> str:
    """Something of the record's, told from that of other models: `conclusions-resnet50`."""
    other_model = record.edition.removesuffix(record.workload).removesuffix("-")
    return "-".join(filter(None, (what, other_model)))


def picture_path(record: Record, name: str) -> str:
    """Where a picture lies, seen from the page: `pictures/comparison-bytes.svg`."""
    return f"{PICTURES}/{stem(record)}-{name}.svg"
