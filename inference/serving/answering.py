"""A batch of requests to their answers; this module imports NumPy, Pillow and the classifier."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Union

import numpy as np

from inference.classifier import Classifier
from inference.failures import InferenceError
from inference.ranking import probabilities, ranked
from inference.serving.batching import Job, Picture, Top
from inference.serving.refusals import ClientGone, from_inference

Outcome = Union[list[Top], Exception]


def answer(classifier: Classifier, jobs: Sequence[Job], max_pixels: int) -> list[Outcome]:
    """For each job the classes of its pictures, or why there are none.

    A picture that can't be read fails its own request alone. So does one on which the runtime
    fails: the batch is then repeated request by request.
    """
    inputs = [_input(classifier, job, max_pixels) for job in jobs]
    good = [place for place, one in enumerate(inputs) if not isinstance(one, Exception)]
    outcomes: list[Outcome] = list(inputs)
    try:
        tops = _tops(classifier, [jobs[place] for place in good], [inputs[place] for place in good])
    except InferenceError as error:
        if len(jobs) > 1:
            return [answer(classifier, [job], max_pixels)[0] for job in jobs]
        return [from_inference(error)]
    for place, found in zip(good, tops):
        outcomes[place] = found
    return outcomes


def _input(classifier: Classifier, job: Job, max_pixels: int) -> Any:
    """float32 of shape (pictures, 3, size, size), or the exception that says why not."""
    if job.gone():
        return ClientGone()
    rows: list[Any] = []
    try:
        for picture in job.pictures:
            rows.append(classifier.prepare(_content(picture), max_pixels))  # noqa: PERF401 - counts
    except InferenceError as error:
        return from_inference(error, len(rows), len(job.pictures))
    return rows[0] if len(rows) == 1 else np.concatenate(rows)


def _content(picture: Picture) -> bytes:
    return picture if isinstance(picture, bytes) else picture.read()


def _tops(classifier: Classifier, jobs: Sequence[Job], inputs: Sequence[Any]) -> list[list[Top]]:
    """The classes of all jobs' pictures, from one call of the runtime."""
    if not jobs:
        return []
    batch = inputs[0] if len(inputs) == 1 else np.concatenate(inputs)
    rows = iter(probabilities(classifier.logits(batch)))
    return [[ranked(next(rows), classifier.labels, job.top) for _ in job.pictures] for job in jobs]
