"""uvicorn with our connections, our signals and an ending that is bounded."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import socket
import threading
from collections.abc import Iterator
from functools import partial

import uvicorn

from inference import protocol
from inference.failures import InferenceError
from inference.loading import Imported, Loaded, import_runtime, load_classifier
from inference.serving.application import application
from inference.serving.connection import Limits, connection_class
from inference.serving.refusals import DRAINING
from inference.serving.service import Service
from inference.serving.settings import Settings
from inference.serving.worker import Load, Worker

HOST = "0.0.0.0"  # noqa: S104 - a container's own network
BACKLOG = 1024
# An ending takes 0.25 + 3 s at most, and what closing takes: less than 5 s in all.
NOTICE_S = 0.25  # not ready any more, but still answering
GRACE_S = 3  # for what was accepted until then
WORKER_S = 0.5


class Server(uvicorn.Server):
    """Serves until a signal, or until the model turns out to be unusable."""

    def __init__(self, load: Load, settings: Settings) -> None:
        self.service = Service(settings, self._end)
        self.worker = Worker(load, self.service.batcher, self.service, settings.max_pixels)
        limits = Limits(
            settings.max_connections,
            settings.header_timeout_s,
            settings.body_timeout_s,
            self.service.metrics,
        )
        config = uvicorn.Config(
            application(self.service),
            http=connection_class(limits),
            loop="asyncio",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            backlog=BACKLOG,
            timeout_keep_alive=settings.keep_alive_s,  # type: ignore[arg-type]
            timeout_graceful_shutdown=GRACE_S,
        )
        super().__init__(config)

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Load and serve."""
        self.worker.begin(asyncio.get_running_loop())
        await super().serve(sockets)
        self.service.batcher.stop()
        self.worker.join(WORKER_S)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The first signal drains, the next one ends at once."""
        if threading.current_thread() is threading.main_thread():
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, self.drain)
        yield

    def drain(self) -> None:
        """End in a bounded time, answering what was accepted; called again, end at once."""
        if self.service.state == DRAINING:
            self.force_exit = True
            self._end()
        self.service.drain()
        asyncio.get_running_loop().call_later(NOTICE_S, self._end)

    def _end(self) -> None:
        self.should_exit = True


def serve(asked: argparse.Namespace, settings: Settings) -> None:
    """Serve until told to end; raises InferenceError when the port or the model can't be used."""
    logging.disable(logging.CRITICAL)  # uvicorn has a line for every broken request
    server = Server(partial(load, asked), settings)
    server.run(sockets=[listen(settings.port)])
    if server.service.failure:
        raise server.service.failure
    if server.worker.is_alive():  # inside the runtime, which would crash if Python ended around it
        os._exit(0)


def load(asked: argparse.Namespace) -> tuple[Imported, Loaded]:
    """The model, once it has answered; raises InferenceError.

    A runtime's first answer takes longer than the later ones, as it sets itself up then.
    """
    imported = import_runtime(asked)
    loaded = load_classifier(asked, imported)
    import numpy as np  # noqa: PLC0415 - not before `import_runtime` has prepared for it

    side = loaded.classifier.preprocessing.crop_size
    loaded.classifier.logits(np.full((1, 3, side, side), 0.5, dtype=np.float32))
    return imported, loaded


def listen(port: int, host: str = HOST) -> socket.socket:
    """A listening socket; raises InferenceError when the port can't be had."""
    try:
        listener = socket.create_server((host, port), backlog=BACKLOG)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)  # Python adds the address
        message = f"port {port} can't be listened on ({reason})"
        raise InferenceError(protocol.BAD_REQUEST, message) from error
    # Inherited by each connection: uvicorn writes head and body of an answer one after the other,
    # and the body would wait 40 ms for the client to acknowledge the head.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
