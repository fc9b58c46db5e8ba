"""Reading an engine's images: what is known isn't saved again, and one save serves several."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Optional

import pytest
from image_archives import Layout
from layer_archives import digest, files
from saved_images import Content, layer

from bench.inspection.archive_stream import broken
from bench.inspection.layer_cache import LayerCache
from bench.inspection.sources import from_archive, from_engine, keep_layers
from builders.engine import ImageInfo
from builders.errors import EngineError, ImageNotFound
from builders.fake_engine import FakeEngine
from builders.fake_images import FakeImage

BASE: Mapping[str, Content] = {"bin/sh": "a shell", "etc/motd": "hello " * 200}
BIG: Mapping[str, Content] = {"opt/big": "big" * 1000}
SMALL: Mapping[str, Content] = {"opt/small": "small"}


@pytest.fixture
def cache(tmp_path: Path) -> LayerCache:
    return LayerCache(tmp_path / "layers")


class Watched:
    """An engine with these images whose saves are noted, with the bytes that were taken."""

    def __init__(self, **images: Sequence[Mapping[str, Content]]) -> None:
        made = {name: FakeImage(layers=tuple(map(layer, images[name]))) for name in images}
        self.engine = FakeEngine(registry=made)
        self.images = {name: self.engine.pull(name) for name in images}
        self.saves: list[Sequence[str]] = []
        self.archive: Optional[bytes] = None

    def save(self, images: Sequence[str]) -> Iterator[bytes]:
        self.saves.append(images)
        return self.engine.save(images) if self.archive is None else iter([self.archive])


def test_images_that_share_layers_are_read_in_one_save(cache: LayerCache):
    engine = Watched(big=[BASE, BIG], small=[BASE, SMALL])
    keep_layers(engine, engine.images.values(), cache)
    assert engine.saves == [[image.image_id for image in engine.images.values()]]
    big = from_engine(engine, "big", engine.images["big"], cache)
    small = from_engine(engine, "small", engine.images["small"], cache)
    assert len(engine.saves) == 1
    assert big.layers[0] == small.layers[0]
    assert list(small.files.paths) == ["bin", "bin/sh", "etc", "etc/motd", "opt", "opt/small"]
    assert (big.name, big.image_id) == ("big", engine.images["big"].image_id)
    assert big.engine_size_bytes == engine.images["big"].engine_size_bytes


def test_nothing_is_saved_for_images_that_are_known(cache: LayerCache):
    engine = Watched(big=[BASE, BIG])
    first = from_engine(engine, "big", engine.images["big"], cache)
    assert from_engine(engine, "big", engine.images["big"], cache) == first
    assert len(engine.saves) == 1


def test_only_unknown_images_are_saved_and_only_unknown_layers_read(
    cache: LayerCache, monkeypatch: pytest.MonkeyPatch
):
    engine = Watched(big=[BASE, BIG], small=[BASE, SMALL])
    keep_layers(engine, [engine.images["big"]], cache)
    kept: list[str] = []
    put = cache.put
    monkeypatch.setattr(cache, "put", lambda one: (kept.append(one.contents.diff_id), put(one)))
    keep_layers(engine, engine.images.values(), cache)
    assert engine.saves[1:] == [[engine.images["small"].image_id]]
    assert kept == [digest(layer(SMALL))]


def test_an_image_without_layers_is_saved_for_its_configuration_alone(cache: LayerCache):
    engine = Watched(empty=[])
    contents = from_engine(engine, "empty", engine.images["empty"], cache)
    assert (contents.layers, contents.config.architecture) == ((), "amd64")


def test_sizes_that_are_asked_for_later_are_measured_then(cache: LayerCache):
    engine = Watched(big=[BASE, BIG])
    image = engine.images["big"]
    assert from_engine(engine, "big", image, cache).compressed_bytes == (None, None)
    measured = from_engine(engine, "big", image, cache, compress=True)
    assert all(measured.compressed_bytes)
    assert len(engine.saves) == 2
    assert from_engine(engine, "big", image, cache) == measured
    assert from_engine(engine, "big", image, cache, compress=True) == measured
    assert len(engine.saves) == 2


def test_a_spoiled_cache_file_is_read_again(cache: LayerCache, tmp_path: Path):
    engine = Watched(big=[BASE, BIG])
    image = engine.images["big"]
    first = from_engine(engine, "big", image, cache)
    for kind in ("layer", "image"):
        next((tmp_path / "layers").glob(f"{kind}-*.json")).write_text("{}")
        assert from_engine(engine, "big", image, cache) == first
    assert len(engine.saves) == 3


def test_an_archive_and_the_engine_tell_the_same(cache: LayerCache):
    engine = Watched(big=[BASE, BIG])
    image = engine.images["big"]
    saved = from_archive(engine.engine.save([image.image_id]), "big", compress=True)
    kept = from_engine(engine, "big", image, cache, compress=True)
    assert replace(kept, engine_size_bytes=None) == saved


def containerd_style() -> tuple[Watched, ImageInfo]:
    """An engine whose ids are digests of manifests: the archive doesn't tell them."""
    engine = Watched(big=[BASE, BIG])
    layout = Layout()
    image = layout.image(BASE, BIG)
    engine.archive = layout.archive(layout.index(image, layout.attestation()))
    return engine, replace(engine.images["big"], image_id=image["digest"])


