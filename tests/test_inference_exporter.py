"""Runs `tests/exporter`, one module a container, in the exporter image."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from exporter_image import run_module

from builders.engine import Engine, ImageInfo

pytestmark = [pytest.mark.engine, pytest.mark.exporter]
ROOT = Path(__file__).resolve().parent.parent
MODULES = (
    "test_preprocessing",
    "test_weights",
    "test_export",
    "test_entry_point",
    "test_models",
)
PHOTOS = Path(os.environ.get("SLIMBENCH_PHOTOS") or ROOT.parent / "shared" / "photos")


def test_every_module_is_run() -> None:
    there = {path.stem for path in (ROOT / "tests" / "exporter").glob("test_*.py")}
    assert there == {*MODULES, "test_photos"}


@pytest.mark.parametrize("module", MODULES)
def test_in_the_exporter_image(engine: Engine, exporter_image: ImageInfo, module: str) -> None:
    status, output = run_module(engine, exporter_image, module)
    assert status == 0, output
    assert "\nOK\n" in output


def test_seeded_weights_tell_photographs_apart(engine: Engine, exporter_image: ImageInfo) -> None:
    if not PHOTOS.is_dir():
        pytest.skip(f"no photographs at {PHOTOS}; SLIMBENCH_PHOTOS names another folder")
    status, output = run_module(engine, exporter_image, "test_photos", photos=PHOTOS)
    assert status == 0, output
    assert "distinct classes" in output
