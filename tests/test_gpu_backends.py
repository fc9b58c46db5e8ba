"""Both back ends asked for a GPU: there, missing, half there; and what they did in the end."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from gpu_runtimes import CPU_PROVIDER, CUDA_PROVIDER, OnnxRuntime, Torch

from inference import backends, nvidia, protocol
from inference.device import Wish
from inference.failures import InferenceError

FILE = Path("/model")
NO_DRIVER = "there is no NVIDIA driver (libcuda.so.1) here"
STRICT, LENIENT = Wish("cuda"), Wish("cuda", fallback=True)
Use = Callable[..., Any]


class EPFail(Exception):  # noqa: N818 - ONNX Runtime's name; its errors aren't RuntimeErrors
    pass


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Use:
    """Imports the back end that stands on a stand-in runtime, with a driver or the reason."""

    def imported(runtime: ModuleType, why_no_gpu: str = "") -> Any:
        name = f"inference.{'onnx' if isinstance(runtime, OnnxRuntime) else 'torchscript'}_backend"
        monkeypatch.setitem(sys.modules, runtime.__name__, runtime)
        monkeypatch.delitem(sys.modules, name, raising=False)
        module = importlib.import_module(name)
        monkeypatch.setitem(sys.modules, name, module)  # so that it is taken away at the end
        monkeypatch.setattr(nvidia, "why_no_gpu", lambda: why_no_gpu)
        return module

    return imported


def reason(backend: Any) -> str:
    """The error of the strict load, which is the reason that the lenient one gives."""
    with pytest.raises(InferenceError) as caught:
        backends.load(backend, FILE, 2, STRICT)
    assert caught.value.code == protocol.GPU_UNAVAILABLE
    model, fallback = backends.load(backend, FILE, 2, LENIENT)
    assert (model.device, model.threads) == ("cpu", 2)
    sentence = f"a GPU was asked for, but {fallback}; --gpu-fallback allows the CPU instead"
    assert caught.value.message == sentence
    return fallback


def test_the_cpu_is_not_asked_for_cuda(use: Use) -> None:
    runtime = OnnxRuntime()
    model, fallback = backends.load(use(runtime, "never asked"), FILE, 3, Wish())
    assert (model.device, model.threads, fallback) == ("cpu", 3, "")
    assert runtime.sessions == [{"providers": [CPU_PROVIDER]}]
    assert runtime.preloads == 0


@pytest.mark.parametrize("wish", [STRICT, LENIENT])
def test_cuda_comes_first_and_may_not_fall_back_on_its_own(use: Use, wish: Wish) -> None:
    runtime = OnnxRuntime()
    model, fallback = backends.load(use(runtime), FILE, 1, wish)
    assert (model.device, fallback) == ("cuda", "")
    (session,) = runtime.sessions
    (first, settings), second = session["providers"]
    assert (first, second) == (CUDA_PROVIDER, CPU_PROVIDER)
    assert settings["use_tf32"] == "0"
    assert session["enable_fallback"] == 0
    assert runtime.preloads == 1


@pytest.mark.parametrize(
    ("runtime", "driver", "said"),
    [
        (OnnxRuntime([CPU_PROVIDER]), "", "this ONNX Runtime is built without CUDA"),
        (OnnxRuntime(), NO_DRIVER, NO_DRIVER),
        (OnnxRuntime(starts=[CPU_PROVIDER]), "", "ONNX Runtime can't load its CUDA provider"),
        (
            OnnxRuntime(error=RuntimeError("/a/b.cc:1 f() CUDA failure 35: too old ; GPU=0 ; h")),
            "",
            "ONNX Runtime can't use it (CUDA failure 35: too old)",
        ),
        (
            OnnxRuntime(error=EPFail("CUDA out of memory")),
            "",
            "ONNX Runtime can't use it (CUDA out of memory)",
        ),
        (Torch(cuda=None), "", "this torch is built without CUDA"),
        (Torch(), NO_DRIVER, NO_DRIVER),
        (Torch(finds=False), "", "torch can't use it with its CUDA 13.0"),
        (Torch(keeps="cpu"), "", "torch keeps the model on cpu"),
    ],
    ids=lambda given: given if isinstance(given, str) else type(given).__name__,
)
def test_each_lack_has_its_reason(use: Use, runtime: ModuleType, driver: str, said: str) -> None:
    assert reason(use(runtime, driver)).startswith(said)


def test_without_a_driver_no_library_of_cuda_is_loaded(use: Use) -> None:
    runtime = OnnxRuntime()
    backends.load(use(runtime, NO_DRIVER), FILE, 1, LENIENT)
    assert runtime.preloads == 0
    assert runtime.sessions == [{"providers": [CPU_PROVIDER]}]


class UnreadableError(Exception):
    """ONNX Runtime's errors for files derive from Exception alone."""


def test_a_damaged_file_is_no_missing_gpu(use: Use) -> None:
    backend = use(OnnxRuntime(error=UnreadableError("protobuf parsing failed")))
    with pytest.raises(InferenceError) as caught:
        backends.load(backend, FILE, 1, LENIENT)
    assert caught.value.code == protocol.MODEL_UNUSABLE
    assert "protobuf parsing failed" in caught.value.message


def test_torch_computes_on_the_gpu_with_whole_products(use: Use) -> None:
    runtime = Torch()
    model, fallback = backends.load(use(runtime), FILE, 1, STRICT)
    assert (model.device, fallback) == ("cuda", "")
    assert runtime.loads == ["cuda"]
    assert not runtime.backends.cuda.matmul.allow_tf32
    assert not runtime.backends.cudnn.allow_tf32


def test_torch_on_the_cpu_keeps_its_settings(use: Use) -> None:
    runtime = Torch()
    model, _ = backends.load(use(runtime), FILE, 1, Wish())
    assert model.device == "cpu"
    assert runtime.loads == ["cpu"]
    assert runtime.backends.cudnn.allow_tf32
