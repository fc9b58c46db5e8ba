from __future__ import annotations

from pathlib import Path

import pytest

from bench.pictures import generated, in_folder
from builders.errors import ConfigurationError


def test_pictures_come_by_name_and_nothing_else_does(tmp_path: Path):
    for name in ("b.PNG", "a.jpeg", "notes.txt", "c.webp", ".hidden"):
        (tmp_path / name).touch()
    (tmp_path / "folder.png").mkdir()
    assert [path.name for path in in_folder(tmp_path)] == ["a.jpeg", "b.PNG", "c.webp"]


def test_the_generated_ones_lie_beside_the_model(tmp_path: Path):
    (tmp_path / "samples").mkdir()
    (tmp_path / "samples" / "0.png").touch()
    assert generated(tmp_path) == (tmp_path / "samples" / "0.png",)


@pytest.mark.parametrize(("name", "what"), [("empty", "holds no pictures"), ("no", "is no folder")])
def test_a_folder_without_pictures_is_told(tmp_path: Path, name: str, what: str):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigurationError, match=what) as caught:
        in_folder(tmp_path / name)
    assert caught.value.where == str(tmp_path / name)
    assert ".png" in caught.value.next_step
