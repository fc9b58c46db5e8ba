"""`python -m inference serve` as a process: start, signals, and what it says where."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import entry_point
import pytest
from model_folders import toy_folder
from running_service import PATIENCE_S, multipart, picture, wait_until

pytestmark = pytest.mark.process

BOUND_S = 5.0  # an orchestrator's patience
BODY, FORM = multipart([picture()])
HEAD = (
    f"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM['Content-Type']}\r\n"
    f"Content-Length: {len(BODY)}\r\n\r\n"
).encode()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def get(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


@contextmanager
def serving(folder: Path, *words: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A ready service; killed at the end if it still runs."""
    port = free_port()
    process = entry_point.start(folder, "serve", "--port", str(port), *words)
    try:
        wait_until(lambda: get(port, "/ready") == 200)
        yield process, port
    finally:
        process.kill()
        process.communicate()


def stop(process: subprocess.Popen[bytes]) -> int:
    """As `docker stop --time 5`: SIGTERM, then SIGKILL; the status says which of them it was."""
    process.send_signal(signal.SIGTERM)
    try:
        return process.wait(BOUND_S)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return toy_folder(tmp_path / "model")


def test_it_serves_says_nothing_of_requests_and_ends_with_0(folder: Path) -> None:
    with serving(folder, "--threads", "2") as (process, port):
        assert get(port, "/health") == 200
        assert get(port, "/inference/secret-name?top=secret-value") == 422
        assert get(port, "/inference/secret-name") == 404
        for sent in (HEAD + BODY, HEAD + b"secret", b"secret nonsense\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as client:
                client.sendall(sent)
                client.shutdown(socket.SHUT_WR)
                client.recv(65536)
        assert stop(process) == 0
        output, errors = process.stdout, process.stderr
        assert output is not None
        assert errors is not None
        assert output.read() == b""
        lines = [one for one in errors.read().decode().splitlines() if "stray line" not in one]
        assert lines == [
            f"slimbench: serving toy on port {port}",
            "slimbench: labels mean nothing",
        ]


def test_while_draining_it_is_not_ready_and_answers_what_it_accepted(folder: Path) -> None:
    with serving(folder) as (process, port):
        asking = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        asking.request("GET", "/ready")
        assert asking.getresponse().read() == b'{"status":"ready"}'
        upload = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
        upload.sendall(HEAD + BODY[:50])
        asking.request("GET", "/live")  # so that the upload has been seen
        asking.getresponse().read()
        process.send_signal(signal.SIGTERM)

        def draining() -> bool:
            asking.request("GET", "/ready")
            response = asking.getresponse()
            return (response.status, response.read()) == (503, b'{"status":"draining"}')

        wait_until(draining)
        wait_until(lambda: get(port, "/live") == 0)  # the port is closed
        upload.sendall(BODY[50:])
        assert upload.recv(65536).startswith(b"HTTP/1.1 200 ")
        assert process.wait(PATIENCE_S) == 0


def test_a_stuck_client_does_not_keep_it(folder: Path) -> None:
    with serving(folder) as (process, port):
        clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(3)]
        clients[0].sendall(b"POST /predict HTTP/1.1\r\nHost: x\r\n")
        clients[1].sendall(HEAD + BODY[:50])
        assert get(port, "/live") == 200
        assert stop(process) == 0
        clients[1].settimeout(PATIENCE_S)
        seen = clients[1].recv(65536)
        assert seen.startswith(b"HTTP/1.1 503 ")
        assert b'"draining"' in seen


def test_a_second_signal_ends_it_at_once(folder: Path) -> None:
    with serving(folder) as (process, port):
        client = socket.create_connection(("127.0.0.1", port))
        client.sendall(b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")
        assert get(port, "/live") == 200
        process.send_signal(signal.SIGTERM)
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_S) == 0


def test_it_can_be_told_to_end_while_it_is_still_loading(folder: Path, tmp_path: Path) -> None:
    runtime = tmp_path / "slow"
    runtime.mkdir()
    (runtime / "onnxruntime.py").write_text("import time\ntime.sleep(60)\n")
    port = free_port()
    process = entry_point.start(folder, "serve", "--port", str(port), runtime=runtime)
    try:
        wait_until(lambda: get(port, "/live") == 200)
        assert get(port, "/ready") == 503
        assert stop(process) == 0
    finally:
        process.kill()
        process.communicate()


def test_a_port_that_is_taken_is_told(folder: Path) -> None:
    with socket.create_server(("0.0.0.0", 0)) as taken:
        port = taken.getsockname()[1]
        ended = entry_point.run(folder, "serve", "--port", str(port))
    assert ended.returncode == 1
    message = json.loads(ended.stderr.splitlines()[-1])["error"]["message"]
    assert message == f"port {port} can't be listened on (Address already in use)"


def test_a_model_that_cannot_be_used_ends_it(folder: Path) -> None:
    (folder / "model.onnx").write_bytes(b"damaged")
    ended = entry_point.run(folder, "serve", "--port", str(free_port()))
    assert ended.returncode == 1
    assert "can't load it (it is damaged)" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_wrong_settings_are_wrong_usage(folder: Path) -> None:
    ended = entry_point.run(folder, "serve", "--max-files", "65")
    assert ended.returncode == 2
    assert "max_files is more than queue" in ended.stderr


def test_help_names_every_setting(folder: Path) -> None:
    ended = entry_point.run(folder, "serve", "--help")
    assert ended.returncode == 0
    for name in ("SLIMBENCH_PORT", "SLIMBENCH_IMAGES", "SLIMBENCH_QUEUE", "--threads", "--device"):
        assert name in ended.stdout


def test_an_image_without_the_service_says_so(folder: Path, tmp_path: Path) -> None:
    """As predict images have it: the modules beside the package, not the package itself."""
    inference = tmp_path / "app" / "inference"
    inference.mkdir(parents=True)
    for one in (entry_point.ROOT / "inference").glob("*.py"):
        (inference / one.name).write_bytes(one.read_bytes())
    ended = subprocess.run(
        [sys.executable, "-S", "-m", "inference", "serve"],  # -S: not this repository's either
        cwd=tmp_path / "app",
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert json.loads(ended.stderr)["error"] == {
        "code": "bad-request",
        "message": "this image has no service, for it lacks inference.serving: build it to serve",
        "path": "",
    }
