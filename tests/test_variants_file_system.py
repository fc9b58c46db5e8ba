"""The repository's seven images: what their layers give is what the engine's own export gives."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from exported import computed, differences

from bench.inspection.layer_cache import LayerCache
from bench.inspection.sources import from_engine, keep_layers
from builders.engine import Engine, ImageInfo

pytestmark = [pytest.mark.engine, pytest.mark.variants]

VARIANTS = ("fat", "cpu-torch", "slim", "multistage", "distroless", "onnx", "distroless-onnx")
MAX_RESIDENT_BYTES = 400_000_000

# As `slimbench inspect` reads an image that it has never seen.
INSPECTION = """
import sys
from pathlib import Path
from bench.inspection.anatomy import anatomy
from bench.inspection.image_facts import image_facts
from bench.inspection.layer_cache import LayerCache
from bench.inspection.sources import from_engine
from builders.docker_engine import connect
engine = connect()
image = engine.image(sys.argv[1])
contents = from_engine(engine, "fat", image, LayerCache(Path(sys.argv[2])))
assert image_facts(anatomy(contents)).size_bytes > 5e9
# Not ru_maxrss: it keeps what the process was before it became this program.
status = Path("/proc/self/status").read_text()
print(next(int(line.split()[1]) * 1024 for line in status.splitlines() if "VmHWM" in line))
"""


class Counting:
    """The engine's saves, counted."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.saves: list[Sequence[str]] = []
        self.saved_bytes = 0

    def save(self, images: Sequence[str]) -> Iterator[bytes]:
        self.saves.append(images)
        for chunk in self._engine.save(images):
            self.saved_bytes += len(chunk)
            yield chunk


def image_of(engine: Engine, name: str) -> ImageInfo:
    image = engine.image(f"slimbench/{name}:latest")
    assert image is not None, f"slimbench/{name} isn't built: run the main job first"
    return image


@pytest.fixture(scope="module")
def read(
    engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Counting, LayerCache, dict[str, ImageInfo]]:
    """All seven, read into an empty cache at once."""
    counting, cache = Counting(engine), LayerCache(tmp_path_factory.mktemp("layers"))
    images = {name: image_of(engine, name) for name in VARIANTS}
    keep_layers(counting, list(images.values()), cache)
    return counting, cache, images


def test_one_save_reads_every_layer_once(
    read: tuple[Counting, LayerCache, dict[str, ImageInfo]],
) -> None:
    counting, cache, images = read
    assert len(counting.saves) == 1
    diff_ids = [diff_id for image in images.values() for diff_id in image.diff_ids]
    sizes = {diff_id: layer_size(cache, diff_id) for diff_id in diff_ids}
    assert len(sizes) < len(diff_ids)  # some are shared
    assert counting.saved_bytes == pytest.approx(sum(sizes.values()), rel=0.001)


def layer_size(cache: LayerCache, diff_id: str) -> int:
    layer = cache.layer(diff_id)
    assert layer is not None
    return layer.size_bytes


@pytest.mark.parametrize("name", VARIANTS)
def test_the_final_file_system_is_the_exported_one(
    read: tuple[Counting, LayerCache, dict[str, ImageInfo]], name: str
) -> None:
    counting, cache, images = read
    contents = from_engine(counting, name, images[name], cache)
    assert len(counting.saves) == 1  # nothing was read again
    assert len(computed(contents.files)) > 2000
    assert differences(images[name].image_id, contents.files) == []
    written = sum(entry.size_bytes for layer in contents.layers for entry in layer.entries)
    superseded = sum(one.size_bytes for one in contents.files.superseded)
    assert contents.files.file_bytes + superseded == written


def test_reading_the_largest_takes_less_than_400_mb(engine: Engine, tmp_path: Path) -> None:
    image = image_of(engine, "fat")
    command = [sys.executable, "-c", INSPECTION, image.image_id, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < MAX_RESIDENT_BYTES
