"""Build contexts: content alone decides the bytes."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path

import pytest

from builders import context
from builders.errors import ConfigurationError


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "app" / "__pycache__").mkdir(parents=True)
    (root / "app" / "main.py").write_text("print(1)\n")
    (root / "app" / "__pycache__" / "main.pyc").write_bytes(b"cache")
    (root / "Dockerfile").write_text("FROM scratch\n")
    return root


def archive_of(root: Path, entries: tuple[str, ...], target: Path) -> bytes:
    context.write(context.collect(root, entries, {}), target)
    return target.read_bytes()


def test_times_owners_and_order_do_not_matter(tree: Path, tmp_path: Path) -> None:
    first = archive_of(tree, ("app", "Dockerfile"), tmp_path / "a.tar")
    os.utime(tree / "Dockerfile", (1, 1))
    (tree / "app" / "main.py").chmod(0o600)
    assert archive_of(tree, ("Dockerfile", "app"), tmp_path / "b.tar") == first


def test_caches_stay_out(tree: Path, tmp_path: Path) -> None:
    archive_of(tree, ("app",), tmp_path / "a.tar")
    with tarfile.open(tmp_path / "a.tar") as tar:
        assert tar.getnames() == ["app/main.py"]


@pytest.mark.parametrize("change", ["content", "name", "mode", "setting"])
def test_the_digest_sees_every_change(tree: Path, change: str) -> None:
    before = context.collect(tree, ("app",), {"BASE": "x"}).digest
    main = tree / "app" / "main.py"
    if change == "content":
        main.write_text("print(2)\n")
    elif change == "name":
        main.rename(main.with_name("other.py"))
    elif change == "mode":
        main.chmod(0o755)
    settings = {"BASE": "y" if change == "setting" else "x"}
    assert context.collect(tree, ("app",), settings).digest != before


def test_executables_stay_executable(tree: Path, tmp_path: Path) -> None:
    (tree / "app" / "main.py").chmod(0o700)
    archive_of(tree, ("app",), tmp_path / "a.tar")
    with tarfile.open(tmp_path / "a.tar") as tar:
        assert tar.getmember("app/main.py").mode == 0o755


def test_a_missing_entry_is_named(tree: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"absent\.txt: a file of the build context"):
        context.collect(tree, ("absent.txt",), {})
