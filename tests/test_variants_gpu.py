"""The images that can compute on a GPU: on one, where there is one, and without it."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from pathlib import Path

import pytest
from session_programs import LIMITS

from bench.answers import Answers
from bench.collect import collect_answers
from bench.devices import Computing
from bench.pictures import generated
from bench.session import Launch, session
from bench.verification import verify_answers
from builders.engine import ContainerSpec, Engine
from builders.errors import SessionFailed
from builders.gpus import has_gpus
from builders.matrix_file import load_matrix

ROOT = Path(__file__).resolve().parent.parent
MODEL = "mobilenet_v2"
GPU_IMAGE, CPU_IMAGE, TORCH_IMAGE = "slimbench/onnx-gpu", "slimbench/onnx", "slimbench/fat"
ON_GPU, LENIENT = Computing("cuda"), Computing("cuda", fallback=True)
GPU_LIMITS = LIMITS.model_copy(update={"memory_bytes": 8 * 1024**3})  # CUDA's context takes much

pytestmark = [pytest.mark.engine, pytest.mark.variants]


@pytest.fixture
def pictures() -> list[Path]:
    found = generated(ROOT / "artifacts" / MODEL)
    assert found
    return list(found)


@pytest.fixture
def without_gpu(engine: Engine) -> None:
    if has_gpus(engine.info()):
        pytest.skip("the engine has an NVIDIA runtime: what happens without one can't be seen")


@pytest.fixture
def with_gpu(engine: Engine) -> None:
    """Skipped without, even when CI=true: no machine of CI has one."""
    if not has_gpus(engine.info()):
        pytest.skip("needs a GPU: the engine has no NVIDIA runtime")


def require_image(engine: Engine, name: str) -> None:
    if engine.image(name) is None:
        pytest.skip(f"needs the image {name}: `slimbench build` it")


def answers(engine: Engine, image: str, pictures: list[Path], computing: Computing) -> Answers:
    require_image(engine, image)
    return collect_answers(engine, image, GPU_LIMITS, pictures, 5, computing=computing)


def require_match(reference: Answers, found: Answers) -> None:
    matrix = load_matrix(ROOT / "variants.yaml")
    tolerance = matrix.verification.tolerances["float32"]
    verdict = verify_answers("reference", reference, found, tolerance=tolerance, top_k=5)
    assert verdict.outputs_match, verdict.reason


def said(engine: Engine, image: str, code: str, *, gpus: bool = False) -> str:
    """What a program prints in a container of the image."""
    require_image(engine, image)
    labels = {"io.slimbench.test": uuid.uuid4().hex}
    spec = ContainerSpec(image, ("-c", code), labels, entrypoint=("python",), gpus=gpus)
    container = engine.create(spec)
    try:
        engine.start(container)
        assert engine.wait(container, 120).exit_code == 0, engine.logs(container)
        return engine.logs(container)
    finally:
        engine.remove_labelled(labels)


def test_the_image_on_the_cpu_answers_as_the_cpu_image(
    engine: Engine, without_gpu: None, pictures: list[Path]
) -> None:
    found = answers(engine, GPU_IMAGE, pictures, LENIENT)
    assert found.device == "cpu"
    assert "no NVIDIA driver" in found.fallback
    require_match(answers(engine, CPU_IMAGE, pictures, Computing()), found)


def test_the_image_asks_for_a_gpu_unless_told_otherwise(engine: Engine, without_gpu: None) -> None:
    require_image(engine, GPU_IMAGE)
    with (
        pytest.raises(SessionFailed, match="gpu-unavailable: a GPU was asked for, but there is"),
        session(engine, Launch(GPU_IMAGE, LIMITS)),
    ):
        pass


def test_a_fallback_loads_no_library_of_cuda(engine: Engine, without_gpu: None) -> None:
    code = (
        "import pathlib; from inference import backends, device; "
        "model, _ = backends.load(backends.import_backend('onnx'), "
        "pathlib.Path('/app/model/model.onnx'), 1, device.Wish('cuda', True)); "
        "maps = open('/proc/self/maps').read().split(); "
        "print(model.device, sorted({one for one in maps if 'nvidia/' in one or 'cuda' in one}))"
    )
    assert said(engine, GPU_IMAGE, code).strip() == "cpu []"


LOAD_PROVIDER = """
import ctypes, os, pathlib
from inference import onnx_backend
assert "LD_LIBRARY_PATH" not in os.environ
onnx_backend.preload()
for name in ("libcudnn.so.9", "libnvrtc.so.13"):
    ctypes.CDLL(name)
folder = pathlib.Path(onnx_backend.onnxruntime.__file__).parent / "capi"
ctypes.CDLL(str(folder / "libonnxruntime_providers_shared.so"), ctypes.RTLD_GLOBAL)
try:
    ctypes.CDLL(str(folder / "libonnxruntime_providers_cuda.so"))
except OSError as error:
    print(error)
"""


def test_all_libraries_but_the_driver_s_are_found(engine: Engine) -> None:
    """The loader names the first one that is missing; the driver's is the last of CUDA's."""
    told = said(engine, GPU_IMAGE, LOAD_PROVIDER, gpus=has_gpus(engine.info()))
    missing = "libcuda.so.1: cannot open shared object file: No such file or directory"
    assert told.strip() == ("" if has_gpus(engine.info()) else missing)


def test_where_torch_keeps_a_model_is_seen(engine: Engine) -> None:
    code = (
        "import torch; from inference import torchscript_backend as b; "
        "print(b.devices(torch.jit.load('/app/model/model.torchscript', map_location='cpu')))"
    )
    assert said(engine, "slimbench/cpu-torch", code).splitlines()[-1] == "{'cpu'}"


def test_a_torch_without_cuda_says_so(engine: Engine) -> None:
    require_image(engine, "slimbench/cpu-torch")
    spec = replace(
        Launch("slimbench/cpu-torch", LIMITS), computing=Computing("cuda", fallback=True)
    )
    with session(engine, spec) as running:
        assert running.startup.ready.device == "cpu"
        assert running.startup.ready.fallback == "this torch is built without CUDA"
        running.stop()


@pytest.mark.gpu
@pytest.mark.parametrize("image", [GPU_IMAGE, TORCH_IMAGE])
def test_a_gpu_answers_as_the_cpu(
    engine: Engine, with_gpu: None, pictures: list[Path], image: str
) -> None:
    found = answers(engine, image, pictures, ON_GPU)
    assert (found.device, found.fallback) == ("cuda", "")
    require_match(answers(engine, CPU_IMAGE, pictures, Computing()), found)


@pytest.mark.gpu
def test_a_gpu_tells_how_busy_it_is(engine: Engine, with_gpu: None) -> None:
    code = (
        "import dataclasses, json; from inference.nvidia import gpu_usage; "
        "print(json.dumps(dataclasses.asdict(gpu_usage())))"
    )
    usage = json.loads(said(engine, GPU_IMAGE, code, gpus=True).splitlines()[-1])
    assert 0 <= usage["utilization_percent"] <= 100
    assert 0 < usage["memory_used_bytes"] <= usage["memory_total_bytes"]
