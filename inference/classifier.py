"""Pictures to their ranked classes, and how long each step took."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from inference import protocol
from inference.backends import LoadedModel
from inference.failures import InferenceError, first_line
from inference.pictures import decode_picture, read_picture
from inference.preprocessing import Preprocessing, to_batch
from inference.ranking import probabilities, ranked


@dataclass(frozen=True)
class Classification:
    """The answers for pictures that went through the model together.

    Attributes:
        tops: for each picture the best classes, see `inference.ranking.ranked`.
        probs: probabilities of shape (pictures, classes).
        elapsed_ns: decode, preprocess, infer (the runtime alone) and total, which is from the
            opening of the first file to the last ranked answer.
    """

    tops: list[list[dict[str, Any]]]
    probs: Any
    elapsed_ns: dict[str, int]


@dataclass(frozen=True)
class Classifier:
    """A loaded model with its labels and its way of looking at pictures."""

    model: LoadedModel
    labels: Sequence[str]
    preprocessing: Preprocessing

    def classify(self, paths: Sequence[str], top: int) -> Classification:
        """Answer for pictures in one call of the runtime; raises InferenceError."""
        begin = time.perf_counter_ns()
        pictures = [read_picture(path) for path in paths]
        decoded = time.perf_counter_ns()
        batch = self._batch(pictures, paths)
        prepared = time.perf_counter_ns()
        logits = self.logits(batch, paths[0])
        inferred = time.perf_counter_ns()
        probs = probabilities(logits)
        tops = [ranked(row, self.labels, top) for row in probs]
        elapsed_ns = {
            "decode": decoded - begin,
            "preprocess": prepared - decoded,
            "infer": inferred - prepared,
            "total": time.perf_counter_ns() - begin,
        }
        return Classification(tops, probs, elapsed_ns)

    def prepare(self, content: bytes, max_pixels: int) -> Any:
        """An encoded picture as float32 of shape (1, 3, size, size); raises InferenceError.

        Args:
            content: of its file.
            max_pixels: the most that it may have, as it is and resized.
        """
        return to_batch(decode_picture(content, max_pixels), self.preprocessing, max_pixels)

    def _batch(self, pictures: Sequence[Any], paths: Sequence[str]) -> Any:
        inputs = [self._input(picture, path) for picture, path in zip(pictures, paths)]
        return inputs[0] if len(inputs) == 1 else np.concatenate(inputs)

    def _input(self, picture: Any, path: str) -> Any:
        try:
            return to_batch(picture, self.preprocessing)
        except InferenceError as error:
            raise InferenceError(error.code, error.message, path) from error

    def logits(self, batch: Any, path: str = "") -> Any:
        """The model's, of shape (pictures, classes); raises InferenceError inference-failed."""
        try:
            logits = self.model.logits(batch)
        except Exception as error:  # each runtime has its own; the session must outlive them
            message = f"the runtime failed ({first_line(error)})"
            raise InferenceError(protocol.INFERENCE_FAILED, message, path) from error
        if logits.shape != (len(batch), len(self.labels)):
            message = f"the model gives {logits.shape[-1]} classes for {len(self.labels)} labels"
            raise InferenceError(protocol.INFERENCE_FAILED, message, path)
        return logits
