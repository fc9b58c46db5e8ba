from __future__ import annotations

import json
from pathlib import Path

import pytest
from layer_archives import digest, files, link, program, tar_of

from bench.inspection.layer_cache import LayerCache
from bench.inspection.layer_contents import LayerContents
from bench.inspection.layers import ScannedLayer, scan_archive
from builders.errors import SlimbenchError
from builders.fake_images import FakeImage, saved

IMAGE = FakeImage(layers=(tar_of(program("bin/sh"), link("bin/ash", "sh")),))
(DIFF_ID,) = IMAGE.diff_ids
OTHER = digest(b"another layer")


def scanned() -> ScannedLayer:
    found = scan_archive([saved([(IMAGE, ["tested:1"])])], "tested", compress=True)
    (layer,) = (item for item in found if isinstance(item, ScannedLayer))
    return layer


@pytest.fixture
def cache(tmp_path: Path) -> LayerCache:
    return LayerCache(tmp_path / "not" / "there yet")


def test_nothing_is_known_of_what_was_never_read(cache: LayerCache):
    assert cache.layer(DIFF_ID) is None
    assert cache.compressed_bytes(DIFF_ID) is None
    assert cache.configuration(IMAGE.image_id) is None


def test_what_is_kept_is_what_comes_back(cache: LayerCache):
    layer = scanned()
    cache.put(layer)
    assert cache.layer(DIFF_ID) == layer.contents
    assert cache.compressed_bytes(DIFF_ID) == layer.compressed_bytes
    cache.put_configuration(IMAGE.image_id, IMAGE.configuration())
    assert cache.configuration(IMAGE.image_id) == IMAGE.configuration()


def test_every_field_of_an_entry_and_every_note_comes_back(cache: LayerCache):
    content = {"etc/os-release": b"ID=debian\n", "app/key.pem": b"-----BEGIN PRIVATE KEY-----\n"}
    image = FakeImage(layers=(files(content),))
    (layer, *_) = scan_archive([saved([(image, ["tested:1"])])], "tested")
    assert isinstance(layer, ScannedLayer)
    assert layer.contents.notes.texts == {"etc/os-release": "ID=debian\n"}
    cache.put(layer)
    assert cache.layer(image.diff_ids[0]) == layer.contents


def test_a_layer_without_a_measured_size_leaves_the_known_size(cache: LayerCache):
    layer = scanned()
    cache.put(layer)
    cache.put(ScannedLayer(layer.contents, None))
    assert cache.compressed_bytes(DIFF_ID) == layer.compressed_bytes


def other_version(text: str) -> str:
    version = json.loads(text)["version"]
    return text.replace(f'"version":{version}', f'"version":{version + 1}')


def other_digest(text: str) -> str:
    return text.replace(DIFF_ID, OTHER).replace(IMAGE.image_id, OTHER)


@pytest.mark.parametrize("kind", ["layer", "size", "image"])
@pytest.mark.parametrize(
    "spoil",
    [lambda _: "", lambda text: text[:-9], lambda _: json.dumps([1]), other_version, other_digest],
    ids=["empty", "cut off", "foreign", "other version", "of another"],
)
def test_a_file_that_cannot_be_used_counts_as_absent(tmp_path: Path, kind: str, spoil):
    cache = LayerCache(tmp_path)
    cache.put(scanned())
    cache.put_configuration(IMAGE.image_id, IMAGE.configuration())
    (file,) = tmp_path.glob(f"{kind}-*.json")
    spoiled = spoil(file.read_text())
    assert spoiled != file.read_text()
    file.write_text(spoiled)
    known = {
        "layer": cache.layer(DIFF_ID),
        "size": cache.compressed_bytes(DIFF_ID),
        "image": cache.configuration(IMAGE.image_id),
    }
    assert [name for name, found in known.items() if found is None] == [kind]


def test_a_file_that_is_not_text_counts_as_absent(tmp_path: Path):
    cache = LayerCache(tmp_path)
    cache.put(scanned())
    (file,) = tmp_path.glob("layer-*.json")
    file.write_bytes(b"\xff\xfe" + file.read_bytes())
    assert cache.layer(DIFF_ID) is None


def test_no_part_is_left_where_a_file_cannot_be_kept(tmp_path: Path):
    cache = LayerCache(tmp_path)
    (tmp_path / f"layer-{DIFF_ID.replace(':', '-')}.json").mkdir()
    with pytest.raises(SlimbenchError, match=r"can.t be kept .*make room there") as caught:
        cache.put(scanned())
    assert caught.value.where == str(tmp_path)
    assert [file.suffix for file in tmp_path.iterdir()] == [".json"]


def test_a_layer_of_an_older_form_is_read_again(tmp_path: Path):
    cache = LayerCache(tmp_path)
    name = f"{DIFF_ID.replace(':', '-')}.json"
    (tmp_path / f"layer-{name}").write_text(
        json.dumps({"version": 1, "layer": {"diff_id": DIFF_ID, "entries": []}})
    )
    assert cache.layer(DIFF_ID) is None


def test_a_digest_cannot_name_a_file_elsewhere(tmp_path: Path):
    cache = LayerCache(tmp_path / "layers")
    layer = scanned()
    spoiled = layer.contents.model_copy(update={"diff_id": "sha256:../../escaped"})
    assert isinstance(spoiled, LayerContents)
    assert cache.layer("sha256:../../escaped") is None
