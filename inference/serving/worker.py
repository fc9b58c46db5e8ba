"""The one thread that computes: it imports the runtime, loads the model, then answers batches.

One thread for all of it, since OpenMP's number of threads belongs to the thread that set it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from inference import protocol
from inference.failures import InferenceError, first_line
from inference.loading import Imported, Loaded
from inference.serving.batching import Batcher, Job
from inference.serving.log import say_failure
from inference.serving.refusals import INTERNAL, Refusal

Load = Callable[[], tuple[Imported, Loaded]]


class Listener(Protocol):
    """Who is told, in the loop's thread."""

    def loaded(self, imported: Imported, loaded: Loaded) -> None:
        """The model answers from now on."""

    def failed(self, error: InferenceError) -> None:
        """The model can't be used; the thread has ended."""

    def answered(self, jobs: Sequence[Job], outcomes: Sequence[Any]) -> None:
        """A batch is done: for each job its classes, or an exception."""


class Worker(threading.Thread):
    """Ends when the batcher is stopped; a daemon, since a runtime can't be interrupted."""

    def __init__(self, load: Load, batcher: Batcher, listener: Listener, max_pixels: int) -> None:
        super().__init__(name="worker", daemon=True)
        self._load = load
        self._batcher = batcher
        self._listener = listener
        self._max_pixels = max_pixels
        self._loop: asyncio.AbstractEventLoop

    def begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start; the listener is told in this loop."""
        self._loop = loop
        self.start()

    def run(self) -> None:
        """Load, then answer."""
        try:
            imported, loaded = self._load()
        except InferenceError as error:
            self._tell(self._listener.failed, error)
            return
        except Exception as error:  # noqa: BLE001 - else the service would say for ever that it is loading
            message = f"it can't be loaded ({first_line(error)})"
            self._tell(self._listener.failed, InferenceError(protocol.MODEL_UNUSABLE, message))
            return
        self._tell(self._listener.loaded, imported, loaded)
        self._answer(loaded)

    def _answer(self, loaded: Loaded) -> None:
        while (jobs := self._batcher.next_batch()) is not None:
            self._tell(self._listener.answered, jobs, self._outcomes(loaded, jobs))

    def _outcomes(self, loaded: Loaded, jobs: Sequence[Job]) -> Sequence[Any]:
        # Not before: it imports NumPy and Pillow, which `import_runtime` prepares for.
        from inference.serving.answering import answer  # noqa: PLC0415

        try:
            return answer(loaded.classifier, jobs, self._max_pixels)
        except Exception as error:  # noqa: BLE001 - the service must outlive it
            say_failure("a batch failed", error)
            return [Refusal(INTERNAL, "an internal error") for _ in jobs]

    def _tell(self, function: Callable[..., None], *values: Any) -> None:
        try:
            self._loop.call_soon_threadsafe(function, *values)
        except RuntimeError:  # the loop is closed: the service ends
            self._batcher.stop()
