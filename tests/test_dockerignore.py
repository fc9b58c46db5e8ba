"""`.dockerignore`: the same files are left out as by the Docker SDK's own reading of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from docker.utils.build import exclude_paths  # noqa: TID251 - the peer that it is held to
from hypothesis import given
from hypothesis import strategies as st

from builders.dockerignore import file_for, ignored

FILES = ("a.py", "b.txt", "data/a.py", "data/deep/x.csv", "data/deep/y.py", "docs/a.md", ".env")
CASES = (
    ["*.py"],
    ["**/*.py"],
    ["data"],
    ["data/"],
    ["/data/deep"],
    ["data/*"],
    ["data/**"],
    ["*", "!a.py"],
    ["**", "!data/deep"],
    ["data", "!data/deep/x.csv"],
    ["?.py"],
    ["[ab].*"],
    ["# data", "", "docs"],
    [".*"],
    ["data/**/y.py"],
    ["./docs"],
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("context")
    for name in FILES:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return root


def kept_by_the_sdk(folder: Path, lines: list[str]) -> set[str]:
    patterns = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    return {path for path in exclude_paths(str(folder), patterns) if path in FILES}


def kept(lines: list[str]) -> set[str]:
    rules = ignored(lines)
    return {name for name in FILES if name not in rules}


@pytest.mark.parametrize("lines", CASES, ids=str)
def test_the_same_files_are_left_out(folder: Path, lines: list[str]) -> None:
    assert kept(lines) == kept_by_the_sdk(folder, lines)


@given(
    st.lists(
        st.builds(
            lambda back, parts: back + "/".join(parts),
            st.sampled_from(["", "!"]),
            st.lists(
                st.sampled_from(["*", "**", "data", "deep", "*.py", "a.*", "docs"]),
                min_size=1,
                max_size=3,
            ),
        ),
        max_size=4,
    )
)
def test_any_patterns_are_understood(lines: list[str]) -> None:
    rules = ignored(lines)
    assert [name in rules for name in FILES].count(True) <= len(FILES)


def test_a_dockerfiles_own_file_goes_before_the_folders(tmp_path: Path) -> None:
    assert file_for(tmp_path, "slim.Dockerfile") is None
    (tmp_path / ".dockerignore").touch()
    assert file_for(tmp_path, "slim.Dockerfile") == tmp_path / ".dockerignore"
    own = tmp_path / "slim.Dockerfile.dockerignore"
    own.touch()
    assert file_for(tmp_path, "slim.Dockerfile") == own
