"""Fixtures for all tests: the engines, things of the test's own in them, and the process guard."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from process_guard import ProcessGuard
from real_project import VARIANTS, RealProject, write_project
from tiny_image import build_tiny_image

from bench.loopback_registry import PROGRAM, Registry, loopback_registry
from builders.engine import Engine, ImageInfo
from builders.errors import EngineUnavailable
from builders.fake_engine import FakeEngine
from builders.labels import MATRIX, VARIANT
from builders.plan import tag

TEST_LABEL = "io.slimbench.test"
_GUARD = ProcessGuard()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that names a real engine's fixture must carry the mark."""
    for item in items:
        wanted = {"engine", "tiny_image"} & set(getattr(item, "fixturenames", ()))
        if wanted and not item.get_closest_marker("engine"):
            raise pytest.UsageError(f"{item.nodeid} uses {wanted}; mark it `engine`")


@pytest.fixture(autouse=True)
def process_guard(request: pytest.FixtureRequest) -> Iterator[ProcessGuard]:
    """Unmarked tests start no process and don't reach the engine."""
    marks = {mark.name for mark in request.node.iter_markers()}
    _GUARD.forbids_engine = not marks & {"engine", "exporter"}
    _GUARD.forbids_processes = _GUARD.forbids_engine and "process" not in marks
    yield _GUARD
    _GUARD.forbids_processes = _GUARD.forbids_engine = False
    _GUARD.check()


@pytest.fixture
def fake_engine() -> FakeEngine:
    """An empty engine in memory."""
    return FakeEngine()


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The real engine; without one the tests are skipped, and fail when CI=true."""
    from builders.docker_engine import connect  # noqa: PLC0415 - the SDK takes a while

    try:
        return connect()
    except EngineUnavailable as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"engine tests need an engine: {error}")
        pytest.skip(f"needs an engine: {error}")


@pytest.fixture(scope="session")
def session_labels(engine: Engine) -> Iterator[dict[str, str]]:
    """Labels of what lives as long as the test run."""
    labels = {TEST_LABEL: f"run-{uuid.uuid4().hex}"}
    yield labels
    engine.remove_labelled(labels)


@pytest.fixture(scope="session")
def tiny_image(
    engine: Engine, session_labels: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> ImageInfo:
    """A few MB with sh, cat, ls, sleep, head and tr of this machine; no registry is needed."""
    folder: Path = tmp_path_factory.mktemp("tiny-image")
    return build_tiny_image(engine, folder, session_labels)


@pytest.fixture(scope="session")
def registry_program() -> None:
    """Debian's registry; without it the tests are skipped, and fail when CI=true."""
    if shutil.which(PROGRAM) is not None:
        return
    reason = f"needs Debian's registry: apt-get install {PROGRAM}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Debian's Chromium; without it the tests are skipped, and fail when CI=true."""
    found = shutil.which("chromium")
    if found is not None:
        return found
    reason = "needs Debian's Chromium: apt-get install chromium"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def registry(
    registry_program: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Registry]:
    """A running registry on loopback."""
    with loopback_registry(tmp_path_factory.mktemp("registry")) as running:
        yield running


@pytest.fixture(scope="session")
def real_project(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealProject]:
    """`onnx` and `distroless-onnx` of the repository's matrix, built by its own code.

    Their tags are the repository's: what was there before stays. So do the bases and the exporter
    in any case, as wheels do, for a later build needs them again.
    """
    absent = [name for name in VARIANTS if engine.image(tag(name)) is None]
    project = write_project(tmp_path_factory.mktemp("real") / "project", engine)
    try:
        built = project.slimbench("build")
        assert built.exit_code == 0, built.errors
        yield project
    finally:
        for name in absent:
            engine.remove_labelled({VARIANT: name, MATRIX: project.matrix.digest})


@pytest.fixture(scope="session")
def exporter_image(real_project: RealProject) -> ImageInfo:
    """The image that exports models, built as for any matrix."""
    return real_project.image("exporter")
