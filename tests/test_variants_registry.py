"""Compressed sizes against a real registry's: an image is pushed, its manifest read."""

from __future__ import annotations

import http.client
import json
import uuid
from pathlib import Path
from typing import Any

import docker  # noqa: TID251 - pushes, which the product never does
import pytest

from bench.inspection.layer_cache import LayerCache
from bench.inspection.sources import from_engine
from bench.loopback_registry import Registry
from builders.engine import Engine

pytestmark = [pytest.mark.engine, pytest.mark.variants]

VARIANTS = ("onnx", "distroless-onnx")
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
TOLERANCE = 0.02  # the most that two gzip programs of one level may differ by
SMALL_BYTES = 2048  # a layer of a few files may differ by a tenth, which is about as much


def pushed_sizes(image_id: str, registry: Registry) -> list[int]:
    """Bytes of each layer in the registry, lowest first; the engine keeps no name of it."""
    name = f"slimbench-test/{uuid.uuid4().hex}"
    api = docker.APIClient(version="auto")
    api.tag(image_id, f"{registry.address}/{name}", "1")
    try:
        output: str = api.push(f"{registry.address}/{name}:1")
    finally:
        api.remove_image(f"{registry.address}/{name}:1")
    assert "digest: sha256:" in output, output
    return [layer["size"] for layer in manifest(registry, name)["layers"]]


def manifest(registry: Registry, name: str) -> dict[str, Any]:
    connection = http.client.HTTPConnection(registry.address)
    connection.request("GET", f"/v2/{name}/manifests/1", headers={"Accept": MANIFEST})
    answer = connection.getresponse()
    assert answer.status == 200
    found: dict[str, Any] = json.loads(answer.read())
    connection.close()
    return found


@pytest.mark.parametrize("name", VARIANTS)
def test_compressed_sizes_are_those_of_a_registry(
    engine: Engine, registry: Registry, tmp_path: Path, name: str
) -> None:
    image = engine.image(f"slimbench/{name}:latest")
    assert image is not None, f"slimbench/{name} isn't built: run the main job first"
    theirs = pushed_sizes(image.image_id, registry)
    ours = from_engine(engine, name, image, LayerCache(tmp_path), compress=True).compressed_bytes
    assert list(ours) == [pytest.approx(size, rel=TOLERANCE, abs=SMALL_BYTES) for size in theirs]
    assert sum(size or 0 for size in ours) == pytest.approx(sum(theirs), rel=TOLERANCE)
