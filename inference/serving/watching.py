"""Around the application: metrics of every request, and an answer whatever went wrong inside."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from inference.serving.log import say_failure
from inference.serving.metrics import CLIENT_GONE, Metrics
from inference.serving.refusals import DRAINING, INTERNAL, ClientGone, Refusal

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class Watched:
    """An ASGI application that counts, and never lets an exception through to the server."""

    def __init__(self, application: Application, metrics: Metrics) -> None:
        self._application = application
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        status = CLIENT_GONE

        async def watched(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        begin = time.perf_counter()
        self._metrics.in_flight.inc()
        try:
            await self._application(scope, receive, watched)
        except ClientGone:
            pass
        except asyncio.CancelledError:  # the time for draining is over
            await self._refuse(Refusal(DRAINING, "the service ends"), status, watched)
        except Exception as error:  # noqa: BLE001 - an answer, whatever it is
            say_failure("a request failed", error)
            await self._refuse(Refusal(INTERNAL, "an internal error"), status, watched)
        finally:
            self._metrics.in_flight.dec()
            self._metrics.finished(scope["path"], status, time.perf_counter() - begin)

    async def _refuse(self, refusal: Refusal, status: int, send: Send) -> None:
        if status == CLIENT_GONE:  # nothing was sent yet
            self._metrics.rejected.labels(refusal.code).inc()
            await send_refusal(refusal, send)


async def send_refusal(refusal: Refusal, send: Send) -> None:
    """The answer, without any framework."""
    headers = refusal.last_headers().items()
    raw = [(name.lower().encode(), value.encode()) for name, value in headers]
    await send({"type": "http.response.start", "status": refusal.status, "headers": raw})
    await send({"type": "http.response.body", "body": refusal.body()})
