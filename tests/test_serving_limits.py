"""Clients that are slow, huge, broken or gone: each gets its answer, the service stays whole."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator

import pytest
from running_service import BOUNDARY, PATIENCE_S, Running, multipart, picture, running, wait_until

SLOW = {"header_timeout_s": 0.2, "body_timeout_s": 0.2, "keep_alive_s": 0.3}
BODY, FORM = multipart([picture()])
HEAD = (
    f"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM['Content-Type']}\r\n"
    f"Content-Length: {len(BODY)}\r\n\r\n"
).encode()
ALIVE = b"GET /live HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture(scope="module")
def service() -> Iterator[Running]:
    with running(max_body_bytes=100_000, max_connections=50, **SLOW) as one:
        yield one


@pytest.fixture(autouse=True)
def nothing_is_left(service: Running) -> Iterator[None]:
    """After each test nothing is in flight, queued or buffered, and the service answers right."""
    yield
    service.until("slimbench_in_flight", 1)  # the request that asks
    assert service.server.service.batcher.waiting == 0
    assert service.predict(picture()).json()["class_id"] == 7


def everything(client: socket.socket) -> bytes:
    """All that comes until the other side closes."""
    seen = b""
    while chunk := client.recv(65536):
        seen += chunk
    return seen


def conversation(service: Running, *sent: bytes) -> bytes:
    with service.connect() as client:
        for one in sent:
            client.sendall(one)
        return everything(client)


def hang_up(client: socket.socket) -> None:
    """Close with a reset, as a process that was killed does."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def test_slow_headers_are_told_and_closed(service: Running) -> None:
    seen = conversation(service, b"GET /live HTTP/1.1\r\nHost:")
    assert seen.startswith(b"HTTP/1.1 408 ")
    assert b'"too-slow"' in seen
    assert b"connection: close" in seen


def test_headers_that_drip_are_slow_too(service: Running) -> None:
    with service.connect() as client:
        client.sendall(b"GET /live HTTP/1.1\r\n")
        dripping = threading.Event()

        def drip() -> None:
            try:
                while not dripping.wait(0.02):
                    client.sendall(b"X: y\r\n")
            except OSError:
                pass

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            assert client.recv(65536).startswith(b"HTTP/1.1 408 ")
        finally:
            dripping.set()
            thread.join()


@pytest.mark.parametrize("sent", [b"", b"\r\n", ALIVE + b"\r\n"])
def test_a_silent_connection_is_closed(service: Running, sent: bytes) -> None:
    seen = conversation(service, sent)
    assert seen.count(b"HTTP/1.1 200 ") == sent.count(b"GET")
    assert b"408" not in seen


def test_slow_headers_after_a_good_request(service: Running) -> None:
    seen = conversation(service, ALIVE, b"GET /li")
    assert seen.startswith(b"HTTP/1.1 200 ")
    assert b"HTTP/1.1 408 " in seen


def test_a_slow_body_is_told_and_closed(service: Running) -> None:
    seen = conversation(service, HEAD + BODY[:50])
    assert seen.startswith(b"HTTP/1.1 408 ")
    assert b'"too-slow"' in seen


def test_large_headers_are_refused(service: Running) -> None:
    for line in (b"X: " + b"y" * 40_000, b"X: y\r\n" * 20_000):
        seen = conversation(service, b"GET /live HTTP/1.1\r\n" + line + b"\r\n\r\n")
        assert seen.startswith(b"HTTP/1.1 431 ")


def test_an_endless_header_is_refused(service: Running) -> None:
    with service.connect() as client:
        client.sendall(b"GET /live HTTP/1.1\r\nX: ")
        seen = b""
        try:
            while not seen:
                client.sendall(b"y" * 30_000)
                client.settimeout(0.01)
                try:
                    seen = client.recv(65536)
                except socket.timeout:
                    client.settimeout(PATIENCE_S)
        except ConnectionError:
            seen = b"HTTP/1.1 431 "  # closed while more was on its way
    assert seen.startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize(
    "nonsense",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET http:// HTTP/1.1\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\n\r\n",
        b"POST /predict HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /predict HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST /predict HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # somebody speaks TLS
        b"CONNECT example:443 HTTP/1.1\r\n\r\n",
    ],
)
def test_what_is_no_http_gets_a_400_in_json(service: Running, nonsense: bytes) -> None:
    seen = conversation(service, nonsense)
    assert seen.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 415 "))
    assert b'{"error": {"code": ' in seen


def test_a_cut_off_upload_is_told_to_who_still_listens(service: Running) -> None:
    with service.connect() as client:
        client.sendall(HEAD + BODY[:50])
        client.shutdown(socket.SHUT_WR)
        seen = everything(client)
    assert seen.startswith(b"HTTP/1.1 400 ")
    assert b'"cut-off"' in seen


def test_cut_off_headers_are_told_too(service: Running) -> None:
    with service.connect() as client:
        client.sendall(HEAD[:30])
        client.shutdown(socket.SHUT_WR)
        assert everything(client).startswith(b"HTTP/1.1 400 ")


