"""What the word IMAGE means, and how it is read."""

from __future__ import annotations

import io
import os
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from saved_images import archive

from bench.inspection.layer_cache import LayerCache
from bench.inspection.layout_folder import packed
from bench.inspection.near_names import near, perhaps
from bench.inspection.read_images import Reader
from bench.inspection.target import ArchiveTarget, EngineTarget, FolderTarget, Target, target_of
from bench.inspection.variant_names import variant_names
from builders.engine import Engine
from builders.errors import ConfigurationError, EngineUnavailable, SlimbenchError
from builders.fake_engine import FakeEngine

VARIANTS = {"fat": "slimbench/fat:latest", "slim": "slimbench/slim:latest"}
LAYER = {"etc/motd": b"hello"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def meant(word: str) -> Target:
    return target_of(word, lambda: VARIANTS)


def test_a_file_comes_before_a_variant_and_a_variant_before_the_engine() -> None:
    assert meant("slim") == EngineTarget("slim", "slimbench/slim:latest", variant=True)
    assert meant("alpine") == EngineTarget("alpine", "alpine")
    Path("slim").write_bytes(b"")
    assert meant("slim") == ArchiveTarget("slim")


def test_a_folder_of_a_variants_name_hides_it_only_when_it_is_a_layout() -> None:
    Path("slim").mkdir()
    assert meant("slim") == EngineTarget("slim", "slimbench/slim:latest", variant=True)
    Path("slim/oci-layout").write_text("{}")
    assert meant("slim") == FolderTarget("slim")


def test_a_hyphen_is_standard_input_and_a_file_needs_no_matrix() -> None:
    Path("image.tar").write_bytes(b"")

    def no_matrix() -> Mapping[str, str]:
        raise AssertionError("asked for the matrix")

    assert target_of("-", no_matrix) == ArchiveTarget("-")
    assert target_of("image.tar", no_matrix) == ArchiveTarget("image.tar")


@pytest.mark.parametrize(
    "word",
    [
        "python",
        "python:3.11-slim",
        "library/python",
        "localhost:5000/team/app:1.0",
        "gcr.io/distroless/python3-debian12",
        "a__b/c-d.e:X_1",
        "408f0af5e21b",
        f"sha256:{'0' * 64}",
        f"python@sha256:{'0' * 64}",
    ],
)
def test_names_tags_digests_and_ids_are_for_the_engine(word: str) -> None:
    assert meant(word) == EngineTarget(word, word)


@pytest.mark.parametrize(
    "word",
    ["", "/absent", "./absent", "../absent", "two words", "UPPER", "image.tar", "a//b", "x" * 5000],
)
def test_what_can_only_be_a_file_is_told_as_one(word: str) -> None:
    word = word if len(word) < 5000 else f"/{word}"
    with pytest.raises(ConfigurationError, match="there is no such file"):
        meant(word)


def test_a_missing_file_is_told_with_those_of_near_names() -> None:
    Path("saved").mkdir()
    Path("saved/image.tar").write_bytes(b"")
    with pytest.raises(ConfigurationError, match=r"perhaps you meant 'saved/image\.tar'"):
        meant("saved/imgae.tar")


def test_a_folder_that_is_no_layout_is_told() -> None:
    Path("Folder").mkdir()
    with pytest.raises(ConfigurationError, match="Folder: is a folder, and no OCI image layout"):
        meant("Folder")


def test_a_forbidden_folder_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str) -> os.stat_result:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "stat", refuse)  # root may look anywhere
    with pytest.raises(ConfigurationError, match=r"can't be looked at \(Permission denied\)"):
        meant("secret/image.tar")


@pytest.mark.parametrize(
    ("word", "names", "expected"),
    [
        ("slimbnch/fat", ["slimbench/fat:latest", "python:3.11"], ["slimbench/fat"]),
        ("pyton:3.11", ["python:3.11"], ["python:3.11"]),
        ("distrolss", ["gcr.io/team/distroless:latest"], ["gcr.io/team/distroless"]),
        ("pyton", ["python:3.11", "team/python:3.12"], ["python:3.11", "team/python:3.12"]),
        ("SLIM", ["slim"], ["slim"]),
        ("nothing-like-it", ["slim", "python:3.11"], []),
        ("slim", [], []),
    ],
)
def test_near_names(word: str, names: list[str], expected: list[str]) -> None:
    assert near(word, names) == expected


def test_what_is_much_less_alike_than_the_best_is_not_told() -> None:
    names = ["slimbench/fat:latest", "slimbench/slim:latest", "slimbench/onnx:latest"]
    assert near("slimbnch/fat", names) == ["slimbench/fat"]


def test_at_most_three_names_are_told() -> None:
    names = [f"image{number}" for number in range(9)]
    assert perhaps("image", names).count("'image") == 3
    assert perhaps("zzz", names) == ""


def reader(folder: Path, engine: Engine | None = None, **more: str) -> Reader:
    def connect() -> Engine:
        if engine is None:
            raise EngineUnavailable("it is off", where="unix:///x", next_step="start it")
        return engine

    def say(text: str, read_bytes: int | None = None) -> None:
        assert text

    return Reader(connect, LayerCache(folder / "cache"), lambda: VARIANTS, say, **more)


