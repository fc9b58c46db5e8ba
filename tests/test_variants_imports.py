"""The imports of the repository's own images, taken apart."""

from __future__ import annotations

import pytest
from session_programs import LIMITS

from bench.import_times import self_times
from bench.profiled_start import run_imports
from bench.session import Launch
from builders.engine import Engine

pytestmark = [pytest.mark.engine, pytest.mark.variants]


@pytest.mark.parametrize(
    ("image", "runtime"),
    [("slimbench/onnx", "onnxruntime"), ("slimbench/distroless", "torch")],
)
def test_an_image_tells_its_runtime_numpy_and_pillow(engine: Engine, image: str, runtime: str):
    found = self_times(run_imports(engine, Launch(image, LIMITS)))
    assert {runtime, "numpy", "PIL", "inference", "encodings"} <= set(found)
    assert ("torch" in found) == (runtime == "torch")
    assert min(found[name] for name in (runtime, "numpy", "PIL")) > 0
