"""Single requests to a service: waiting for it, its health, its answers, and every failure."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from session_programs import PROBS
from stand_in_service import HEALTH, StandIn, error, listening

from bench.service.container import Service
from bench.service.conversation import HttpRequest, asked, health, predict, wait_ready
from builders.engine import ContainerSpec
from builders.errors import SessionFailed, WrongAnswer
from builders.fake_container import Wait
from builders.fake_engine import FakeEngine

IMAGE = "service:1"


def program(spec: ContainerSpec) -> Any:
    yield "loading"
    yield Wait.FOREVER


def ending(spec: ContainerSpec) -> Any:
    yield "model unusable"
    return 1


def service_at(port: int, running: Any = program) -> Service:
    engine = FakeEngine({IMAGE: running})
    engine.add_image(IMAGE)
    spec = ContainerSpec(IMAGE, (), {}, network="bridge")
    container = engine.create(spec)
    engine.start(container)
    return Service(engine, container, spec, "127.0.0.1", port, 0, 0)


def picture(folder: Path) -> Path:
    path = folder / "cat.png"
    path.write_bytes(b"picture")
    return path


def test_a_service_is_asked_until_it_is_ready() -> None:
    with listening(StandIn(unready=3)) as stand_in:
        wait_ready(service_at(stand_in.port))
    assert stand_in.unready == -1


def test_one_that_ends_instead_is_told_with_its_last_words() -> None:
    service = service_at(1, ending)  # nobody listens there
    with pytest.raises(SessionFailed) as raised:
        wait_ready(service)
    assert str(raised.value) == (
        "image service:1: ended with exit code 1 while getting ready, after writing: model unusable"
    )


def test_one_that_is_never_ready_is_given_up() -> None:
    with listening(StandIn(unready=10**6)) as stand_in, pytest.raises(SessionFailed) as raised:
        wait_ready(service_at(stand_in.port), timeout_s=0.05)
    assert "wasn't ready within 0.05 s: GET /ready gives 503, after writing: loading" in str(
        raised.value
    )


def test_a_picture_is_answered_with_its_classes(tmp_path: Path) -> None:
    with listening(StandIn()) as stand_in:
        found = predict(service_at(stand_in.port), picture(tmp_path), top=3)
    assert [ranked.prob for ranked in found.top] == list(PROBS)


def test_health_is_taken_over() -> None:
    with listening(StandIn()) as stand_in:
        told = health(service_at(stand_in.port))
    assert (told.backend, told.model, told.threads) == ("onnx", "tiny", 1)
    assert (told.device, told.fallback, told.gpu_available) == ("cpu", "", False)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (error(500, "inference-failed"), 'answered POST /predict with 500 \'{"error"'),
        (error(503, "busy"), "answered POST /predict with 503"),
        ((0, ""), "closed the connection instead of answering POST /predict"),
    ],
)
def test_no_answer_is_told_in_words(tmp_path: Path, answer: Any, reason: str) -> None:
    with listening(StandIn(predict=lambda top: answer)) as stand_in:
        service = service_at(stand_in.port)
        with pytest.raises(SessionFailed) as raised:
            predict(service, picture(tmp_path), top=3)
    assert reason in str(raised.value)


def test_something_else_than_classes_is_a_wrong_answer(tmp_path: Path) -> None:
    with listening(StandIn(predict=lambda top: (200, "hello"))) as stand_in:
        service = service_at(stand_in.port)
        with pytest.raises(WrongAnswer, match="answered 'hello' instead of classes"):
            predict(service, picture(tmp_path), top=3)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"status": "ok"}, "answered GET /health with"),
        ({**HEALTH, "model_loaded": False}, "is ready without a model, says GET /health"),
    ],
)
def test_a_health_that_says_nothing_is_no_health(told: dict[str, Any], reason: str) -> None:
    with listening(StandIn(health=told)) as stand_in, pytest.raises(SessionFailed, match=reason):
        health(service_at(stand_in.port))


@pytest.mark.parametrize(
    ("head", "body", "failure"),
    [
        ("Content-Length: 9", [b"cut off"], "closed the connection"),
        ("X: 1", [b"drip"] * 40, "sent an answer that didn't end in time"),
        ("Content-Length: 4", [b"", b"late"], "was silent for 0.3 s"),
    ],
    ids=["cut off", "never done", "silent"],
)
def test_an_answer_that_isn_t_whole_is_none(head: str, body: list[bytes], failure: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_send_slowly, args=(server, head, body))
        thread.start()
        reply = asked(service_at(server.getsockname()[1]), HttpRequest("GET", "/"), 0.3)
        thread.join()
    assert (reply.status, reply.failure) == (0, failure)


def _send_slowly(server: socket.socket, head: str, body: list[bytes]) -> None:
    """Answer one request, a piece every 50 ms; an empty piece takes half a second."""
    connection, _ = server.accept()
    with connection, contextlib.suppress(OSError):
        connection.recv(4096)
        connection.sendall(f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode())
        for piece in body:
            connection.sendall(piece)
            time.sleep(0.05 if piece else 0.5)
