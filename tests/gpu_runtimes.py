"""Stand-ins for what a machine with a GPU has: the driver, NVML, and runtimes built for CUDA."""
# ruff: noqa: N802 - the names are theirs

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType, SimpleNamespace
from typing import Any, Optional

BUS_ID = b"0000:17:00.0"
CPU_PROVIDER, CUDA_PROVIDER = "CPUExecutionProvider", "CUDAExecutionProvider"


class Driver:
    """libcuda.so.1 with so many GPUs; `status` is what its start gives."""

    def __init__(self, gpus: int = 1, status: int = 0, words: Optional[bytes] = b"no device"):
        self._gpus, self._status, self._words = gpus, status, words

    def cuInit(self, flags: int) -> int:
        assert flags == 0
        return self._status

    def cuDeviceGetCount(self, count: Any) -> int:
        count._obj.value = self._gpus
        return 0

    def cuGetErrorString(self, status: int, text: Any) -> int:
        text._obj.value = self._words
        return 0

    def cuDeviceGet(self, device: Any, ordinal: int) -> int:
        device._obj.value = ordinal
        return 0

    def cuDeviceGetPCIBusId(self, text: Any, size: int, device: Any) -> int:
        assert (size, device.value) == (len(text), 0)
        text.value = BUS_ID
        return 0


class Nvml(ModuleType):
    """The module pynvml; `fails` on the first question after its start."""

    class NVMLError(Exception):
        pass

    def __init__(self, fails: bool = False) -> None:
        super().__init__("pynvml")
        self._fails = fails
        self.starts = 0

    def nvmlInit(self) -> None:
        self.starts += 1

    def nvmlDeviceGetHandleByPciBusId(self, bus_id: bytes) -> str:
        assert bus_id == BUS_ID
        return "the GPU"

    def nvmlDeviceGetUtilizationRates(self, handle: str) -> SimpleNamespace:
        if self._fails:
            raise self.NVMLError("not supported")
        assert handle == "the GPU"
        return SimpleNamespace(gpu=37, memory=5)

    def nvmlDeviceGetMemoryInfo(self, handle: str) -> SimpleNamespace:
        return SimpleNamespace(used=3_000_000, total=16_000_000)


class OnnxRuntime(ModuleType):
    """The module onnxruntime, its `sessions` noted.

    Args:
        available: the providers that it is built with.
        starts: those that a session really gets.
        error: raised where a session is asked for CUDA.
    """

    __version__ = "0.stub"
    ExecutionMode = SimpleNamespace(ORT_SEQUENTIAL=0)

    def __init__(
        self,
        available: Sequence[str] = (CUDA_PROVIDER, CPU_PROVIDER),
        starts: Sequence[str] = (CUDA_PROVIDER, CPU_PROVIDER),
        error: Optional[Exception] = None,
    ) -> None:
        super().__init__("onnxruntime")
        self._available, self._starts, self._error = available, starts, error
        self.sessions: list[dict[str, Any]] = []
        self.preloads = 0

    def SessionOptions(self) -> SimpleNamespace:
        return SimpleNamespace(intra_op_num_threads=0)

    def get_available_providers(self) -> list[str]:
        return list(self._available)

    def preload_dlls(self, **_how: Any) -> None:
        self.preloads += 1

    def InferenceSession(self, path: str, options: Any, providers: list[Any], **more: Any) -> Any:
        self.sessions.append({"providers": providers, **more})
        wanted = [one if isinstance(one, str) else one[0] for one in providers]
        if self._error and CUDA_PROVIDER in wanted:
            raise self._error
        return SimpleNamespace(
            get_inputs=lambda: [SimpleNamespace(name="pixels")],
            get_session_options=lambda: options,
            get_providers=lambda: [one for one in wanted if one in self._starts],
        )


class Tensor:
    def __init__(self, device: str, dimensions: int = 4) -> None:
        self.device = SimpleNamespace(type=device)
        self._dimensions = dimensions

    def dim(self) -> int:
        return self._dimensions


class Constant:
    """A node of TorchScript's graph; without a tensor it is a number."""

    def __init__(self, tensor: Optional[Tensor]) -> None:
        self._tensor = tensor

    def hasAttribute(self, name: str) -> bool:
        return name == "value"

    def kindOf(self, name: str) -> str:
        return "i" if self._tensor is None else "t"

    def t(self, name: str) -> Tensor:
        assert self._tensor is not None
        return self._tensor


class Torch(ModuleType):
    """The module torch; a loaded model's weights lie on `keeps`, or where they were sent."""

    __version__ = "0.stub"

    def __init__(
        self, cuda: Optional[str] = "13.0", finds: bool = True, keeps: Optional[str] = None
    ) -> None:
        super().__init__("torch")
        self._keeps = keeps
        self.version = SimpleNamespace(cuda=cuda)
        self.cuda = SimpleNamespace(is_available=lambda: finds)
        self.backends = SimpleNamespace(
            cuda=SimpleNamespace(matmul=SimpleNamespace(allow_tf32=True)),
            cudnn=SimpleNamespace(allow_tf32=True),
        )
        self.jit = SimpleNamespace(load=self._load)
        self.loads: list[str] = []

    def _load(self, path: str, map_location: str) -> SimpleNamespace:
        self.loads.append(map_location)
        tensors = [Tensor(self._keeps or map_location), Tensor("cpu", dimensions=0), None]
        graph = SimpleNamespace(findAllNodes=lambda kind: [Constant(one) for one in tensors])
        return SimpleNamespace(graph=graph, parameters=list, buffers=list)

    def set_num_threads(self, threads: int) -> None:
        self._threads = threads

    def get_num_threads(self) -> int:
        return self._threads

    def get_num_interop_threads(self) -> int:
        return 1
