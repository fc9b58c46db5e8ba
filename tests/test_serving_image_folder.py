"""Names that come from outside: what they may reach, and what never."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from inference import protocol
from inference.failures import InferenceError
from inference.serving.image_folder import ImageFile, checked_name


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    images = tmp_path / "images"
    (images / "pets").mkdir(parents=True)
    (images / "cat.png").write_bytes(b"cat")
    (images / "pets" / "dog.png").write_bytes(b"dog")
    (tmp_path / "secret").write_bytes(b"secret")
    return images


def read(folder: Path, name: str, max_bytes: int = 100) -> bytes:
    return ImageFile(folder, checked_name(name), max_bytes).read()


def refusal(folder: Path, name: str, max_bytes: int = 100) -> InferenceError:
    with pytest.raises(InferenceError) as caught:
        read(folder, name, max_bytes)
    assert str(folder) not in caught.value.message
    assert caught.value.path == ""
    return caught.value


def test_files_in_the_folder_are_read(folder: Path) -> None:
    assert read(folder, "cat.png") == b"cat"
    assert read(folder, "pets/dog.png") == b"dog"


def test_an_absent_file_says_where_to_put_it(folder: Path) -> None:
    told = refusal(folder, "absent.png")
    assert told.code == protocol.NOT_FOUND
    assert "put it into the folder" in told.message
    assert refusal(folder / "not-mounted", "cat.png").code == protocol.NOT_FOUND


@pytest.mark.parametrize(
    "name", ["../secret", "..", "pets/../../secret", "/etc/passwd", "//etc/passwd", "x/.."]
)
def test_a_name_that_leads_out_is_refused(folder: Path, name: str) -> None:
    told = refusal(folder, name)
    assert (told.code, told.message) == (
        protocol.BAD_REQUEST,
        "the name leads out of the images folder",
    )


@pytest.mark.parametrize("name", ["cat.png\0", "x" * 256, "x/" * 600, "\udcff" * 100])
def test_what_can_be_no_name_is_refused(folder: Path, name: str) -> None:
    assert refusal(folder, name).code in (protocol.BAD_REQUEST, protocol.NOT_FOUND)


def test_links_that_lead_out_are_refused(folder: Path) -> None:
    (folder / "out").symlink_to("../secret")
    (folder / "far").symlink_to("/etc/passwd")
    (folder / "above").symlink_to("..")
    for name in ("out", "far", "above/secret"):
        assert refusal(folder, name).code == protocol.BAD_REQUEST


def test_links_within_the_folder_are_followed(folder: Path) -> None:
    (folder / "..data").symlink_to("pets")  # as volumes of Kubernetes have them
    (folder / "dog").symlink_to("..data/dog.png")
    assert read(folder, "dog") == b"dog"


def test_a_folder_that_is_a_link_itself_is_fine(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "mounted").symlink_to(folder)
    assert read(tmp_path / "mounted", "cat.png") == b"cat"


def test_what_is_no_file_is_not_found(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    (folder / "loop").symlink_to("loop")
    for name in ("pipe", "pets", "loop", ".", ""):
        assert refusal(folder, name).code == protocol.NOT_FOUND


def test_a_large_file_is_refused(folder: Path) -> None:
    assert read(folder, "cat.png", 3) == b"cat"
    assert refusal(folder, "cat.png", 2).code == protocol.TOO_LARGE


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_told(folder: Path) -> None:
    (folder / "cat.png").chmod(0)
    assert refusal(folder, "cat.png").code == protocol.UNREADABLE