def test_a_large_body_is_refused_before_it_comes_and_the_connection_goes_on(
    service: Running,
) -> None:
    body = b"x" * 150_000
    head = HEAD.replace(b": %d" % len(BODY), b": %d" % len(body))
    with service.connect() as client:
        client.sendall(head)
        seen = b""
        while not seen.endswith(b"}}"):
            seen += client.recv(65536)
        assert seen.startswith(b"HTTP/1.1 413 ")
        client.sendall(body + ALIVE)
        assert client.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_a_body_without_a_length_is_refused_once_it_is_too_large(service: Running) -> None:
    head = HEAD.replace(b"Content-Length: %d" % len(BODY), b"Transfer-Encoding: chunked")
    start = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=file\r\n\r\n".encode()
    with service.connect() as client:
        client.sendall(head + b"%x\r\n%s\r\n" % (len(start), start))
        for _ in range(11):
            client.sendall(b"2710\r\n%s\r\n" % (b"x" * 10_000))
        assert client.recv(65536).startswith(b"HTTP/1.1 413 ")


def test_a_chunked_upload_is_answered(service: Running) -> None:
    head = HEAD.replace(b"Content-Length: %d" % len(BODY), b"Transfer-Encoding: chunked")
    pieces = [BODY[place : place + 7] for place in range(0, len(BODY), 7)]
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in pieces)
    with service.connect() as client:
        client.sendall(head + chunks + b"0\r\n\r\n")
        assert client.recv(65536).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("name", [b"Upgrade", b"upgrade", b"UPGRADE"])
def test_a_wish_for_another_protocol_is_ignored(service: Running, name: bytes) -> None:
    """Java's client sends it with every request."""
    wish = b"Connection: Upgrade, HTTP2-Settings\r\n%s: h2c\r\nHTTP2-Settings: AAEA\r\n\r\n" % name
    for pieces in ((HEAD[:-2] + wish + BODY,), (HEAD[:-2] + wish, BODY)):
        with service.connect() as client:
            for one in pieces:
                client.sendall(one)
            assert client.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_who_does_not_read_the_answer_is_dropped(service: Running) -> None:
    with service.connect() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.sendall(b"GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n" * 8)
        wait_until(lambda: service.server.server_state.connections)
        wait_until(lambda: not service.server.server_state.connections)


def test_what_follows_an_early_answer_is_not_read_for_ever(service: Running) -> None:
    with service.connect() as client:
        client.sendall(HEAD.replace(b": %d" % len(BODY), b": 999999999"))
        assert client.recv(65536).startswith(b"HTTP/1.1 413 ")
        closed = False
        try:
            while not closed:
                client.sendall(b"x" * 1000)
        except OSError:
            closed = True
        assert closed


def test_an_expected_continue_is_not_sent_for_a_body_that_is_too_large(service: Running) -> None:
    expecting = b"Expect: 100-continue\r\n\r\n"
    with service.connect() as client:
        client.sendall(HEAD[:-2] + expecting)
        assert client.recv(65536).startswith(b"HTTP/1.1 100 ")
        client.sendall(BODY)
        assert client.recv(65536).startswith(b"HTTP/1.1 200 ")
    with service.connect() as client:
        client.sendall(HEAD.replace(b": %d" % len(BODY), b": 999999")[:-2] + expecting)
        assert client.recv(65536).startswith(b"HTTP/1.1 413 ")


def test_too_many_connections_are_refused(service: Running) -> None:
    clients = [service.connect() for _ in range(50)]
    try:
        wait_until(lambda: len(service.server.server_state.connections) == 50)
        assert conversation(service).startswith(b"HTTP/1.1 503 ")
    finally:
        for one in clients:
            one.close()
    wait_until(lambda: not service.server.server_state.connections)


def test_too_many_pipelined_requests_end_the_connection(service: Running) -> None:
    with service.connect() as client:
        client.sendall(ALIVE * 1000)
        try:
            seen = everything(client)
        except ConnectionError:
            seen = b""
    assert seen.count(b"HTTP/1.1 200 ") < 100


@pytest.mark.parametrize("sent", [HEAD[:30], HEAD, HEAD + BODY[:50], HEAD + BODY])
@pytest.mark.parametrize("reset", [True, False])
def test_clients_that_leave_take_nothing_with_them(
    service: Running, sent: bytes, reset: bool
) -> None:
    for _ in range(20):
        client = service.connect()
        client.sendall(sent)
        if reset:
            hang_up(client)
        else:
            client.close()
    wait_until(lambda: not service.server.server_state.connections)


def test_nothing_is_computed_for_who_has_gone() -> None:
    with running() as service:
        service.model.gate.clear()
        first = threading.Thread(target=service.predict, args=(picture(),))
        first.start()
        assert service.model.entered.wait(5)
        waiting = service.server.service.batcher
        clients = [service.connect() for _ in range(5)]
        for client in clients:
            client.sendall(HEAD + BODY)
        wait_until(lambda: waiting.waiting == 5)
        for client in clients:
            hang_up(client)
        wait_until(lambda: len(service.server.server_state.connections) == 1)
        service.model.gate.set()
        first.join()
        service.until('slimbench_requests_total{path="/predict",status="499"}', 5)
        assert service.model.batches == [1]
