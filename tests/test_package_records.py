"""What a base made by unpacking packages tells of them."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from builders import package_records, root_filesystem
from builders.errors import BootstrapFailed
from builders.matrix import Bootstrap
from builders.package_records import PackageRecord

CONTROL = """Package: tiny
Source: tiny-source
Version: 2:1.0~rc1+b1
Architecture: all
Maintainer: Nobody <nobody@example.org>
Description: for a test
 It has a second line.
"""
FILES = {"etc/tiny.conf": b"on\n", "usr/bin/tiny": b"#!\n", "usr/share/tiny/data": b"data"}
MADE_AT_S = 1_700_000_000
RECIPE = Bootstrap(
    suite="bookworm",
    variant="extract",
    packages=("python3-minimal",),
    exclude=("/usr/bin/*", "/usr/share/doc/*", "/var/lib/dpkg/*"),
    keep=("/usr/bin/python3", "/usr/bin/python3.11"),
)


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package of three files and a hard link, one of them a configuration file."""
    root = tmp_path / "tiny"
    for path, content in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    os.link(root / "usr/share/tiny/data", root / "usr/share/tiny/linked")
    (root / "usr/share/tiny/to-data").symlink_to("data")
    (root / "DEBIAN").mkdir()
    (root / "DEBIAN/control").write_text(CONTROL)
    (root / "DEBIAN/conffiles").write_text("/etc/tiny.conf\n")
    made = subprocess.run(
        ["dpkg-deb", "--root-owner-group", "--build", root, tmp_path / "tiny.deb"],
        env={**os.environ, "SOURCE_DATE_EPOCH": str(MADE_AT_S)},
        capture_output=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    return tmp_path / "tiny.deb"


def read(package: Path) -> PackageRecord:
    return package_records.read(
        package.read_bytes(), package.name, lambda member: not member.name.startswith("./usr/bin/")
    )


@pytest.mark.process
def test_the_control_paragraph_is_the_packages_own(package: Path) -> None:
    record = read(package)
    assert record.name == "tiny"
    assert record.control.decode() == CONTROL


@pytest.mark.process
def test_all_files_of_the_base_are_listed_and_no_others(package: Path) -> None:
    data = md5(b"data")
    assert read(package).md5sums.decode().splitlines() == [
        f"{md5(FILES['etc/tiny.conf'])}  etc/tiny.conf",
        f"{data}  usr/share/tiny/data",
        f"{data}  usr/share/tiny/linked",
    ]


@pytest.mark.process
def test_two_bases_of_one_package_are_alike(package: Path) -> None:
    first, second = (list(read(package).members()) for _ in range(2))
    assert [header.tobuf() for header, _ in first] == [header.tobuf() for header, _ in second]
    assert {header.mtime for header, _ in first} == {MADE_AT_S}


@pytest.mark.process
def test_what_is_no_package_is_named() -> None:
    expected = r"broken\.deb: a package can't be recorded: .+; run it again; if it stays so"
    with pytest.raises(BootstrapFailed, match=expected):
        package_records.read(b"no archive", "broken.deb", lambda member: True)


def test_a_record_is_two_files_beside_each_other() -> None:
    record = PackageRecord("libc6", b"Package: libc6\n", b"", 1)
    members = [(header.name, header.mode, content.read()) for header, content in record.members()]
    assert members == [
        ("./var/lib/dpkg/status.d/libc6", 0o644, b"Package: libc6\n"),
        ("./var/lib/dpkg/status.d/libc6.md5sums", 0o644, b""),
    ]


@pytest.mark.process
def test_a_base_whose_packages_are_gone_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tarfile.open(tmp_path / "empty.tar", "w"):
        pass
    stub = tmp_path / "bin" / "mmdebstrap"
    stub.parent.mkdir()
    stub.write_text(f'#!/bin/sh\nfor last; do :; done\ncp {tmp_path}/empty.tar "$last"\n')
    stub.chmod(0o755)
    monkeypatch.setenv("PATH", f"{stub.parent}:{os.environ['PATH']}")
    expected = r"mmdebstrap left no package to record; let apt's sources name the mirror by http"
    with pytest.raises(BootstrapFailed, match=expected):
        root_filesystem.make(RECIPE, tmp_path / "cache", lambda line: None)
    assert list((tmp_path / "cache" / "bases").iterdir()) == []


@pytest.mark.process
def test_every_file_of_a_real_base_is_as_its_package_says(tmp_path: Path) -> None:
    archive = root_filesystem.make(RECIPE, tmp_path, lambda line: None)
    with tarfile.open(archive) as tar:
        contents = {
            member.name[2:]: tar.extractfile(member).read()  # type: ignore[union-attr]
            for member in tar
            if member.isreg()
        }
    folder = "var/lib/dpkg/status.d/"
    records = {path[len(folder) :] for path in contents if path.startswith(folder)}
    listed: dict[str, str] = {}
    for name in records:
        if name.endswith(".md5sums"):
            lines = contents[folder + name].decode().splitlines()
            listed.update(line.split("  ", 1)[::-1] for line in lines)
        else:
            assert f"Package: {name}\n" in contents[folder + name].decode()
            assert f"{name}.md5sums" in records
    assert {"libc6", "python3-minimal", "python3.11-minimal"} <= records
    assert listed == {path: md5(contents[path]) for path in listed}
    unowned = {path for path in contents if path not in listed and not path.startswith(folder)}
    compiled = {path for path in unowned if path.endswith(".pyc")}
    assert compiled  # by our own hook
    # fstab is mmdebstrap's, the two others our hooks'.
    assert unowned - compiled == {"etc/fstab", "etc/group", "etc/passwd"}
