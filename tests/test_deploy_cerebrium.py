"""The deployment file agrees with the files beside it; each disagreement is seen and named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from builders.errors import ConfigurationError
from deploy.cerebrium_file import Check, check_files, check_image_words, read
from deploy.check_cerebrium import FILE, IMAGE, main

ENTRYPOINT = ("python", "-m", "inference")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the repository's, to be changed."""
    return Path(shutil.copytree(FILE.parent, tmp_path / "deploy"))


def change(folder: Path, name: str, old: str, new: str) -> Path:
    path = folder / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return folder / FILE.name


def failing(file: Path, image: str = IMAGE) -> list[Check]:
    deployment = read(file)
    checks = [*check_files(deployment), *check_image_words(deployment, image, ENTRYPOINT)]
    return [check for check in checks if not check.holds]


def test_the_repository_s_own_file_agrees() -> None:
    assert failing(FILE) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "subjects", "told"),
    [
        ("cerebrium.toml", "port = 8000", "port = 5000", ["port"], "file 5000, EXPOSE 8000"),
        ("cerebrium.toml", '"8000"]', '"80"]', ["port", "command"], "entrypoint 80, CMD 8000"),
        ("cerebrium.Dockerfile", "EXPOSE 8000", "", ["port"], "EXPOSE none"),
        (
            "cerebrium.toml",
            '"cerebrium.Dockerfile"]',
            '"*.py", "absent"]',
            ["files included", "Dockerfile"],
            "patterns without a file: absent",
        ),
        (
            "cerebrium.toml",
            "./cerebrium.Dockerfile",
            "./absent",
            ["Dockerfile", "port", "image", "command"],
            "./absent exists and is included",
        ),
        (
            "cerebrium.Dockerfile",
            "onnx-gpu:serve",
            "onnx:serve",
            ["image"],
            "begins from registry.example/slimbench/onnx:serve",
        ),
        ("cerebrium.toml", '"serve"', '"session"', ["command"], "file python -m inference session"),
    ],
)
def test_each_disagreement_is_named(
    folder: Path, name: str, old: str, new: str, subjects: list[str], told: str
) -> None:
    found = failing(change(folder, name, old, new))
    assert [check.subject for check in found] == subjects
    assert told in found[0].told


def test_another_entry_point_of_the_image_is_a_disagreement() -> None:
    checks = check_image_words(read(FILE), IMAGE, ("/usr/bin/python3",))
    (check,) = [check for check in checks if not check.holds]
    assert check.subject == "command"
    assert check.told.endswith("image with CMD /usr/bin/python3 serve --port 8000")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("port = 8000\n", "", "lacks the key 'port'"),
        ("[cerebrium.runtime.custom]", "[cerebrium.runtime.other]", "lacks the key 'custom'"),
        ("port = 8000", "port = many", "is no deployment file ("),
        ("port = 8000", 'port = "many"', "is no deployment file (invalid literal"),
    ],
)
def test_a_file_that_cannot_be_understood_is_told(
    folder: Path, old: str, new: str, said: str
) -> None:
    file = change(folder, "cerebrium.toml", old, new)
    with pytest.raises(ConfigurationError) as caught:
        read(file)
    assert said in str(caught.value)
    assert str(file) in str(caught.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"can't be read \(No such file"):
        read(tmp_path / "absent.toml")


def test_the_command_prints_a_line_for_each_check(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--files-only"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["ok"] * 3
    file = change(folder, "cerebrium.toml", "port = 8000", "port = 5000")
    assert main(["--files-only", "--file", str(file)]) == 1
    assert "DIFFERS port: file 5000" in capsys.readouterr().out
    assert main(["--files-only", "--file", str(folder / "absent")]) == 2
    assert "absent: can't be read" in capsys.readouterr().err
