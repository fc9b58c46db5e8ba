"""The running service: its state, and one way from pictures to classes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Optional

from inference.failures import InferenceError
from inference.loading import Imported, Loaded
from inference.nvidia import available
from inference.serving.batching import Arrival, Batcher, Job, Picture, Top
from inference.serving.log import say
from inference.serving.metrics import Metrics
from inference.serving.refusals import DRAINING, LOADING, ClientGone, Refusal
from inference.serving.settings import Settings

READY = "ready"


class Service:
    """Everything that requests share; used by the loop's thread alone.

    Attributes:
        state: loading, ready or draining.
        facts: what /health says of the model; empty while it is loading.
        failure: why the model can't be used; the service ends then.
    """

    def __init__(self, settings: Settings, stop: Callable[[], None]) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.batcher = Batcher(settings.max_batch, settings.max_wait_ms / 1000, settings.queue)
        self.state = LOADING
        self.facts: dict[str, Any] = {}
        self.failure: Optional[InferenceError] = None
        self._stop = stop

    def loaded(self, imported: Imported, loaded: Loaded) -> None:
        """See `worker.Listener`."""
        runtime = imported.backend.RUNTIME
        self.facts = {
            "model": loaded.folder.model,
            "backend": imported.name,
            "version": f"{runtime} {imported.versions[runtime]}",
            "device": loaded.device,
            "weights": loaded.folder.weights,
            "threads": loaded.threads,
        }
        if loaded.fallback:
            self.facts["fallback"] = loaded.fallback
        if self.state == LOADING:
            self.state = READY
        say(f"serving {loaded.folder.model} on port {self.settings.port}")
        if loaded.folder.notice:
            say(loaded.folder.notice)

    def failed(self, error: InferenceError) -> None:
        """See `worker.Listener`."""
        self.failure = error
        self._stop()

    def answered(self, jobs: Sequence[Job], outcomes: Sequence[Any]) -> None:
        """See `worker.Listener`."""
        sizes = [
            len(job.pictures)
            for job, outcome in zip(jobs, outcomes)
            if not isinstance(outcome, Exception)
        ]
        if sizes:
            self.metrics.batch_pictures.observe(sum(sizes))
        for job, outcome in zip(jobs, outcomes):
            if job.answer.done():  # cancelled
                continue
            if isinstance(outcome, Exception):
                job.answer.set_exception(outcome)
            else:
                job.answer.set_result(outcome)

    def drain(self) -> None:
        """Say so to whoever asks whether the service is ready."""
        self.state = DRAINING

    def health(self) -> dict[str, Any]:
        """The object of /health."""
        return {
            "status": "ok" if self.state == READY else self.state,
            "model_loaded": bool(self.facts),
            "gpu_available": available(),
            **self.facts,
        }

    def arrive(self) -> Arrival:
        """A request for a prediction is on its way; raises Refusal loading or busy."""
        if not self.facts:
            raise Refusal(LOADING, "the model is still being loaded")
        return self.batcher.arrive()

    async def classify(
        self, pictures: Sequence[Picture], top: int, arrival: Arrival, transport: Any
    ) -> list[Top]:
        """The classes of each picture; raises Refusal or ClientGone."""
        answer: asyncio.Future[list[Top]] = asyncio.get_running_loop().create_future()
        self.batcher.submit(Job(pictures, top, answer, transport.is_closing), arrival)
        found = await answer
        if transport.is_closing():
            raise ClientGone
        return found
