"""What a registry says of an image: its layers, or why not."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from bench.registry_manifest import ACCEPTED, stored_layers
from builders.errors import RegistryFailed

MANIFEST = {
    "layers": [
        {"digest": "sha256:aa", "size": 10},
        {"digest": "sha256:bb", "size": 32},
        {"digest": "sha256:bb", "size": 32},
    ]
}


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server: Any = self.server
        server.asked.append((self.path, self.headers["Accept"]))
        status, content = server.answer
        self.send_response(status)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Any]:
    made: Any = HTTPServer(("127.0.0.1", 0), _Handler)
    made.asked, made.answer = [], (200, json.dumps(MANIFEST).encode())
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()


def name(server: Any) -> str:
    return f"127.0.0.1:{server.server_port}/slimbench/onnx:a-mark.1"


def test_layers_with_their_stored_sizes_each_once(server: Any):
    assert stored_layers(name(server)) == {"sha256:aa": 10, "sha256:bb": 32}
    assert server.asked == [("/v2/slimbench/onnx/manifests/a-mark.1", ", ".join(ACCEPTED))]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((404, b"{}"), "the registry answered 404 Not Found"),
        ((200, b"no json"), "sent no manifest of one image"),
        ((200, b'{"manifests": []}'), "sent no manifest of one image"),
        ((200, b"[]"), "sent no manifest of one image"),
        ((200, b'{"layers": [{"digest": "sha256:a"}]}'), "sent no manifest of one image"),
    ],
)
def test_other_answers_are_told(server: Any, answer: tuple[int, bytes], told: str):
    server.answer = answer
    with pytest.raises(RegistryFailed, match=told) as caught:
        stored_layers(name(server))
    assert caught.value.where == name(server)


def test_nobody_there():
    with pytest.raises(RegistryFailed, match="the registry doesn't answer: "):
        stored_layers("127.0.0.1:1/slimbench/onnx:latest")
