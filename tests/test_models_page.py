"""The page of models: what stands side by side, what doesn't, and why a value is missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from report_records import MB, SEEDED, measured, record, verified

from bench.record_types import Record
from reports import models_page
from reports.publish import publish_models

PREPROCESSING = {
    "resize_size": 232,
    "crop_size": 224,
    "interpolation": "bilinear",
    "mean": (0.485, 0.456, 0.406),
    "std": (0.229, 0.224, 0.225),
}
SIZES = {"model.torchscript": 101 * MB, "model.onnx": 100 * MB, "model.int8.onnx": 26 * MB}


def of_model(name: str, latency_ms: int = 40, **preprocessing: object) -> Record:
    """Three rungs, the last of them int8, which answers 11 of 12 pictures as the reference does."""
    fat = measured("fat", None, "the habit", 6000, 2000, 2 * latency_ms)
    onnx = measured("distroless-onnx", "fat", "no torch", 250, 500, latency_ms)
    int8 = measured("distroless-onnx-int8", "distroless-onnx", "int8", 176, 500, latency_ms // 2)
    update = {
        "runtime": "onnx-int8",
        "verification": verified(0.3, agreeing=11).model_copy(
            update={"top1_wanted": 0.8, "tolerance": 1.0}
        ),
    }
    rows = (fat, onnx, int8.model_copy(update=update))
    fact = SEEDED.model_copy(
        update={
            "name": name,
            "size_bytes": SIZES,
            "preprocessing": {**PREPROCESSING, **preprocessing},
        }
    )
    made = record(*(row.model_copy(update={"model": name}) for row in rows), models=(fact,))
    return made.model_copy(update={"edition": "" if name == "mobilenet_v2" else name})


MOBILENET = of_model("mobilenet_v2")
RESNET = of_model("resnet50", 100, resize_size=256)


def cells(text: str, heading: str) -> list[list[str]]:
    """The rows of the section's table, without its headings."""
    section = text.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_variant_of_every_model_has_a_row():
    rows = cells(models_page.render([MOBILENET, RESNET]), "All variants")
    assert [row[:2] for row in rows] == [
        [f"`{model}`", f"`{variant}`"]
        for model in ("mobilenet_v2", "resnet50")
        for variant in ("fat", "distroless-onnx", "distroless-onnx-int8")
    ]
    assert rows[0][2:5] == ["measured", "yes", "6,000.0"]
    assert rows[2][3] == "top-1 91.7 %"
    assert [row[7] for row in rows] == ["80.55", "40.55", "20.55", "200.55", "100.55", "50.55"]


def test_models_get_no_verdict_on_each_other():
    page = models_page.render([MOBILENET, RESNET])
    figures = page.split("## Conditions")[0]
    assert "faster" not in figures
    assert "slower" not in figures
    assert "**" not in figures.split("## All variants")[1].split("## What int8 changes")[0]


def test_what_int8_changes_is_told_for_each_model_within_its_run():
    rows = cells(models_page.render([MOBILENET, RESNET]), "What int8 changes")
    assert [row[:3] for row in rows] == [
        [f"`{model}`", "`distroless-onnx`", "`distroless-onnx-int8`"]
        for model in ("mobilenet_v2", "resnet50")
    ]
    assert [row[4] for row in rows] == ["74.0 (1.42×)"] * 2  # noqa: RUF001
    assert [row[6] for row in rows] == ["same"] * 2
    assert [row[7] for row in rows] == ["20.00 (1.97×)", "50.00 (1.99×)"]  # noqa: RUF001


def test_files_and_preprocessing_of_each_model():
    page = models_page.render([MOBILENET, RESNET])
    assert cells(page, "Model files")[1] == [
        "`resnet50`",
        "seeded, 20",
        "101.0 (101.0 %)",
        "100.0 (100.0 %)",
        "26.0 (26.0 %)",
    ]
    told = [row[1:4] for row in cells(page, "Preprocessing")]
    assert told == [["232", "224", "bilinear"], ["256", "224", "bilinear"]]
    assert "0.485, 0.456, 0.406" in page


def test_a_record_that_knows_neither_has_dashes():
    old = RESNET.model_copy(update={"models": (SEEDED,)})
    page = models_page.render([MOBILENET, old])
    assert cells(page, "Model files")[1][2:] == ["–"] * 3  # noqa: RUF001
    assert cells(page, "Preprocessing")[1][1:] == ["–"] * 5  # noqa: RUF001


@pytest.mark.parametrize(
    ("part", "update", "told"),
    [
        ("environment", {"cpu_model": "Other CPU"}, "cpu model: Other CPU"),
        ("conditions", {"threads": 4}, "threads: 1, not 4"),
    ],
)
def test_a_run_under_other_conditions_does_not_stand_beside(
    part: str, update: dict[str, object], told: str
):
    other = getattr(RESNET, part).model_copy(update=update)
    page = models_page.render([MOBILENET, RESNET.model_copy(update={part: other})])
    assert {row[0] for row in cells(page, "All variants")} == {"`mobilenet_v2`"}
    section = page.split("## Not beside the others")[1].split("\n## ")[0]
    assert "`resnet50`: its run was taken under other conditions than that of `mobilenet_v2`" in (
        section
    )
    assert told.split(":", maxsplit=1)[0] in section
    assert "Not beside" not in models_page.render([MOBILENET, RESNET])


def test_what_failed_or_is_missing_has_its_reason():
    failed = RESNET.variants[1].model_copy(
        update={"status": "failed", "failed_step": "verify", "reason": "a | b differ"}
    )
    rows = (RESNET.variants[0], failed, RESNET.variants[2])
    page = models_page.render([MOBILENET, RESNET.model_copy(update={"variants": rows})])
    missing = page.split("## Missing values")[1].split("\n## ")[0]
    assert "`resnet50`, `distroless-onnx`: it was not timed; verify: a \\| b differ" in missing
    assert "`mobilenet_v2`" not in missing


def test_the_pages_that_judge_are_named():
    page = models_page.render([MOBILENET, RESNET])
    assert (
        "`mobilenet_v2`: run started 2024-06-12T10:00:00Z, [comparison.md](comparison.md)" in page
    )
    assert "[comparison-resnet50.md](comparison-resnet50.md)" in page
    assert page.count("> **Notice**") == 2


def test_publishing_writes_the_page_of_several_models_alone(tmp_path: Path):
    assert publish_models([MOBILENET], tmp_path) == ()
    assert list(tmp_path.iterdir()) == []
    assert publish_models([MOBILENET, RESNET], tmp_path) == (tmp_path / "models.md",)
    assert (tmp_path / "models.md").read_text() == models_page.render([MOBILENET, RESNET])
