"""Which image of an archive is read, and what is said where none can be."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st
from image_archives import CONFIG_TYPE, Layout, gzipped, zstd, zstd_frames
from layer_archives import digest, files, in_pieces
from saved_images import archive, layer, taken_apart

from bench.inspection.anatomy import anatomy
from bench.inspection.contents import ImageContents
from bench.inspection.image_facts import image_facts
from bench.inspection.saved_image import chosen, own_platform
from bench.inspection.sources import from_archive
from builders.errors import EngineError
from builders.fake_images import FakeImage, saved

SMALL = {"bin/sh": "a shell", "etc/motd": "hello " * 200}
MORE = {"etc/.wh.motd": "", "opt/x": "x"}


def read(packed: bytes, platform: Optional[str] = None, piece_bytes: int = 900) -> ImageContents:
    return from_archive(in_pieces(packed, piece_bytes), "my.tar", platform=platform)


def told(packed: bytes, platform: Optional[str] = None) -> str:
    with pytest.raises(EngineError) as caught:
        read(packed, platform)
    assert caught.value.where.startswith("my.tar")
    assert caught.value.next_step
    return str(caught.value)


@pytest.mark.parametrize("whole", [bytes, gzipped, zstd, zstd_frames])
@pytest.mark.parametrize("pack", [bytes, gzipped, zstd, zstd_frames])
@pytest.mark.parametrize("piece_bytes", [1, 1 << 20])
def test_all_packings_hold_the_same_image(
    whole: Callable[[bytes], bytes], pack: Callable[[bytes], bytes], piece_bytes: int
):
    layout = Layout()
    packed = whole(layout.archive(layout.image(SMALL, MORE, pack=pack)))
    found = read(packed, piece_bytes=piece_bytes)
    assert [one.diff_id for one in found.layers] == [digest(layer(SMALL)), digest(layer(MORE))]
    assert list(found.files.paths) == ["bin", "bin/sh", "etc", "opt", "opt/x"]


def test_a_saved_archive_compressed_as_a_whole_is_the_same_image():
    plain, packed = archive(SMALL, MORE), gzipped(archive(SMALL, MORE))
    assert read(packed) == read(plain)
    assert read(zstd(plain)).image_id == read(plain).image_id


def test_the_size_of_a_compressed_layer_is_the_stored_one():
    layout = Layout()
    packed = layout.archive(layout.image(SMALL, pack=gzipped))
    assert read(packed).compressed_bytes == (len(gzipped(layer(SMALL))),)


def test_an_archive_of_names_that_begin_with_a_dot_is_the_same():
    layout = Layout()
    image = layout.image(SMALL)
    named = {**layout.blobs, "index.json": json.dumps({"manifests": [image]}).encode()}
    assert read(files({f"./{name}": data for name, data in named.items()})).layers


def both(pack: Callable[[bytes], bytes] = bytes) -> tuple[Layout, dict[str, Any], dict[str, Any]]:
    layout = Layout()
    arm = layout.image({"arm": ""}, platform="linux/arm64/v8", pack=pack)
    return layout, arm, layout.image({"intel": ""}, platform="linux/amd64", pack=pack)


@pytest.mark.parametrize("nested", [False, True])
def test_a_platform_is_chosen(nested: bool):
    layout, arm, intel = both()
    other = layout.attestation()
    descriptors = [arm, intel, other]
    packed = layout.archive(*([layout.index(*descriptors)] if nested else descriptors))
    assert list(read(packed, "linux/arm64").files.paths) == ["arm"]
    assert list(read(packed, "linux/arm64/v8").files.paths) == ["arm"]
    assert list(read(packed, "linux/amd64").files.paths) == ["intel"]
    assert told(packed, "linux/s390x") == (
        "my.tar: the archive holds no image for linux/s390x, only for linux/amd64, linux/arm64/v8;"
        " ask for one of these"
    )


def test_without_a_platform_it_is_this_machines(monkeypatch: pytest.MonkeyPatch):
    layout, arm, intel = both()
    packed = layout.archive(arm, intel)
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    assert list(read(packed).files.paths) == ["intel"]
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    assert list(read(packed).files.paths) == ["arm"]
    monkeypatch.setattr("platform.machine", lambda: "s390x")
    assert own_platform() == "linux/s390x"
    assert told(packed) == (
        "my.tar: the archive holds images for linux/amd64, linux/arm64/v8;"
        " choose one with --platform"
    )


def test_the_only_image_is_read_whatever_its_platform():
    layout = Layout()
    packed = layout.archive(layout.image(SMALL, platform="windows/amd64"), layout.attestation())
    assert read(packed).config.os == "windows"
    assert "no image for linux/amd64, only for windows/amd64" in told(packed, "linux/amd64")


def test_platforms_that_the_archive_leaves_out_do_not_matter():
    layout, arm, intel = both()
    del layout.blobs["blobs/" + arm["digest"].replace(":", "/")]
    packed = layout.archive(layout.index(arm, intel))
    assert list(read(packed).files.paths) == ["intel"]
    assert "no image for linux/arm64, only for linux/amd64" in told(packed, "linux/arm64")


def test_a_broken_layer_of_another_platform_does_not_matter():
    layout = Layout()
    arm = layout.image({"a/../b": ""}, platform="linux/arm64")
    packed = layout.archive(arm, layout.image({"intel": ""}))
    assert list(read(packed, "linux/amd64").files.paths) == ["intel"]
    assert "the path 'a/../b' leaves the image" in told(packed, "linux/arm64")


def test_what_newer_engines_save_names_an_image_twice_and_holds_it_once():
    layout = Layout()
    image = layout.image(SMALL)
    manifest = json.loads(layout.blobs["blobs/" + image["digest"].replace(":", "/")])
    line = {
        "Config": "blobs/" + manifest["config"]["digest"].replace(":", "/"),
        "RepoTags": ["a:1"],
        "Layers": ["blobs/" + one["digest"].replace(":", "/") for one in manifest["layers"]],
    }
    packed = layout.archive(image, more={"manifest.json": json.dumps([line]).encode()})
    assert len(read(packed).layers) == 1


def test_several_images_are_told_by_their_names():
    one, two = FakeImage(user="one"), FakeImage(user="two")
    assert told(saved([(one, ["a:1", "b:1"]), (two, [])])) == (
        f"my.tar: the archive holds 2 images, not one (a:1 b:1, {two.image_id});"
        " save the one that you mean alone"
    )
    layout = Layout()
    names = [{"org.opencontainers.image.ref.name": name} for name in ("v1", "v2")]
    images = [layout.image({name["org.opencontainers.image.ref.name"]: ""}) for name in names]
    labelled = [{**image, "annotations": name} for image, name in zip(images, names)]
    assert "the archive holds 2 images, not one (v1, v2)" in told(layout.archive(*labelled))


def test_two_names_of_one_image_are_one_image():
    image = FakeImage(layers=(layer(SMALL),))
    assert read(saved([(image, ["a:1"]), (image, ["b:2"])])).image_id == image.image_id


def test_an_image_without_layers_is_read():
    facts = image_facts(taken_apart())
    assert (facts.layers, facts.file_bytes, facts.waste.efficiency) == ((), 0, 1.0)
    assert read(files({**config({}), **manifest()})).layers == ()


def test_a_layer_that_is_there_twice_is_laid_twice():
    found = read(archive({"a": "1"}, {".wh.a": ""}, {"a": "1"}))
    assert len(found.layers) == 3
    assert list(found.files.paths) == ["a"]
    assert found.files.superseded[0].size_bytes == 1


def test_of_two_members_with_one_name_the_last_counts():
    packed = files({"manifest.json": b"no JSON"})[:1024] + archive(SMALL)
    assert len(read(packed).layers) == 1


def test_what_follows_the_archive_is_not_read():
    assert read(archive(SMALL) + b"garbage" * 999) == read(archive(SMALL))
    assert read(gzipped(archive(SMALL)) + bytes(999)) == read(archive(SMALL))
    assert read(gzipped(archive(SMALL)) + b"garbage" * 999) == read(archive(SMALL))


def config(document: object) -> dict[str, bytes]:
    return {"c.json": document if isinstance(document, bytes) else json.dumps(document).encode()}


def manifest(**line: object) -> dict[str, bytes]:
    return {"manifest.json": json.dumps([{"Config": "c.json", **line}]).encode()}


def listing(*diff_ids: str) -> dict[str, bytes]:
    return config({"rootfs": {"diff_ids": diff_ids}})


DEEP = b"[" * 100_000 + b"]" * 100_000
DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("named", "what"),
    [
        ({}, "it is no saved image; give what `docker save` writes, or an OCI image layout"),
        ({"etc/passwd": b"a container's files"}, "holds neither manifest.json nor index.json"),
        (manifest(), "the archive lacks c.json"),
        (manifest(Config="x" * 999), "lacks xxx"),
        ({"manifest.json": b"[]"}, "the archive lacks any image"),
        ({"manifest.json": b"{}"}, "manifest.json can't be read (the file: Input should be"),
        ({"manifest.json": b"[{}]"}, "manifest.json can't be read (0.Config: Field required)"),
        ({"manifest.json": b"[1]"}, "manifest.json can't be read (0: "),
        ({"manifest.json": b"not JSON"}, "manifest.json can't be read (the file: Invalid JSON"),
        ({"manifest.json": b"\xff\xfe"}, "manifest.json can't be read (the file: Invalid JSON"),
        ({"manifest.json": b'["\\ud800"]'}, "manifest.json can't be read (the file: Invalid JSON"),
        ({"manifest.json": DEEP}, "manifest.json can't be read (the file: Invalid JSON"),
        (manifest(Layers="x"), "manifest.json can't be read (0.Layers: "),
        (manifest(RepoTags=[None]), "manifest.json can't be read (0.RepoTags.0: "),
        ({"index.json": b"[]"}, "index.json can't be read"),
        ({"index.json": b"{}"}, "the archive lacks any image"),
        ({"index.json": b'{"manifests": [{}]}'}, "index.json can't be read (manifests.0.digest"),
        (
            {"index.json": json.dumps({"manifests": [{"digest": DIGEST}]}).encode()},
            f"the archive lacks blobs/sha256/{'a' * 64}",
        ),
        ({**config(b"not JSON"), **manifest()}, "configuration can't be read (the file: Invalid"),
        ({**config([]), **manifest()}, "the image's configuration can't be read (the file: "),
        ({**config({"config": 1}), **manifest()}, "configuration can't be read (config: "),
        ({**config({"config": {"Env": [1]}}), **manifest()}, "can't be read (config.Env.0: "),
        ({**config({"history": {}}), **manifest()}, "configuration can't be read (history: "),
        ({**config({"rootfs": {"diff_ids": "x"}}), **manifest()}, "(rootfs.diff_ids: "),
        ({**config({"os": 7}), **manifest()}, "configuration can't be read (os: "),
        ({**config(DEEP), **manifest()}, "configuration can't be read (the file: Invalid JSON"),
        ({**listing(DIGEST), **manifest()}, f"the archive lacks the layer {DIGEST}"),
        ({**listing("x" * 999), **manifest()}, "the archive lacks the layer xxx"),
        (
            {**listing(DIGEST), **manifest(Layers=["0/layer.tar"]), "0/layer.tar": b"no tar"},
            "my.tar, layer 0/layer.tar: it isn't a tar archive",
        ),
        (
            {**listing(DIGEST), **manifest(Layers=["0/layer.tar"]), "0/layer.tar": bytes(1024)},
            f"layer 0/layer.tar: its content isn't what the image's configuration says ({DIGEST})",
        ),
        (
            {**listing(DIGEST), **manifest(Layers=["l.tar"]), "l.tar": gzipped(b"no tar")},
            "my.tar, layer l.tar: it isn't a tar archive",
        ),
    ],
)
def test_what_is_no_image_ends_in_a_sentence(named: dict[str, bytes], what: str):
    sentence = told(files({**named, "other": b""}))
    assert what in sentence
    assert sentence.isprintable()
    assert len(sentence) < 600


def test_indexes_that_go_round_in_circles_are_read_once():
    blobs = {f"blobs/x/{name}": circle(*"abc") for name in "abc"}
    assert "lacks any image" in told(files({**blobs, "index.json": circle(*"abcabc")}))


def circle(*names: str) -> bytes:
    return json.dumps({"manifests": [{"digest": f"x:{name}"} for name in names]}).encode()


def test_what_is_no_image_configuration_is_no_image():
    layout = Layout()
    chart = {"config": layout.blob(b"{}", "application/vnd.cncf.helm.config.v1+json")}
    packed = layout.archive(layout.json(chart, "application/x"), layout.image(SMALL))
    assert len(read(packed).layers) == 1
    assert CONFIG_TYPE in str(layout.blobs.values())


PACKED = archive(SMALL, MORE)


@given(st.integers(0, len(PACKED) - 2 * 512))
def test_an_archive_that_is_cut_off_ends_in_a_sentence(end: int):
    """Up to the zeros at its end, of which one block will do."""
    whole = PACKED.rstrip(b"\0")
    if end <= len(whole):
        assert told(PACKED[:end])


KEYS = (
    *("Config", "RepoTags", "Layers", "manifests", "config", "layers", "digest", "mediaType"),
    *("annotations", "rootfs", "diff_ids", "history", "os"),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYS),
            inner | st.sampled_from(["c.json", "x:a", "blobs/x/a"]),
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON, JSON, JSON, JSON)
def test_json_of_any_shape_is_an_image_or_a_sentence(
    saved_line: object, index: object, blob: object, settings: object
):
    documents = {
        "manifest.json": saved_line,
        "index.json": index,
        "blobs/x/a": blob,
        "c.json": settings,
    }
    texts = {name: json.dumps(document).encode() for name, document in documents.items()}
    for left_out in ("manifest.json", "index.json", ""):
        try:
            image = chosen({name: texts[name] for name in texts if name != left_out}, "my.tar")
        except EngineError:
            continue
        contents = ImageContents("my.tar", image.image_id, image.config, (), ())
        assert image_facts(anatomy(contents)).file_bytes == 0
