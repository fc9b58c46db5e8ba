"""The service in a thread of this process, around a model that knows how red a picture is."""

from __future__ import annotations

import http.client
import io
import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from model_folders import LABELS
from PIL import Image

from inference.classifier import Classifier
from inference.loading import Imported, Loaded
from inference.model_folder import ModelFolder
from inference.preprocessing import Preprocessing
from inference.serving.server import Server, listen
from inference.serving.settings import Settings

PATIENCE_S = 20
BOUNDARY = "boundary-of-a-test"
PREPROCESSING = Preprocessing(32, 24, "bilinear", (0, 0, 0), (1, 1, 1))
FOLDER = ModelFolder("onnx", Path("model.onnx"), "toy", "seeded", "they mean nothing", LABELS, {})


class RedModel:
    """Class n is the more likely the closer the mean red is to n / 10; black makes it fail."""

    threads = 1
    device = "cpu"

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()

    def logits(self, batch: np.ndarray) -> np.ndarray:
        self.batches.append(len(batch))
        self.entered.set()
        assert self.gate.wait(PATIENCE_S)
        red = batch[:, 0].mean(axis=(1, 2))
        if red.min() < 0.01:
            raise RuntimeError("/app/model/secret.onnx: too dark")
        return -10 * np.abs(np.arange(10, dtype=np.float32) / 10 - red[:, np.newaxis])


def classifier(model: RedModel) -> Classifier:
    return Classifier(model, LABELS, PREPROCESSING)


@dataclass
class Answered:
    """An HTTP answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        return str(self.json()["error"]["code"])


@dataclass
class Running:
    """A service that answers on loopback."""

    server: Server
    port: int
    model: RedModel = field(default_factory=RedModel)

    def request(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answered:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            connection.request(method, path, body, dict(headers or {}))
            return _answered(connection)
        finally:
            connection.close()

    def get(self, path: str) -> Answered:
        return self.request("GET", path)

    def predict(self, *files: bytes, query: str = "") -> Answered:
        body, headers = multipart(files)
        return self.request("POST", f"/predict{query}", body, headers)

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S)

    def metric(self, line: str) -> float:
        """The value after this start of a line of /metrics; 0 where there is none."""
        for one in self.get("/metrics").body.decode().splitlines():
            if one.startswith(line + " "):
                return float(one.rsplit(" ", 1)[1])
        return 0.0

    def until(self, metric: str, value: float) -> None:
        """Wait until a metric has a value."""
        wait_until(lambda: self.metric(metric) == value)


def wait_until(condition: Any) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it never came to it"
        time.sleep(0.01)


def _answered(connection: http.client.HTTPConnection) -> Answered:
    response = connection.getresponse()
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Answered(response.status, headers, response.read())


@contextmanager
def running(load: Any = None, **settings: Any) -> Iterator[Running]:
    """Serve until the block ends; ready before it begins, unless `load` is another one."""
    model = RedModel()
    imported: Any = Imported("onnx", SimpleNamespace(RUNTIME="toy"), {"toy": "1.2"})  # type: ignore[arg-type]
    loaded = Loaded(classifier(model), FOLDER, 1, "cpu", "")
    server = Server(load or (lambda: (imported, loaded)), Settings(**settings))
    listener = listen(0, "127.0.0.1")
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    service = Running(server, listener.getsockname()[1], model)
    try:
        if load is None:
            wait_until(lambda: server.service.state == "ready")
        yield service
    finally:
        model.gate.set()
        server.should_exit = True
        thread.join(PATIENCE_S)
        assert not thread.is_alive(), "the service doesn't end"


def picture(red: int = 178, size: tuple[int, int] = (40, 30), kind: str = "PNG") -> bytes:
    """An encoded picture of one colour."""
    file = io.BytesIO()
    Image.new("RGB", size, (red, 0, 0)).save(file, kind)
    return file.getvalue()


def multipart(files: Sequence[bytes], name: str = "file") -> tuple[bytes, dict[str, str]]:
    """A form's body and headers."""
    parts = [part(one, f'name="{name}"; filename="{n}.png"') for n, one in enumerate(files)]
    body = b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
    return body, {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def part(content: bytes, disposition: str) -> bytes:
    """One part of a form."""
    head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n"
    return head.encode() + content + b"\r\n"
