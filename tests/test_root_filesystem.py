"""Which files of a bootstrapped base are kept, and when it must be made again."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Literal

import pytest

from builders import root_filesystem
from builders.errors import BootstrapFailed
from builders.matrix import Bootstrap

RECIPE = Bootstrap(
    suite="bookworm",
    variant="extract",
    packages=("python3-minimal",),
    exclude=("/usr/bin/*", "/usr/share/doc/*", "*/gconv/*"),
    keep=("/usr/bin/python3",),
)


@pytest.mark.parametrize(
    ("path", "is_directory", "excluded"),
    [
        ("./usr/bin/dpkg", False, True),
        ("./usr/bin/python3", False, False),
        ("./usr/bin/", True, False),
        ("./usr/share/doc/libc6/changelog.gz", False, True),
        ("./usr/share/doc/libc6/copyright", False, False),
        ("./usr/lib/x86_64-linux-gnu/gconv/UTF-16.so", False, True),
        ("./usr/lib/x86_64-linux-gnu/libc.so.6", False, False),
        ("./etc/apt/sources.list", False, True),
        ("./etc/resolv.conf", False, True),
        ("./dev/null", False, True),
    ],
)
def test_what_stays_out(path: str, is_directory: bool, excluded: bool) -> None:
    member = tarfile.TarInfo(path)
    member.type = tarfile.DIRTYPE if is_directory else tarfile.REGTYPE
    assert root_filesystem.excluded(member, RECIPE) is excluded


@pytest.mark.parametrize(
    ("variant", "path", "excluded"),
    [
        ("extract", "./usr/share/doc/libstdc++6", False),
        ("extract", "./usr/share/doc/libc6/examples", True),
        ("extract", "./usr/bin/pydoc3", True),
        ("minbase", "./usr/share/doc/libstdc++6", True),
    ],
)
def test_a_link_to_the_licence_of_another_package_stays(
    variant: Literal["extract", "minbase"], path: str, excluded: bool
) -> None:
    member = tarfile.TarInfo(path)
    member.type = tarfile.SYMTYPE
    recipe = RECIPE.model_copy(update={"variant": variant})
    assert root_filesystem.excluded(member, recipe) is excluded


def test_the_call_names_no_mirror_and_no_shell_text_of_the_matrix() -> None:
    call = root_filesystem.command(RECIPE, Path("out.tar"))
    assert call[0] == "mmdebstrap"
    assert "--include=python3-minimal" in call
    assert call[-2:] == ("bookworm", "out.tar")
    assert not any("://" in word for word in call)


def test_the_digest_follows_the_recipe() -> None:
    changed = RECIPE.model_copy(update={"packages": ("python3-minimal", "libgomp1")})
    assert root_filesystem.recipe_digest(changed) != root_filesystem.recipe_digest(RECIPE)


def test_a_cached_archive_is_not_made_again(tmp_path: Path) -> None:
    archive = tmp_path / "bases" / f"{root_filesystem.recipe_digest(RECIPE)}.tar"
    archive.parent.mkdir()
    archive.write_bytes(b"cached")
    assert root_filesystem.make(RECIPE, tmp_path, lambda line: None) == archive


def test_without_mmdebstrap_the_error_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BootstrapFailed, match=r"mmdebstrap is not installed; run install_dev"):
        root_filesystem.make(RECIPE, tmp_path, lambda line: None)
    assert list((tmp_path / "bases").iterdir()) == []


@pytest.mark.process
def test_a_package_that_does_not_exist_is_reported_in_the_tools_own_words(tmp_path: Path) -> None:
    recipe = RECIPE.model_copy(update={"packages": ("no-such-package-anywhere",)})
    with pytest.raises(BootstrapFailed, match=r"mmdebstrap ended with \d+: .*no-such-package"):
        root_filesystem.make(recipe, tmp_path, lambda line: None)
    assert list((tmp_path / "bases").iterdir()) == []
