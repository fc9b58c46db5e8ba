"""A server that speaks the contract of the service, rightly or wrongly, in a thread of the test."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from session_programs import PROBS, ranked

HEALTH = {
    "status": "ok",
    "model_loaded": True,
    "gpu_available": False,
    "model": "tiny",
    "backend": "onnx",
    "version": "onnxruntime 1.0",
    "device": "cpu",
    "weights": "seeded",
    "threads": 1,
}

Reply = tuple[int, Any]


def right_answer(top: int) -> Reply:
    return 200, prediction(PROBS, top)


def prediction(probs: tuple[float, ...], top: int) -> dict[str, Any]:
    classes = ranked(probs, top)
    best = classes[0]
    return {
        "class_id": best["class_id"],
        "confidence": best["prob"],
        "label": best["label"],
        "top": classes,
        "processing_time": 0.001,
        "gpu_utilization": None,
    }


def error(status: int, code: str) -> Reply:
    return status, {"error": {"code": code, "message": "a sentence"}}


@dataclass
class StandIn:
    """What it answers; `asked` counts the predictions."""

    predict: Callable[[int], Reply] = right_answer  # given `top`
    health: dict[str, Any] = field(default_factory=lambda: dict(HEALTH))
    unready: int = 0  # how often it says that it is loading
    asked: int = 0
    stall: tuple[float, float] = (0.0, 0.0)  # monotonic seconds: no answer is begun in between
    port: int = 0

    def answer(self, method: str, url: str) -> Reply:
        path, query = urlsplit(url).path, parse_qs(urlsplit(url).query)
        if (method, path) == ("GET", "/ready"):
            self.unready -= 1
            return error(503, "loading") if self.unready >= 0 else (200, {"status": "ready"})
        if (method, path) == ("GET", "/health"):
            return 200, self.health
        if (method, path) == ("POST", "/predict"):
            self.asked += 1
            self._wait()
            return self.predict(int(query.get("top", ["5"])[0]))
        return error(404, "not-found")

    def _wait(self) -> None:
        begin, end = self.stall
        if begin <= time.monotonic() < end:
            time.sleep(end - time.monotonic())


@contextmanager
def listening(stand_in: StandIn) -> Iterator[StandIn]:
    """Serve on a free port of loopback while the context lasts."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one packet, which Nagle's algorithm doesn't hold back

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._answer()

        def _answer(self) -> None:
            status, content = stand_in.answer(self.command, self.path)
            if status == 0:  # hang up
                self.close_connection = True
                return
            body = content.encode() if isinstance(content, str) else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

    with Server(("127.0.0.1", 0), Handler) as server:
        stand_in.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield stand_in
        finally:
            server.shutdown()
            thread.join()
