"""Odd layers, loaded into the real engine: its export is what the overlay computes."""

from __future__ import annotations

import subprocess
import tarfile
import uuid
from collections.abc import Iterator, Mapping

import pytest
from conftest import TEST_LABEL
from exported import differences
from saved_images import Content, Member, folder, layer, symlink

from bench.inspection.sources import from_archive
from builders.engine import Engine
from builders.fake_images import FakeImage, saved

pytestmark = pytest.mark.engine

Layer = Mapping[str, Content]
TIME_S = 1_600_000_000
# A hard link's header repeats what its file's says.
LINK = Member(mode=0o4755, kind=tarfile.LNKTYPE, target="a/file", uid=7, gid=8, mtime_s=TIME_S)
# Every folder is described, as in real layers: drivers differ about one that isn't.
FRAME: Layer = {name: folder() for name in ("dev", "etc", "proc", "sys")}  # added if absent
BELOW: Layer = {
    "a": folder(0o1777),
    "a/file": Member(b"12345", mode=0o4755, uid=7, gid=8, mtime_s=TIME_S),
    "a/again": LINK,
    "b": folder(),
    "b/one": "1",
    "b/deep": folder(),
    "b/deep/two": "22",
    "c": "a file",
    "link": symlink("a"),
    "broken": symlink("/nowhere/../x"),
}
LAYERS: dict[str, tuple[Layer, ...]] = {
    "as it is": (BELOW,),
    "whiteouts": (BELOW, {"a": folder(0o1777), "a/.wh.file": "", ".wh.b": "", ".wh.absent": ""}),
    "opaque": (BELOW, {"b": folder(), "b/.wh..wh..opq": "", "b/new": "n"}),
    "opaque mark last": (BELOW, {"b": folder(), "b/new": "n", "b/.wh..wh..opq": ""}),
    "file over folder": (BELOW, {"b": "no folder"}),
    "folder over file": (BELOW, {"c": folder(), "c/x": "x"}),
    "folder over link": (BELOW, {"link": folder(), "link/x": "x"}),
    "link over folder": (BELOW, {"b": symlink("a")}),
    "folder again": (BELOW, {"b": folder(0o700)}),
    "other name of a link stays": (BELOW, {"a": folder(0o1777), "a/file": "new"}),
    "links of an upper layer": (BELOW, {"d": "1", "e": Member(kind=b"1", target="d")}),
    "absolute": ({"/d": folder(), "/d/x": "1"},),
    "pax": ({"ä" * 100: "long", "d": Member(b"", pax={"comment": "none"})},),
    "put back": (BELOW, {".wh.c": ""}, {"c": "again"}),
}


@pytest.fixture
def tag() -> Iterator[str]:
    """A name for an image that is loaded; the test's end takes it away."""
    own = f"slimbench-test/exported:{uuid.uuid4().hex}"
    yield own
    subprocess.run(["docker", "rmi", own], capture_output=True, check=True)


@pytest.mark.parametrize("name", LAYERS)
def test_the_engine_sees_the_same(engine: Engine, tag: str, name: str) -> None:
    image = FakeImage(layers=tuple(map(layer, (FRAME, *LAYERS[name]))), labels={TEST_LABEL: tag})
    archive = saved([(image, [tag])])
    subprocess.run(["docker", "load"], input=archive, capture_output=True, check=True)
    assert engine.image(tag) is not None
    assert differences(tag, from_archive([archive], name).files) == []
