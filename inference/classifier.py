"""A picture file to its ranked classes, and how long each step took."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from inference import protocol
from inference.backends import LoadedModel
from inference.failures import InferenceError, first_line
from inference.pictures import read_picture
from inference.preprocessing import Preprocessing, to_batch
from inference.ranking import probabilities, ranked


@dataclass(frozen=True)
class Classification:
    """One answer.

    Attributes:
        top: the best classes, see `inference.ranking.ranked`.
        probs: every class's probability, by class id.
        elapsed_ns: decode, preprocess, infer (the runtime alone) and total, which is from the
            opening of the file to the ranked answer.
    """

    top: list[dict[str, Any]]
    probs: Any
    elapsed_ns: dict[str, int]


@dataclass(frozen=True)
class Classifier:
    """A loaded model with its labels and its way of looking at pictures."""

    model: LoadedModel
    labels: Sequence[str]
    preprocessing: Preprocessing

    def classify(self, path: str, top: int) -> Classification:
        """Answer for one picture; raises InferenceError."""
        begin = time.perf_counter_ns()
        picture = read_picture(path)
        decoded = time.perf_counter_ns()
        batch = self._batch(picture, path)
        prepared = time.perf_counter_ns()
        logits = self._logits(batch, path)
        inferred = time.perf_counter_ns()
        probs = probabilities(logits)[0]
        best = ranked(probs, self.labels, top)
        elapsed_ns = {
            "decode": decoded - begin,
            "preprocess": prepared - decoded,
            "infer": inferred - prepared,
            "total": time.perf_counter_ns() - begin,
        }
        return Classification(best, probs, elapsed_ns)

    def _batch(self, picture: Any, path: str) -> Any:
        try:
            return to_batch(picture, self.preprocessing)
        except InferenceError as error:
            raise InferenceError(error.code, error.message, path) from error

    def _logits(self, batch: Any, path: str) -> Any:
        try:
            logits = self.model.logits(batch)
        except Exception as error:  # each runtime has its own; the session must outlive them
            message = f"the runtime failed ({first_line(error)})"
            raise InferenceError(protocol.INFERENCE_FAILED, message, path) from error
        if logits.shape != (1, len(self.labels)):
            message = f"the model gives {logits.shape[-1]} classes for {len(self.labels)} labels"
            raise InferenceError(protocol.INFERENCE_FAILED, message, path)
        return logits
