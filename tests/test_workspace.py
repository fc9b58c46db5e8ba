from __future__ import annotations

from pathlib import Path

import pytest

from builders.errors import DiskFull
from builders.workspace import Workspace, require_disk, shown


@pytest.mark.parametrize(
    ("variables", "cache"),
    [
        ({"SLIMBENCH_CACHE": "/a", "XDG_CACHE_HOME": "/b"}, "/a"),
        ({"XDG_CACHE_HOME": "/b"}, "/b/slimbench"),
        ({"HOME": "/c", "SLIMBENCH_CACHE": "", "XDG_CACHE_HOME": ""}, "/c/.cache/slimbench"),
    ],
)
def test_the_cache_can_be_moved(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], cache: str
) -> None:
    monkeypatch.delenv("SLIMBENCH_CACHE", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert Workspace.of(Path("/project")).cache == Path(cache)


def test_each_workload_and_model_and_matrix_has_a_record_of_its_own() -> None:
    root = Path("/project")
    places = {
        name: Workspace.of(root, Path(file), edition).record.name
        for name, (file, edition) in {
            "usual": ("variants.yaml", ""),
            "serve": ("variants.yaml", "serve"),
            "other": ("serve.yaml", ""),
            "other's": ("serve.yaml", "resnet50-serve"),
        }.items()
    }
    assert places == {
        "usual": "record.json",
        "serve": "record.serve.json",
        "other": "record-serve.json",
        "other's": "record-serve.resnet50-serve.json",
    }
    assert Workspace.of(root, Path("serve.yaml"), "train").reports == root / "reports" / "serve"
    assert Workspace.of(root, edition="serve").reports == root / "reports" / "published"


def test_folders_are_made_when_they_are_needed(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "project", tmp_path / "cache")
    assert list(tmp_path.iterdir()) == []
    workspace.log("slim").write_text("a line")
    assert (tmp_path / "project" / ".slimbench" / "logs" / "slim.log").exists()


def test_disk_is_asked_of_the_nearest_folder_that_exists(tmp_path: Path) -> None:
    require_disk(tmp_path / "not" / "yet", 1, "nothing much")
    with pytest.raises(DiskFull) as caught:
        require_disk(tmp_path / "not" / "yet", 1 << 60, "building fat")
    assert caught.value.where == str(tmp_path)
    assert "building fat needs 1073741824.0 GiB free" in caught.value.what
    assert "--only" in caught.value.next_step


def test_messages_show_paths_from_here_where_they_lie_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert shown(tmp_path / "logs" / "a.log") == "logs/a.log"
    assert shown(tmp_path.parent) == str(tmp_path.parent)
