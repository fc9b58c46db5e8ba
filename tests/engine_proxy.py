"""A socket in front of the engine's, which can be cut off as if the engine had died."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ENGINE = "/var/run/docker.sock"


class EngineProxy:
    """Passes everything on while it is up; `down` breaks all connections off."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._open: set[socket.socket] = set()
        self._listener: socket.socket | None = None

    @property
    def address(self) -> str:
        """For DOCKER_HOST."""
        return f"unix://{self.path}"

    def up(self) -> None:
        """Listen."""
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.path))
        self._listener.listen()
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def down(self) -> None:
        """Nobody listens any more, and whoever waits for an answer is told so."""
        assert self._listener is not None
        self.path.unlink()
        for one in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._open.clear()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):  # it was closed
            while True:
                client, _ = listener.accept()
                engine = socket.socket(socket.AF_UNIX)
                engine.connect(ENGINE)
                self._open |= {client, engine}
                for pair in ((client, engine), (engine, client)):
                    threading.Thread(target=_pass_on, args=pair, daemon=True).start()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    """Bytes of one direction, and its end: a half-closed connection stays so."""
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@contextmanager
def engine_proxy(path: Path) -> Iterator[EngineProxy]:
    """A proxy that is up."""
    proxy = EngineProxy(path)
    proxy.up()
    try:
        yield proxy
    finally:
        with contextlib.suppress(OSError):
            proxy.down()
