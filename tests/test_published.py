"""What is published comes from the record beside it, and the README shows the same table."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import matplotlib.font_manager  # noqa: F401 - here, since it starts fc-list when first imported
import pytest

from bench.record import load
from bench.record_types import Record
from builders.budget_settings import Budgets
from builders.matrix_file import load_matrix
from reports import csv_report, json_report, markdown, models_page, service_page, training
from reports.blocks import blocks
from reports.editions import picture_path, stem
from reports.html import page
from reports.inject import rewritten
from reports.pictures.gallery import pictures
from reports.publish import parts_of
from reports.within_budget import NO_BUDGETS

ROOT = Path(__file__).parent.parent
LARGEST_PAGE_BYTES = 1_500_000
PUBLISHED = ROOT / "reports" / "published"
MATRIX = load_matrix(ROOT / "variants.yaml")
LADDER = [variant.name for variant in MATRIX.variants]


@pytest.fixture(scope="module")
def record() -> Record:
    return load(PUBLISHED / "record.json")


def test_the_same_record_gives_the_published_bytes(record: Record) -> None:
    assert (PUBLISHED / "comparison.md").read_text() == markdown.render(record, MATRIX.budgets)
    assert (PUBLISHED / "comparison.json").read_text() == json_report.render(record)
    assert (PUBLISHED / "comparison.csv").read_bytes().decode() == csv_report.render(record)


def test_the_trainings_page_comes_from_its_record_too() -> None:
    trained = load(PUBLISHED / "record.train.json")
    assert (PUBLISHED / "training.md").read_text() == training.render(trained)


def test_the_pages_of_services_and_models_come_from_their_records(record: Record) -> None:
    served = load(PUBLISHED / "record.serve.json")
    assert (PUBLISHED / "service.md").read_text() == service_page.render(served)
    models = [load(PUBLISHED / f"record.{name}.json") for name in ("densenet121", "resnet50")]
    assert (PUBLISHED / "models.md").read_text() == models_page.render([record, *models])
    for one in models:
        assert (PUBLISHED / f"{stem(one)}.md").read_text() == markdown.render(one)


def test_the_published_html_is_that_of_the_records() -> None:
    fresh = {
        PUBLISHED / f"{stem(one)}.html": page.render(one, parts=parts_of(one, budgets_of(one)))
        for one in map(load, PUBLISHED.glob("record*.json"))
    }
    assert set(fresh) == set(PUBLISHED.glob("*.html"))
    for path, text in fresh.items():
        assert without_drawings(path.read_text()) == without_drawings(text)
        assert path.stat().st_size < LARGEST_PAGE_BYTES


def budgets_of(one: Record) -> Budgets:
    """Those of the matrix are of its own model's images."""
    return NO_BUDGETS if one.edition else MATRIX.budgets


def without_drawings(text: str) -> str:
    """The page but for its pictures, which versions of matplotlib draw a little differently."""
    return re.sub(r"<svg .*?</svg>", "", text, flags=re.DOTALL)


def test_the_published_pictures_are_those_of_the_records() -> None:
    fresh = {
        PUBLISHED / picture_path(one, picture.name): picture.svg
        for one in map(load, PUBLISHED.glob("record*.json"))
        for picture in pictures(one)
    }
    assert set(fresh) == set((PUBLISHED / "pictures").iterdir())
    for path, svg in fresh.items():
        assert told(path.read_text()) == told(svg)
        assert places(path.read_text()) == pytest.approx(places(svg), abs=1)


def told(svg: str) -> list[tuple[str, str]]:
    return [(one.tag, one.text or "") for one in ElementTree.fromstring(svg).iter()]


def places(svg: str) -> list[float]:
    """Every number of the drawing, in pixels; versions of matplotlib differ by parts of one."""
    numbers = []
    for element in ElementTree.fromstring(svg).iter():
        for key in ("d", "x", "y", "width", "height", "transform"):
            found = re.findall(r"-?\d+(?:\.\d+)?", element.get(key, ""))
            numbers += [float(number) for number in found]
    return numbers


def test_the_readme_shows_pictures_that_are_there() -> None:
    readme = (ROOT / "README.md").read_text()
    shown = re.findall(r"!\[[^\]]+\]\((reports/published/[^)]+)\)", readme)
    assert [Path(path).stem for path in shown] == ["comparison-tradeoff", "comparison-phases"]
    assert all((ROOT / path).is_file() for path in shown)


def test_every_rung_was_measured_and_answers_alike(record: Record) -> None:
    assert [row.name for row in record.variants] == LADDER
    assert {row.status for row in record.variants} == {"measured"}
    assert record.stop is not None
    assert {len(row.samples) for row in record.variants} == {record.stop.samples}


def test_the_readme_shows_the_published_blocks(record: Record) -> None:
    text, wanted = rewritten(ROOT / "README.md", blocks(record, MATRIX.budgets))
    assert text == wanted
