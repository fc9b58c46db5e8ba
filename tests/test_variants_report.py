"""The report of the seven real images: every byte told once, the record small, the page whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from real_project import REPOSITORY
from report_records import record as hand_written

from bench.inspection.anatomy import anatomy
from bench.inspection.facts import ImageFacts
from bench.inspection.image_facts import image_facts
from bench.inspection.layer_cache import LayerCache
from bench.inspection.sharing import sharing
from bench.inspection.sources import from_engine, keep_layers
from bench.record import load, save
from bench.record_types import Record, VariantRecord
from builders.engine import Engine
from builders.matrix_file import load_matrix
from builders.plan import tag
from builders.workspace import Workspace
from reports import image_columns, markdown
from reports.frame import frame

pytestmark = [pytest.mark.engine, pytest.mark.variants]

MOST_RECORD_BYTES = 150_000  # of one variant


@pytest.fixture(scope="module")
def images(engine: Engine) -> dict[str, ImageFacts]:
    names = [variant.name for variant in load_matrix(REPOSITORY / "variants.yaml").variants]
    cache = LayerCache(Workspace.of(REPOSITORY).cache / "layers")
    found = {name: engine.image(tag(name)) for name in names}
    assert None not in found.values(), "run `slimbench build` first"
    keep_layers(engine, found.values(), cache)
    return {
        name: image_facts(anatomy(from_engine(engine, name, image, cache)))
        for name, image in found.items()
    }


@pytest.fixture(scope="module")
def record(images: dict[str, ImageFacts]) -> Record:
    rows = (
        VariantRecord(
            name=name, changed="", after=None, runtime="", model="", status="built", image=facts
        )
        for name, facts in images.items()
    )
    return hand_written(*rows)


def test_categories_waste_and_headers_are_every_byte(record: Record) -> None:
    for row in record.variants:
        sizes = {column.key: column.value(row) for column in image_columns.ALL}
        assert row.image is not None
        parts = [sizes[column.key] for column in image_columns.CATEGORIES]
        assert sum(parts) == sizes["file_bytes"] == row.image.tree.size_bytes
        assert sum(owner.size_bytes for owner in row.image.owners) == sizes["file_bytes"]
        rest = sizes["archive_bytes"]
        assert sizes["file_bytes"] + sizes["superseded_bytes"] + rest == sizes["size_bytes"]
        assert rest >= 512 * len(row.image.layers)  # at the least, every archive's end


def test_a_record_of_seven_inspections_is_small_and_read_back_whole(
    record: Record, tmp_path: Path
) -> None:
    path = tmp_path / "record.json"
    save(path, record)
    assert load(path) == record
    assert path.stat().st_size < MOST_RECORD_BYTES * len(record.variants)
    for row in record.variants:
        save(path, record.model_copy(update={"variants": (row,)}))
        assert path.stat().st_size < MOST_RECORD_BYTES, row.name


def test_the_page_tells_where_the_bytes_are_and_what_to_mend(record: Record) -> None:
    page = markdown.render(record)
    fat = record.variants[0].image
    assert fat is not None
    assert "## What to mend in `fat`" in page
    assert all(f"(`{hint.id}`" in page for hint in fat.hints)
    assert "| CUDA " in page
    cuda_bytes = frame(record)["cuda_bytes"]
    assert list(cuda_bytes[cuda_bytes > 0].index) == ["fat", "onnx-gpu"]


def test_rungs_on_one_base_share_it(images: dict[str, ImageFacts]) -> None:
    found = sharing({name: facts.layers for name, facts in images.items()})
    pulls = {(pull.present, pull.image): pull.lacking.size_bytes for pull in found.pulls}
    assert pulls["multistage", "onnx"] < images["onnx"].size_bytes
    assert pulls["fat", "onnx"] == images["onnx"].size_bytes
    for share in found.shares:
        layers = {layer.diff_id: layer.size_bytes for layer in images[share.image].layers}
        assert share.shared.size_bytes + share.unique.size_bytes == sum(layers.values())
