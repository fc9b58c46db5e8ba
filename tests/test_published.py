"""What is published comes from the record beside it, and the README shows the same table."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.record import load
from bench.record_types import Record
from builders.matrix_file import load_matrix
from reports import csv_report, json_report, markdown, training
from reports.blocks import blocks
from reports.inject import rewritten

ROOT = Path(__file__).parent.parent
PUBLISHED = ROOT / "reports" / "published"
LADDER = [variant.name for variant in load_matrix(ROOT / "variants.yaml").variants]


@pytest.fixture(scope="module")
def record() -> Record:
    return load(PUBLISHED / "record.json")


def test_the_same_record_gives_the_published_bytes(record: Record) -> None:
    assert (PUBLISHED / "comparison.md").read_text() == markdown.render(record)
    assert (PUBLISHED / "comparison.json").read_text() == json_report.render(record)
    assert (PUBLISHED / "comparison.csv").read_bytes().decode() == csv_report.render(record)


def test_the_trainings_page_comes_from_its_record_too() -> None:
    trained = load(PUBLISHED / "record.train.json")
    assert (PUBLISHED / "training.md").read_text() == training.render(trained)


def test_every_rung_was_measured_and_answers_alike(record: Record) -> None:
    assert [row.name for row in record.variants] == LADDER
    assert {row.status for row in record.variants} == {"measured"}
    assert record.stop is not None
    assert {len(row.samples) for row in record.variants} == {record.stop.samples}


def test_the_readme_shows_the_published_blocks(record: Record) -> None:
    text, wanted = rewritten(ROOT / "README.md", blocks(record))
    assert text == wanted
