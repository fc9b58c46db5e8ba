"""`docker run IMAGE predict PICTURE` in an image without a shell, with as few rights as can be."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from real_project import Ended, RealProject, docker

pytestmark = pytest.mark.engine

NOBODY = "12345:12345"
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def predict(project: RealProject, folder: Path, name: str, *options: str) -> Ended:
    rights = ("--read-only", "--cap-drop", "ALL", "--network", "none", "--user", NOBODY)
    image = project.image("distroless-onnx").image_id
    return docker(
        *("run", "--rm", *rights, "-v", f"{folder}:/data:ro", image),
        *("predict", f"/data/{name}", *options),
    )


def test_prints_the_ranked_classes(real_project: RealProject) -> None:
    for picture in sorted(real_project.samples.iterdir())[:5]:
        done = predict(real_project, real_project.samples, picture.name)
        assert done.exit_code == 0, done.errors
        ranked = done.json()
        assert [one["rank"] for one in ranked] == [1, 2, 3, 4, 5]
        assert all(list(one) == ["rank", "class_id", "label", "prob"] for one in ranked)
        probs = [one["prob"] for one in ranked]
        assert probs == sorted(probs, reverse=True)
        assert 0 < sum(probs) <= 1.0001


def test_says_once_what_seeded_labels_mean(real_project: RealProject) -> None:
    manifest = json.loads((real_project.samples.parent / "manifest.json").read_text())
    picture = sorted(real_project.samples.iterdir())[0]
    done = predict(real_project, real_project.samples, picture.name, "--top", "2")
    assert len(done.json()) == 2
    assert done.errors.strip() == manifest["notice"]


def png(width: int, height: int) -> bytes:
    """A PNG whose header states this size; there are no pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(kind, content) for kind, content in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )


@pytest.fixture
def bad_pictures(real_project: RealProject, tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    good = sorted(real_project.samples.glob("*.jpg"))[0].read_bytes()
    files: dict[str, bytes] = {
        "cut.jpg": good[: len(good) // 2],
        "words.jpg": b"this is no picture\n" * 100,
        "empty.jpg": b"",
        "huge.png": png(8001, 8000),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    folder.chmod(0o755)  # whatever the umask: the container's user is another one
    for path in folder.iterdir():
        path.chmod(0o644)
    return folder


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("missing.jpg", "not-found"),
        ("cut.jpg", "cut-off"),
        ("words.jpg", "not-an-image"),
        ("empty.jpg", "empty-file"),
        ("huge.png", "too-large"),
    ],
)
def test_what_cannot_be_used_is_one_error_object(
    real_project: RealProject, bad_pictures: Path, name: str, code: str
) -> None:
    done = predict(real_project, bad_pictures, name)
    assert (done.exit_code, done.output) == (1, "")
    told: dict[str, Any] = json.loads(done.errors)
    assert told["error"]["code"] == code
    assert told["error"]["path"] == f"/data/{name}"
    assert told["error"]["message"]