def engine_with(*tags: str) -> FakeEngine:
    engine = FakeEngine()
    for number, tag in enumerate(tags):
        engine.add_image(tag, layers=[{"base": b"same"}, {f"own-{number}": b"x"}])
    return engine


def paths(found: Reader, *words: str) -> list[list[str]]:
    read = found.read([target_of(word, found.variants) for word in words])
    return [list(one.files.regular) for one in read]


def test_an_archive_is_read_without_an_engine(folder: Path) -> None:
    Path("image.tar").write_bytes(archive(LAYER))
    assert paths(reader(folder), "image.tar") == [["etc/motd"]]


def test_standard_input_is_read_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(archive(LAYER))))
    assert paths(reader(folder), "-") == [["etc/motd"]]
    with pytest.raises(ConfigurationError, match="standard input holds one archive only"):
        paths(reader(folder), "-", "-")


def test_a_terminal_as_standard_input_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    with pytest.raises(ConfigurationError, match="no archive comes in; pipe one in"):
        paths(reader(folder), "-")


def unpacked(into: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(archive(LAYER))) as saved:
        saved.extractall(into)
    (into / "oci-layout").write_text("{}")


def test_an_unpacked_layout_is_read_as_its_archive(folder: Path) -> None:
    unpacked(folder / "layout")
    assert paths(reader(folder), "layout") == [["etc/motd"]]


def test_a_linked_file_of_a_layout_counts_as_the_file(folder: Path) -> None:
    unpacked(folder / "layout")
    (folder / "layout/manifest.json").rename(folder / "elsewhere.json")
    (folder / "layout/manifest.json").symlink_to(folder / "elsewhere.json")
    with tarfile.open(fileobj=io.BytesIO(b"".join(packed(folder / "layout")))) as made:
        assert {member.name for member in made if member.isfile()} >= {"manifest.json"}
    assert paths(reader(folder), "layout") == [["etc/motd"]]


def test_images_of_the_engine_are_saved_together(folder: Path) -> None:
    engine = engine_with("slimbench/fat", "other")
    found = paths(reader(folder, engine), "other", "fat")
    assert found == [["base", "own-1"], ["base", "own-0"]]
    assert [name for name, _ in engine.calls].count("save") == 1
    assert paths(reader(folder, engine), "other") == [["base", "own-1"]]
    assert [name for name, _ in engine.calls].count("save") == 1


def test_an_image_that_is_nowhere_is_told_with_near_names(folder: Path) -> None:
    found = reader(folder, engine_with("slimbench/fat", "python:3.11"))
    with pytest.raises(ConfigurationError, match=r"pyton: is no archive.*meant 'python:3.11'"):
        paths(found, "pyton")
    with pytest.raises(ConfigurationError, match=r"docker pull nothing-like-it") as caught:
        paths(found, "nothing-like-it")
    assert caught.value.exit_code == 2


def test_a_variant_that_is_not_built_is_told_with_what_builds_it(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match="run `slimbench build slim`"):
        paths(reader(folder, FakeEngine()), "slim")


def test_without_an_engine_archives_are_pointed_to(folder: Path) -> None:
    with pytest.raises(EngineUnavailable, match="no engine is needed for an archive") as caught:
        paths(reader(folder), "python")
    assert "it is off (unix:///x); start it" in str(caught.value)
    assert caught.value.exit_code == 4


@pytest.mark.parametrize("answering", [None, FakeEngine()])
def test_an_archive_of_a_near_name_is_told(folder: Path, answering: Engine | None) -> None:
    Path("image.tar").write_bytes(b"")
    with pytest.raises(SlimbenchError, match=r"perhaps you meant 'image\.tar'"):
        paths(reader(folder, answering), "image.tr")


def test_the_engine_holds_one_platform(folder: Path) -> None:
    engine = engine_with("python")
    assert paths(reader(folder, engine, platform="linux/amd64"), "python")
    with pytest.raises(ConfigurationError, match="holds it for linux/amd64, not for linux/arm64"):
        paths(reader(folder, engine, platform="linux/arm64"), "python")


def test_an_archive_has_the_platform_that_is_asked_for(folder: Path) -> None:
    Path("image.tar").write_bytes(archive(LAYER))
    assert paths(reader(folder, platform="linux/amd64"), "image.tar") == [["etc/motd"]]
    with pytest.raises(SlimbenchError, match="no image for linux/s390x, only for linux/amd64"):
        paths(reader(folder, platform="linux/s390x"), "image.tar")


def test_a_file_that_may_not_be_read_is_told(folder: Path) -> None:
    Path("image.tar").mkdir()  # stands for any error of reading: root may read all files
    found = reader(folder)
    with pytest.raises(ConfigurationError, match=r"image\.tar: can't be read \(Is a directory\)"):
        list(found.read([ArchiveTarget("image.tar")]))


def test_a_matrix_that_is_missing_or_broken_hides_no_image() -> None:
    told: list[str] = []
    assert variant_names(Path("variants.yaml"), told.append) == {}
    assert told == []
    Path("variants.yaml").write_text("nothing: here\n")
    assert variant_names(Path("variants.yaml"), told.append) == {}
    assert variant_names(Path("absent.yaml"), told.append) == {}
    assert "in the matrix; correct the file; until then its variants" in told[0]
    assert "absent.yaml" in told[1]
