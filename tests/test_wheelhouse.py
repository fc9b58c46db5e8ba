"""Wheels: one download for each lock, and served under a name that never changes."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from small_project import serve

from builders import wheelhouse
from builders.errors import WheelhouseError
from builders.fake_engine import FakeEngine
from builders.labels import KIND_WHEELHOUSE, of_kind


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "onnx.txt"
    path.write_text("numpy==2.4.6 --hash=sha256:" + "0" * 64 + "\n")
    return path


def test_the_call_checks_hashes_and_takes_wheels_of_the_images_python(lock: Path) -> None:
    call = wheelhouse.pip_command(lock, Path("wheels"))
    assert {"--require-hashes", "--only-binary=:all:", "--python-version=3.11"} <= set(call)
    assert not any("://" in word for word in call)


def test_build_arguments_follow_the_lock_alone(lock: Path) -> None:
    first = wheelhouse.WheelServer("network-1").build_args(lock)
    assert wheelhouse.WheelServer("network-2").build_args(lock) == first
    lock.write_text("numpy==2.4.5\n")
    assert wheelhouse.WheelServer("network-1").build_args(lock) != first


def test_a_complete_set_is_not_downloaded(lock: Path, tmp_path: Path) -> None:
    folder = wheelhouse.folder_of(lock, tmp_path)
    folder.mkdir(parents=True)
    assert wheelhouse.download(lock, tmp_path) == folder  # the guard forbids starting pip


def test_server_and_network_go_away_when_a_build_breaks(tmp_path: Path) -> None:
    engine = FakeEngine({"slimbench/base-slim:latest": serve})
    base = engine.add_image("slimbench/base-slim:latest")
    (tmp_path / "wheels").mkdir()
    with pytest.raises(RuntimeError), wheelhouse.serving(engine, base.image_id, tmp_path):
        raise RuntimeError
    left = engine.remove_labelled(of_kind(KIND_WHEELHOUSE))
    assert (left.containers, left.networks) == (0, 0)


@pytest.mark.process
def test_a_wrong_hash_is_refused_and_leaves_nothing(lock: Path, tmp_path: Path) -> None:
    lock.write_text("six==1.16.0 --hash=sha256:" + "0" * 64 + "\n")
    with pytest.raises(WheelhouseError, match=r"onnx\.txt: pip can't download it: ERROR: .*HASH"):
        wheelhouse.download(lock, tmp_path / "cache")
    assert list((tmp_path / "cache" / "wheels").iterdir()) == []


def test_an_environment_without_pip_is_told_so(
    lock: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(WheelhouseError, match="which slimbench's environment lacks; add it to"):
        wheelhouse.download(lock, tmp_path / "cache")
