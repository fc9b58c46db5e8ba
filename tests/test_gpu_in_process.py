"""Both runtimes on this machine's own GPU, without an engine: the answers are those of the CPU."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inference import backends, nvidia
from inference.device import Wish

pytestmark = [pytest.mark.gpu, pytest.mark.process]
MODEL = Path(__file__).resolve().parent.parent / "artifacts" / "mobilenet_v2"
FILES = {"torchscript": "model.torchscript", "onnx": "model.onnx"}
TOLERANCE = 1e-4  # of a probability: float32 of variants.yaml


def probabilities(logits: Any) -> Any:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@pytest.fixture
def gpu() -> None:
    if why := nvidia.why_no_gpu():
        pytest.skip(f"needs a GPU: {why}")


@pytest.mark.parametrize(("name", "runtime"), [("torchscript", "torch"), ("onnx", "onnxruntime")])
def test_the_gpu_answers_as_the_cpu(gpu: None, name: str, runtime: str) -> None:
    pytest.importorskip(runtime)
    file = MODEL / FILES[name]
    if not file.is_file():
        pytest.skip(f"needs the exported model: {file}")
    backend = backends.import_backend(name)
    on_cpu, _ = backends.load(backend, file, 2, Wish())
    on_gpu, fallback = backends.load(backend, file, 2, Wish("cuda", fallback=True))
    if "built without CUDA" in fallback:
        pytest.skip(f"needs another {runtime}: {fallback}")
    assert (on_gpu.device, fallback) == ("cuda", "")
    pictures = np.random.default_rng(0).standard_normal((4, 3, 224, 224), dtype=np.float32)
    for batch in (pictures[:1], pictures):
        one, other = probabilities(on_cpu.logits(batch)), probabilities(on_gpu.logits(batch))
        assert np.abs(one - other).max() <= TOLERANCE


def test_the_gpu_tells_how_busy_it_is(gpu: None) -> None:
    pytest.importorskip("pynvml")
    usage = nvidia.gpu_usage()
    assert usage is not None
    assert 0 <= usage.utilization_percent <= 100
    assert 0 < usage.memory_used_bytes <= usage.memory_total_bytes
