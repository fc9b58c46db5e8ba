"""ONNX with ONNX Runtime: one pool of `threads`, nodes one after the other.

ONNX Runtime sizes its pool from the host's cores, whatever the container may use, and ignores
OMP_NUM_THREADS: the number is always set here.

Since 1.29 its Linux wheels send usage data (session, model hash, device id) to their maker. A
service has no business doing that, nor a measurement waiting for it: it is switched off, which only
the environment can do completely, and only before the import.

Asked for CUDA it would compute on the CPU without a word where a library, the driver or the GPU is
missing, at the load and at a later run: both are forbidden here, and what it came to is asked.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
from pathlib import Path
from typing import Any

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime

from inference.device import CPU, CUDA, NoGpu
from inference.failures import first_line

RUNTIME = "onnxruntime"
VERSION = str(onnxruntime.__version__)
CPU_PROVIDER, CUDA_PROVIDER = "CPUExecutionProvider", "CUDAExecutionProvider"
CUDA_SETTINGS = {
    "use_tf32": "0",  # products of float32 as such: the answers must be those of the CPU
    "cudnn_conv_algo_search": "HEURISTIC",  # not a trial of all for each new size of a batch
}
CUDA_SAID = re.compile(r"\w+ failure \d+: [^;\n]+")
# ONNX Runtime's kinds of errors that a GPU brings, beside RuntimeError; a damaged file has others.
OF_THE_GPU = ("EPFail", "RuntimeException")


class OnnxModel:
    """A loaded ONNX file."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._input = session.get_inputs()[0].name
        self.threads = int(session.get_session_options().intra_op_num_threads)
        self.device = CUDA if CUDA_PROVIDER in session.get_providers() else CPU

    def logits(self, batch: Any) -> Any:
        """See `inference.backends.LoadedModel`."""
        return self._session.run(None, {self._input: batch})[0]


def load(artefact: Path, threads: int, device: str = CPU) -> OnnxModel:
    """See `inference.backends.Backend`."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    if device == CUDA:
        return _on_gpu(artefact, options)
    session = onnxruntime.InferenceSession(str(artefact), options, providers=[CPU_PROVIDER])
    return OnnxModel(session)


def _on_gpu(artefact: Path, options: Any) -> OnnxModel:
    if CUDA_PROVIDER not in onnxruntime.get_available_providers():
        raise NoGpu("this ONNX Runtime is built without CUDA")
    from inference.nvidia import why_no_gpu  # noqa: PLC0415 - no start on the CPU needs it

    if why := why_no_gpu():
        raise NoGpu(why)
    preload()
    providers = [(CUDA_PROVIDER, CUDA_SETTINGS), CPU_PROVIDER]
    try:
        session = onnxruntime.InferenceSession(
            str(artefact), options, providers=providers, enable_fallback=0
        )
    except Exception as error:
        if isinstance(error, RuntimeError) or type(error).__name__ in OF_THE_GPU:
            raise NoGpu(f"ONNX Runtime can't use it ({_in_short(error)})") from error
        raise
    model = OnnxModel(session)
    if model.device != CUDA:
        raise NoGpu("ONNX Runtime can't load its CUDA provider, as its log on standard error tells")
    return model


def _in_short(error: Exception) -> str:
    """What CUDA said, without the places in ONNX Runtime's source that it came through."""
    found = CUDA_SAID.search(str(error))
    return found.group().strip() if found else first_line(error)


def preload() -> None:
    """Load CUDA and cuDNN from their wheels, so that they are found without LD_LIBRARY_PATH.

    What ONNX Runtime says of it is dropped: it misses cuFFT, which our images don't have, and its
    log names what the provider itself can't find.
    """
    with contextlib.redirect_stdout(io.StringIO()):
        onnxruntime.preload_dlls()
