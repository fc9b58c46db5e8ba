"""The context of a user's own Dockerfile: the whole folder, as `docker build` would have it."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from builders import context
from builders.whole_folder import collect_whole
from builders.workspace import Workspace

LEFT_OUT = (".slimbench", "reports/published", "variants.y*ml")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    names = (
        *("Dockerfile", "app.py", "data/big.bin", "data/small.csv", "variants.yaml"),
        *(".git/HEAD", "__pycache__/app.cpython-311.pyc", "app.pyc", ".slimbench/record.json"),
        *("reports/published/comparison.md", "reports/sales.py"),
    )
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


def names(folder: Path, dockerfile: str = "Dockerfile") -> set[str]:
    return set(collect_whole(folder, dockerfile, LEFT_OUT, {}).files)


def test_all_but_caches_and_what_slimbench_writes(folder: Path) -> None:
    assert names(folder) == {
        "Dockerfile",
        "app.py",
        "data/big.bin",
        "data/small.csv",
        "reports/sales.py",
    }


def test_dockerignore_is_heeded_and_comes_along(folder: Path) -> None:
    (folder / ".dockerignore").write_text("data\n!data/small.csv\nDockerfile\n.dockerignore\n")
    assert names(folder) == {
        ".dockerignore",
        "Dockerfile",
        "app.py",
        "data/small.csv",
        "reports/sales.py",
    }


def test_links_stay_links(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    (folder / "models").symlink_to("data", target_is_directory=True)
    (folder / "later").symlink_to("/made/in/the/image")
    archive = tmp_path_factory.mktemp("context") / "context.tar"
    context.write(collect_whole(folder, "Dockerfile", LEFT_OUT, {}), archive)
    with tarfile.open(archive) as tar:
        links = {one.name: one.linkname for one in tar if one.issym()}
    assert links == {"models": "data", "later": "/made/in/the/image"}


def test_the_digest_follows_content_alone(folder: Path) -> None:
    before = collect_whole(folder, "Dockerfile", LEFT_OUT, {}).digest
    (folder / ".slimbench/record.json").write_text("another run")
    (folder / "variants.yaml").write_text("another matrix")
    assert collect_whole(folder, "Dockerfile", LEFT_OUT, {}).digest == before
    (folder / "models").symlink_to("data")
    linked = collect_whole(folder, "Dockerfile", LEFT_OUT, {}).digest
    (folder / "app.py").write_text("changed")
    assert len({before, linked, collect_whole(folder, "Dockerfile", LEFT_OUT, {}).digest}) == 3


def test_the_files_of_slimbench_are_named_by_the_workspace(folder: Path, tmp_path: Path) -> None:
    assert Workspace(folder, tmp_path).own_files == LEFT_OUT
    other = Workspace(folder, tmp_path, matrix_name="mine").own_files
    assert other == (".slimbench", "reports/mine", "mine.y*ml")
