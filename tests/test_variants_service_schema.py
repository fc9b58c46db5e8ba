"""Schemathesis: requests made up from the running container's own OpenAPI page."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile_pictures import good
from service_container import Launch, RunningService, service_container

from builders.engine import Engine

pytestmark = [pytest.mark.engine, pytest.mark.variants]

TIMEOUT_S = 600
# Not `positive_data_acceptance`: no schema can say that bytes are a picture.
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
)
# Beside the usual ones: a list that is longer than allowed is too large.
SETTINGS = """
[checks.negative_data_rejection]
expected-statuses = ["400", "404", "405", "408", "413", "415", "422"]
"""
EXAMPLES = 1000  # for each operation
OPERATIONS = {"/", "/health", "/live", "/ready", "/predict", "/inference/{filename}", "/metrics"}


@pytest.fixture(scope="module")
def service(
    engine: Engine, session_labels: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningService]:
    folder: Path = tmp_path_factory.mktemp("images")
    (folder / "good.png").write_bytes(good("PNG", random.Random(1)))
    folder.chmod(0o755)
    with service_container(engine, session_labels, Launch(images=folder)) as running:
        yield running


def test_the_page_names_every_operation(service: RunningService):
    page = service.json("/openapi.json")
    assert set(page["paths"]) == OPERATIONS
    assert set(page["paths"]["/inference/{filename}"]) == {"get", "post"}


def test_answers_are_as_the_page_says(service: RunningService, tmp_path: Path):
    settings = tmp_path / "schemathesis.toml"
    settings.write_text(SETTINGS)
    words = [
        *("--config-file", str(settings)),
        *("run", f"{service.url}/openapi.json", "--checks", ",".join(CHECKS)),
        *("--max-examples", str(EXAMPLES), "--seed", "1", "--request-timeout", "30"),
        *("--generation-database", "none", "--no-color"),
    ]
    command = [sys.executable, "-m", "schemathesis.cli", *words]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert service.state.running
    assert service.metric("slimbench_requests_total", status="500") == 0
    assert service.metric("slimbench_requests_total", path="/predict") >= EXAMPLES
