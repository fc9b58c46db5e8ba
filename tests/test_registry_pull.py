"""Pulling by digest from a real registry on loopback, and each way that this goes wrong."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import docker  # noqa: TID251 - pushes, which the product never does
import pytest
import small_project
from conftest import TEST_LABEL
from tiny_image import write_context

from bench.loopback_registry import Registry, free_port, loopback_registry
from builders import bases
from builders.engine import BuildRequest, Engine
from builders.errors import ImageNotFound, PullFailed, RegistryUnreachable
from builders.labels import CONTEXT, KIND, KIND_BASE

pytestmark = pytest.mark.engine
PASSWORD_LOCK = "auth: {{htpasswd: {{realm: test, path: {file}}}}}\n"


@dataclass(frozen=True)
class Pushed:
    """An image in the registry, and no longer in the engine."""

    repository: str
    digest: str
    image_id: str

    @property
    def reference(self) -> str:
        return f"{self.repository}@{self.digest}"


@pytest.fixture
def labels(engine: Engine) -> Iterator[dict[str, str]]:
    own = {TEST_LABEL: uuid.uuid4().hex}
    yield own
    engine.remove_labelled(own)


@pytest.fixture
def pushed(engine: Engine, registry: Registry, labels: dict[str, str], tmp_path: Path) -> Pushed:
    files = {"Dockerfile": b"FROM scratch\nCOPY data /data\n", "data": uuid.uuid4().bytes}
    context = write_context(tmp_path / "context.tar", files)
    repository = f"{registry.address}/slimbench-test/{uuid.uuid4().hex}"
    built = engine.build(BuildRequest(context, "Dockerfile", f"{repository}:1", labels), print)
    output: str = docker.APIClient(version="auto").push(f"{repository}:1")
    digest = re.search(r"digest: (sha256:[0-9a-f]{64})", output)
    assert digest is not None, output
    engine.remove_labelled(labels)
    assert engine.image(built.image_id) is None
    return Pushed(repository, digest[1], built.image_id)


def test_a_base_is_pulled_by_digest(engine: Engine, pushed: Pushed) -> None:
    pulled = engine.pull(pushed.reference)
    assert pulled.image_id == pushed.image_id
    assert pushed.reference in pulled.repo_digests
    assert pulled.tags == ()
    assert engine.image(pushed.reference) == pulled


def test_a_digest_beside_a_tag_is_what_counts(engine: Engine, pushed: Pushed) -> None:
    reference = f"{pushed.repository}:another-tag@{pushed.digest}"
    assert engine.pull(reference).image_id == pushed.image_id
    assert engine.image(reference) is not None


def test_a_wrong_digest_is_not_found(engine: Engine, pushed: Pushed) -> None:
    wrong = f"{pushed.repository}@sha256:{'0' * 64}"
    with pytest.raises(ImageNotFound, match="check its name and digest"):
        engine.pull(wrong)
    assert engine.image(wrong) is None


def test_an_unknown_name_is_not_found(engine: Engine, registry: Registry) -> None:
    with pytest.raises(ImageNotFound, match="check its name and digest"):
        engine.pull(f"{registry.address}/slimbench-test/nothing:1")


def test_a_tampered_layer_is_refused(engine: Engine, pushed: Pushed, registry: Registry) -> None:
    """The registry's own bytes for that digest are changed under it."""
    manifest = json.loads(_blob(registry, pushed.digest).read_text())
    layer = _blob(registry, manifest["layers"][0]["digest"])
    intact = layer.read_bytes()
    layer.write_bytes(intact[:-1] + bytes([intact[-1] ^ 1]))
    with pytest.raises(PullFailed, match="the pull failed") as caught:
        engine.pull(pushed.reference)
    assert type(caught.value) is PullFailed
    assert engine.image(pushed.reference) is None


def _blob(registry: Registry, digest: str) -> Path:
    (found,) = registry.folder.rglob(f"blobs/sha256/*/{digest.split(':')[1]}/data")
    return found


def test_a_registry_behind_a_password_refuses(
    engine: Engine, registry_program: None, tmp_path: Path
) -> None:
    passwords = tmp_path / "htpasswd"
    passwords.write_text("")
    lock = PASSWORD_LOCK.format(file=passwords)
    with loopback_registry(tmp_path, lock) as locked:
        with pytest.raises(PullFailed, match="docker login") as caught:
            engine.pull(f"{locked.address}/slimbench-test/locked:1")
        assert type(caught.value) is PullFailed


def test_a_closed_port_is_no_registry(engine: Engine) -> None:
    with pytest.raises(RegistryUnreachable, match="base_source: bootstrap"):
        engine.pull(f"127.0.0.1:{free_port()}/slimbench-test/x@sha256:{'0' * 64}")


def test_a_base_of_the_matrix_comes_by_digest_and_carries_our_labels(
    engine: Engine, pushed: Pushed, tmp_path: Path
) -> None:
    small = small_project.make(tmp_path)
    file = small.root / "variants.yaml"
    reference = f"{pushed.repository}:1@{pushed.digest}"
    text = file.read_text().replace(small_project.BASE, reference)
    file.write_text(re.sub(r"\bfull\b", "of-a-test", text))
    digest = bases.wanted(small.matrix.bases["of-a-test"], "auto")
    try:
        resolved = bases.resolve(engine, small.matrix, "of-a-test", tmp_path, print)
        assert (resolved.source, resolved.reference) == ("pull", reference)
        assert resolved.image.labels[KIND] == KIND_BASE
        again = bases.resolve(engine, small.matrix, "of-a-test", tmp_path, print)
        assert again.image.image_id == resolved.image.image_id
    finally:
        engine.remove_labelled({CONTEXT: digest})
