"""One exchange: what it sends, and how each way of not being answered is told."""

from __future__ import annotations

import http.server
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from faulty_service import Fault, service
from service_faults import AWAY, instead, never

from bench.probe.checks import probe
from bench.probe.client import Client, Part, Request
from bench.probe.context import Context, prediction_of
from bench.probe.exchange_failures import Unanswered
from bench.probe.pictures import generated
from bench.probe.words import context_of
from builders.errors import ServiceUnreachable

HEALTH = Request("GET", "/health")
PATIENT_S = 10.0


def always(deed) -> Fault:
    return Fault("", lambda asked: True, deed)


def test_a_part_arrives_as_it_is():
    content = bytes(range(256)) * 2 + b"\r\n--\r\n"
    with service() as running:
        Client(running.url, PATIENT_S).ask(prediction_of(Part(content), Part(b"")))
    (asked,) = running.asked
    assert (asked.method, asked.target) == ("POST", "/predict?top=5")
    assert asked.fields == (("file", content), ("file", b""))


def test_an_encoded_path_stays_encoded():
    path = "/inference/..%2F..%2Fetc%2Fpasswd"
    with service() as running:
        Client(running.url, PATIENT_S).ask(Request("GET", path))
    assert running.asked[0].target == path


def test_a_service_may_have_a_path_before_its_own():
    with service() as running:
        client = context_of(f"{running.url}/models/one//").client
        client.ask(HEALTH)
    assert running.asked[0].target == "/models/one/health"


def test_a_redirect_is_not_followed_and_the_token_stays():
    with service() as other:
        away = replace(AWAY, headers={"Location": other.url})
        with service(always(instead(away))) as running:
            answer = Client(running.url, PATIENT_S, "token").ask(HEALTH)
    assert (answer.status, answer.location) == (302, other.url)
    assert running.authorizations == ["Bearer token"]
    assert other.asked == []


def test_passwords_of_the_users_files_are_not_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "netrc"
    file.write_text("machine 127.0.0.1 login someone password something\n")
    file.chmod(0o600)
    monkeypatch.setenv("NETRC", str(file))
    with service() as running:
        Client(running.url, PATIENT_S).ask(HEALTH)
        Client(running.url, PATIENT_S, "token").ask(HEALTH)
    assert running.authorizations == [None, "Bearer token"]


def test_the_token_is_not_in_the_clients_text():
    assert "secret" not in repr(Client("http://127.0.0.1", 1, "secret"))


def test_silence_ends_at_the_limit():
    with service(always(never)) as running, pytest.raises(Unanswered) as failed:
        Client(running.url, 0.3).ask(HEALTH)
    assert (str(failed.value), failed.value.connected) == ("no whole answer within 0.3 s", True)


def failure(url: str) -> Unanswered:
    with pytest.raises(Unanswered) as failed:
        Client(url, PATIENT_S).ask(HEALTH)
    assert not failed.value.connected
    return failed.value


def test_a_closed_port():
    with socket.socket() as taken:  # bound, and not listening
        taken.bind(("127.0.0.1", 0))
        told = failure(f"http://127.0.0.1:{taken.getsockname()[1]}")
    assert str(told) == "nothing listens there"


def test_a_name_without_a_host():
    assert str(failure("http://absent.invalid")) == "there is no host of this name"


def test_a_name_that_no_host_can_have():
    assert str(failure("http://a..b")) == "no host can have this name"


def test_no_tls_where_it_was_asked_for():
    with service() as running:
        told = failure(running.url.replace("http:", "https:"))
    assert str(told).startswith("TLS fails: ")


@pytest.fixture
def tls_service(tmp_path: Path) -> Iterator[str]:
    """Speaks TLS with a certificate that nobody has signed but itself."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    words = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(["openssl", "req", *words, *names, *files], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    server.handle_error = lambda *words: None  # type: ignore[method-assign]
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"https://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.mark.process  # openssl makes the certificate
def test_certificates_are_verified(tls_service: str, tmp_path: Path, monkeypatch):
    told = failure(tls_service)
    assert str(told).startswith("its certificate isn't trusted: self")
    with pytest.raises(ServiceUnreachable, match="REQUESTS_CA_BUNDLE"):
        probe(Context(Client(tls_service, PATIENT_S), generated(0)), run_tests=False)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "certificate.pem"))
    assert Client(tls_service, PATIENT_S).ask(HEALTH).status == 501  # it knows no method