def test_an_id_that_is_no_digest_of_the_configuration_is_found_by_its_layers(cache: LayerCache):
    engine, image = containerd_style()
    contents = from_engine(engine, "big", image, cache)
    assert contents.image_id == image.image_id
    assert len(contents.layers) == 2
    assert from_engine(engine, "big", image, cache) == contents
    assert len(engine.saves) == 1


def test_an_archive_without_the_images_configuration_is_told(cache: LayerCache):
    engine, image = containerd_style()
    other = replace(image, image_id="sha256:other", diff_ids=("sha256:x",))
    with pytest.raises(EngineError) as caught:
        from_engine(engine, "big", other, cache)
    assert caught.value.what == "the archive lacks the configuration of sha256:other"
    assert caught.value.where == "what the engine saved"


def test_an_archive_without_a_layer_is_told(cache: LayerCache):
    engine = Watched(big=[BASE, BIG])
    image = engine.images["big"]
    engine.archive = without_layers(b"".join(engine.engine.save(["big"])))
    with pytest.raises(EngineError, match=f"big: the archive lacks the layer {image.diff_ids[0]}"):
        from_engine(engine, "big", image, cache)


def without_layers(archive: bytes) -> bytes:
    archived = from_archive([archive], "big")
    config = FakeImage(layers=(layer(BASE), layer(BIG))).configuration()
    assert archived.config.diff_ids == tuple(json.loads(config)["rootfs"]["diff_ids"])
    return files({"c.json": config, "manifest.json": b'[{"Config": "c.json"}]'})


def test_a_layer_that_cannot_be_read_is_told_by_its_member(cache: LayerCache):
    broken_layer = {"a/../b": ""}
    engine = Watched(good=[BASE], bad=[BASE, broken_layer])
    with pytest.raises(EngineError) as caught:
        keep_layers(engine, engine.images.values(), cache)
    assert caught.value.where.startswith("what the engine saved, layer ")
    assert "the path 'a/../b' leaves the image" in caught.value.what
    assert from_engine(engine, "good", engine.images["good"], cache).layers  # it was kept
    with pytest.raises(EngineError, match="leaves the image"):
        from_engine(engine, "bad", engine.images["bad"], cache)


def test_a_broken_layer_of_another_image_does_not_matter(cache: LayerCache):
    engine = Watched(good=[BASE], bad=[{"a/../b": ""}])
    engine.archive = b"".join(engine.engine.save(["good", "bad"]))
    assert from_engine(engine, "good", engine.images["good"], cache).layers


@pytest.mark.parametrize("text", [b'{"os": "\xff"}', b'{"os": 7}', b"[]"])
def test_a_configuration_that_is_none_is_told(cache: LayerCache, text: bytes):
    engine = Watched(big=[])
    image = replace(engine.images["big"], image_id=digest(text))
    engine.archive = files({"c.json": text, "manifest.json": b'[{"Config": "c.json"}]'})
    with pytest.raises(EngineError, match=r"the image.s configuration can.t be read"):
        from_engine(engine, "big", image, cache)


def test_an_image_that_is_gone_is_told(cache: LayerCache):
    engine = Watched(big=[BASE])
    gone = replace(engine.images["big"], image_id="sha256:gone")
    with pytest.raises(ImageNotFound):
        from_engine(engine, "big", gone, cache)


def test_the_save_is_closed_where_reading_ends_early(cache: LayerCache):
    closed: list[bool] = []

    class Breaking(Watched):
        def save(self, images: Sequence[str]) -> Iterator[bytes]:
            try:
                yield bytes(100) + b"no archive" * 100
                raise AssertionError("nothing more is asked for")
            finally:
                closed.append(True)

    engine: Any = Breaking(big=[BASE])
    with pytest.raises(EngineError, match="isn't a tar archive"):
        from_engine(engine, "big", engine.images["big"], cache)
    assert closed == [True]


def test_advice_fits_files_and_engines():
    assert str(broken("it is empty", "a.tar")) == (
        "a.tar: it is empty; save the image again, and rebuild it if that doesn't help"
    )
