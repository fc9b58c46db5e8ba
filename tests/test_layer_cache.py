from __future__ import annotations

import json
from pathlib import Path

import pytest
from layer_archives import digest, files, link, program, tar_of

from bench.inspection.layer_cache import LayerCache, layer_facts
from bench.inspection.layers import LayerContents
from builders.engine import ImageInfo
from builders.errors import EngineError, SlimbenchError
from builders.fake_engine import FakeEngine
from builders.fake_images import FakeImage

LOWER = tar_of(program("bin/sh"), link("bin/ash", "sh"))
UPPER = files({"etc/motd": b"welcome " * 500})


@pytest.fixture
def cache(tmp_path: Path) -> LayerCache:
    return LayerCache(tmp_path / "not" / "there yet")


def holding(*layers: bytes) -> tuple[FakeEngine, ImageInfo]:
    engine = FakeEngine(registry={"tested:1": FakeImage(layers=layers)})
    return engine, engine.pull("tested:1")


def saves(engine: FakeEngine) -> int:
    return [call for call, _ in engine.calls].count("save")


def test_layers_come_in_the_images_order(cache: LayerCache):
    engine, image = holding(UPPER, LOWER, UPPER)
    layers = layer_facts(engine, image, cache)
    assert [layer.diff_id for layer in layers] == [digest(UPPER), digest(LOWER), digest(UPPER)]


def test_an_image_is_saved_once_and_never_again(cache: LayerCache):
    engine, image = holding(LOWER, UPPER)
    first = layer_facts(engine, image, cache)
    assert layer_facts(engine, image, cache) == first
    assert saves(engine) == 1


def test_an_image_without_layers_is_not_saved(cache: LayerCache):
    engine, image = holding()
    assert layer_facts(engine, image, cache) == ()
    assert saves(engine) == 0


def test_only_missing_layers_are_read(cache: LayerCache):
    layer_facts(*holding(LOWER), cache)
    noted = cache.get(digest(LOWER))
    assert noted is not None
    # A size that no reading would give shows that the known layer wasn't read again.
    cache.put(noted.model_copy(update={"compressed_bytes": 1}))
    engine, image = holding(LOWER, UPPER)
    assert [layer.compressed_bytes > 1 for layer in layer_facts(engine, image, cache)] == [
        False,
        True,
    ]
    assert saves(engine) == 1


def version_2(text: str) -> str:
    return text.replace('"version":1', '"version":2')


def another_layer(text: str) -> str:
    return text.replace(digest(LOWER), digest(UPPER))


@pytest.mark.parametrize(
    "spoil",
    [lambda _: "", lambda text: text[:-9], lambda _: json.dumps([1]), version_2, another_layer],
    ids=["empty", "cut off", "foreign", "other version", "other layer"],
)
def test_an_entry_that_cannot_be_used_is_computed_again(tmp_path: Path, spoil):
    cache = LayerCache(tmp_path)
    engine, image = holding(LOWER)
    (right,) = layer_facts(engine, image, cache)
    (file,) = tmp_path.iterdir()
    spoiled = spoil(file.read_text())
    assert spoiled != file.read_text()
    file.write_text(spoiled)
    assert cache.get(digest(LOWER)) is None
    assert layer_facts(engine, image, cache) == (right,)
    assert cache.get(digest(LOWER)) == right
    assert saves(engine) == 2


def test_what_is_kept_is_what_comes_back(cache: LayerCache):
    layer = LayerContents(
        diff_id="sha256:ab", size_bytes=1, compressed_bytes=2, member="m", entries=()
    )
    assert cache.get("sha256:ab") is None
    cache.put(layer)
    assert cache.get("sha256:ab") == layer


def test_no_part_is_left_where_an_entry_cannot_be_kept(tmp_path: Path):
    cache = LayerCache(tmp_path)
    engine, image = holding(LOWER)
    (tmp_path / f"{digest(LOWER).replace(':', '-')}.json").mkdir()
    with pytest.raises(SlimbenchError, match=r"can.t be kept .*make room there") as caught:
        layer_facts(engine, image, cache)
    assert caught.value.where == str(tmp_path)
    assert [file.suffix for file in tmp_path.iterdir()] == [".json"]


def test_an_archive_that_lacks_a_layer_is_told(cache: LayerCache):
    engine, image = holding(LOWER)
    other = ImageInfo(**{**vars(image), "diff_ids": (digest(LOWER), "sha256:missing")})
    with pytest.raises(EngineError, match="lacks the layer sha256:missing"):
        layer_facts(engine, other, cache)
    assert cache.get(digest(LOWER)) is not None
