"""Every rung with the service on top: the same answers, nothing to write to, an ending in time."""

from __future__ import annotations

import json
import socket
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from running_service import multipart
from service_container import USER, Launch, RunningService, service_container

from builders.engine import ContainerSpec, Engine
from builders.matrix_file import load_matrix
from builders.own_container import own_container

pytestmark = [pytest.mark.engine, pytest.mark.variants]

ROOT = Path(__file__).resolve().parent.parent
VARIANTS = ("fat", "cpu-torch", "slim", "multistage", "distroless", "onnx", "distroless-onnx")
TOLERANCE = 1e-4  # as the matrix has it for float32
STOP_S = 5.0  # an orchestrator's patience
LACKING = """
import importlib.util, json
names = ("fastapi", "starlette", "uvicorn", "prometheus_client", "python_multipart")
print(json.dumps([name for name in names if importlib.util.find_spec(name)]))
"""


def test_no_rung_is_forgotten() -> None:
    matrix = load_matrix(ROOT / "variants.yaml")
    serving = {one.name for one in matrix.variants if "serve" in one.workloads}
    assert set(VARIANTS) <= serving


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    samples = sorted((ROOT / "artifacts" / "mobilenet_v2" / "samples").glob("*.png"))
    assert samples, "the main job exports the model: nox"
    folder = tmp_path_factory.mktemp("images")
    folder.chmod(0o755)  # the service is another user
    for one in samples[:4]:
        (folder / one.name).write_bytes(one.read_bytes())
    return folder


@pytest.fixture(scope="module", params=VARIANTS)
def service(
    request: pytest.FixtureRequest, engine: Engine, session_labels: dict[str, str], images: Path
) -> Iterator[RunningService]:
    launch = Launch(
        image=f"slimbench/{request.param}:serve", images=images, memory_bytes=2 * 1024**3
    )
    with service_container(engine, session_labels, launch) as running:
        yield running


@pytest.fixture(scope="module")
def expected(engine: Engine, session_labels: dict[str, str], images: Path) -> dict[str, Any]:
    """What the reference's service says of each picture."""
    launch = Launch(image="slimbench/fat:serve", images=images, memory_bytes=2 * 1024**3)
    with service_container(engine, session_labels, launch) as running:
        return {one.name: running.json(f"/inference/{one.name}") for one in images.iterdir()}


def predict(service: RunningService, *pictures: bytes) -> Any:
    body, headers = multipart(pictures)
    request = urllib.request.Request(f"{service.url}/predict", body, headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def test_it_says_what_it_is(service: RunningService) -> None:
    health = service.json("/health")
    assert (health["status"], health["model"], health["device"]) == ("ok", "mobilenet_v2", "cpu")
    runtime = {"onnx": "onnxruntime", "torchscript": "torch"}[health["backend"]]
    assert health["version"].startswith(f"{runtime} ")


def test_the_answers_are_the_reference_s(
    service: RunningService, expected: dict[str, Any], images: Path
) -> None:
    pictures = sorted(images.iterdir())
    found = predict(service, *[one.read_bytes() for one in pictures])["predictions"]
    for path, one in zip(pictures, found):
        wanted = expected[path.name]
        assert one["class_id"] == wanted["class_id"]
        assert one["confidence"] == pytest.approx(wanted["confidence"], abs=TOLERANCE)
        alone = service.json(f"/inference/{path.name}")
        assert alone["class_id"] == wanted["class_id"]


def test_its_api_page_is_in_the_image(service: RunningService) -> None:
    assert service.get("/docs")[0] == 200
    assert b"SwaggerUI" in service.get("/docs/swagger-ui-bundle.js")[1]


def test_a_file_that_it_may_not_read_is_told(service: RunningService, images: Path) -> None:
    secret = images / f"{uuid.uuid4().hex}.png"
    secret.write_bytes(b"x")
    secret.chmod(0)
    try:
        status, body = service.get(f"/inference/{secret.name}")
    finally:
        secret.unlink()
    assert (status, json.loads(body)["error"]["code"]) == (404, "unreadable")


@pytest.mark.parametrize("variant", VARIANTS)
def test_it_ends_in_time_with_0_although_a_client_is_stuck(
    engine: Engine, session_labels: dict[str, str], variant: str
) -> None:
    launch = Launch(image=f"slimbench/{variant}:serve", memory_bytes=2 * 1024**3)
    with service_container(engine, session_labels, launch) as running:
        with socket.create_connection(running.address) as stuck:
            stuck.sendall(b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")
            running.get("/live")
            engine.signal(running.container, "SIGTERM")
            state = engine.wait(running.container, STOP_S)
        assert state.exit_code == 0
        assert "Traceback" not in running.logs()


@pytest.mark.parametrize("variant", VARIANTS)
def test_an_image_that_only_predicts_has_no_web_framework(
    engine: Engine, session_labels: dict[str, str], variant: str
) -> None:
    image = f"slimbench/{variant}:latest"
    spec = ContainerSpec(image, ("-c", LACKING), session_labels, entrypoint=("python3",), user=USER)
    with own_container(engine, spec) as container:
        engine.start(container)
        assert engine.wait(container, 60).exit_code == 0
        assert json.loads(engine.logs(container)) == []
    with own_container(engine, ContainerSpec(image, ("serve",), session_labels)) as container:
        engine.start(container)
        assert engine.wait(container, 60).exit_code == 2
        assert "this image has no service" in engine.logs(container)
