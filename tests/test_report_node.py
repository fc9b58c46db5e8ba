"""What images cost a node together."""

from __future__ import annotations

from report_images import MB, image, layer
from report_records import record, variant

from reports import node
from reports.markup import MISSING

BASE = layer("base", 40 * MB, 10 * MB)
TORCH = layer("torch", 800 * MB, 200 * MB)
ONNX = layer("onnx", 80 * MB, 20 * MB)
PLAIN = ONNX.model_copy(update={"diff_id": "plain", "compressed_bytes": None})


def of(*layers):
    return image(1).model_copy(update={"layers": layers})


LADDER = record(
    variant("torch", image=of(BASE, TORCH)),
    variant("onnx", image=of(BASE, ONNX)),
    variant("plain", image=of(PLAIN)),
    variant("later"),
)


def cells(table):
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()]


def test_shared_and_unique_layers():
    _, _, *rows = cells(node.shares(node.shared_layers(LADDER)))
    assert rows == [
        ["`torch`", "40.0", "10.0", "800.0", "200.0"],
        ["`onnx`", "40.0", "10.0", "80.0", "20.0"],
        ["`plain`", "0.0", "0.0", "80.0", MISSING],
    ]


def test_what_is_pulled_for_the_second_one():
    heading, _, *rows = cells(node.pulls(node.shared_layers(LADDER)))
    assert heading == ["there already", "`torch`", "`onnx`", "`plain`"]
    assert rows == [
        ["nothing", "210.0", "30.0", MISSING],
        ["`torch`", "", "20.0", MISSING],
        ["`onnx`", "200.0", "", MISSING],
        ["`plain`", "210.0", "30.0", ""],
    ]


def test_one_image_is_compared_with_nothing():
    assert node.shared_layers(record(variant("torch", image=of(BASE)), variant("later"))) is None
