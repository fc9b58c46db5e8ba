"""ONNX with ONNX Runtime: one pool of `threads`, nodes one after the other.

ONNX Runtime sizes its pool from the host's cores, whatever the container may use, and ignores
OMP_NUM_THREADS: the number is always set here.

Since 1.29 its Linux wheels send usage data (session, model hash, device id) to their maker. A
service has no business doing that, nor a measurement waiting for it: it is switched off, which only
the environment can do completely, and only before the import.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime

RUNTIME = "onnxruntime"
VERSION = str(onnxruntime.__version__)


class OnnxModel:
    """A loaded ONNX file."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._input = session.get_inputs()[0].name
        self.threads = int(session.get_session_options().intra_op_num_threads)

    def logits(self, batch: Any) -> Any:
        """See `inference.backends.LoadedModel`."""
        return self._session.run(None, {self._input: batch})[0]


def load(artefact: Path, threads: int) -> OnnxModel:
    """See `inference.backends.Backend`."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    providers = ["CPUExecutionProvider"]
    return OnnxModel(onnxruntime.InferenceSession(str(artefact), options, providers=providers))
