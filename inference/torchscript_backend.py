"""TorchScript with torch: one pool of `threads`, no second one for parallel operators."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import torch

from inference.device import CPU, CUDA, NoGpu

RUNTIME = "torch"
VERSION = str(torch.__version__)


class TorchScriptModel:
    """A loaded TorchScript file."""

    def __init__(self, module: Any, device: str) -> None:
        self._module = module
        self.threads = int(torch.get_num_threads())
        self.device = device

    def logits(self, batch: Any) -> Any:
        """See `inference.backends.LoadedModel`."""
        with torch.inference_mode():
            return self._module(torch.from_numpy(batch).to(self.device)).cpu().numpy()


def load(artefact: Path, threads: int, device: str = CPU) -> TorchScriptModel:
    """See `inference.backends.Backend`."""
    torch.set_num_threads(threads)
    if torch.get_num_interop_threads() != 1:  # may be set once in a process
        torch.set_num_interop_threads(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch calls TorchScript deprecated; it is on purpose
        if device == CUDA:
            return _on_gpu(artefact)
        return TorchScriptModel(torch.jit.load(str(artefact), map_location=CPU), CPU)


def _on_gpu(artefact: Path) -> TorchScriptModel:
    if torch.version.cuda is None:
        raise NoGpu("this torch is built without CUDA")
    from inference.nvidia import why_no_gpu  # noqa: PLC0415 - no start on the CPU needs it

    if why := why_no_gpu():
        raise NoGpu(why)
    if not torch.cuda.is_available():
        raise NoGpu(f"torch can't use it with its CUDA {torch.version.cuda}")
    # Products of float32 as such: the answers must be those of the CPU.
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    module = torch.jit.load(str(artefact), map_location=CUDA)
    where = devices(module)
    if where != {CUDA}:
        raise NoGpu(f"torch keeps the model on {' and '.join(sorted(where)) or 'nothing'}")
    return TorchScriptModel(module, CUDA)


def devices(module: Any) -> set[str]:
    """Where the weights lie: parameters, buffers, and the constants that freezing made of them.

    Single numbers don't count: a GPU takes them from anywhere.
    """
    constants = [
        node.t("value")
        for node in module.graph.findAllNodes("prim::Constant")
        if node.hasAttribute("value") and node.kindOf("value") == "t"
    ]
    weights = [*module.parameters(), *module.buffers(), *constants]
    return {str(tensor.device.type) for tensor in weights if tensor.dim() > 0}
