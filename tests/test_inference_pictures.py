"""Pictures of every mode come out as upright RGB; what is no picture is told apart."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import picture_files
import pytest
from PIL import Image

from inference import protocol
from inference.failures import InferenceError
from inference.pictures import (
    CHUNK_BYTES,
    FORMATS,
    MAX_PIXELS,
    MAX_SCANS,
    MAX_SIDE,
    read_picture,
)


def refusal(path: Path | str, **limits: int) -> InferenceError:
    with pytest.raises(InferenceError) as caught:
        read_picture(str(path), **limits)
    assert caught.value.path == str(path)
    return caught.value


def saved(picture: Image.Image, path: Path, **options: object) -> np.ndarray:
    picture.save(path, **options)  # type: ignore[arg-type]
    read = read_picture(str(path))
    assert read.mode == "RGB"
    return np.asarray(read)


def test_rgb_comes_out_unchanged(tmp_path: Path) -> None:
    picture = picture_files.two_halves()
    assert np.array_equal(saved(picture, tmp_path / "x.png"), np.asarray(picture))


@pytest.mark.parametrize("suffix", ["png", "webp", "tiff", "bmp", "gif", "ppm"])
def test_lossless_formats(tmp_path: Path, suffix: str) -> None:
    picture = picture_files.two_halves()
    pixels = saved(picture, tmp_path / f"x.{suffix}", lossless=True)
    assert np.array_equal(pixels, np.asarray(picture))


def test_greyscale_has_three_equal_channels(tmp_path: Path) -> None:
    grey = Image.linear_gradient("L")
    pixels = saved(grey, tmp_path / "x.png")
    assert np.array_equal(pixels, np.stack([np.asarray(grey)] * 3, axis=-1))


def test_one_bit_is_black_and_white(tmp_path: Path) -> None:
    assert set(saved(Image.linear_gradient("L").convert("1"), tmp_path / "x.png").flat) == {0, 255}


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_is_dropped(tmp_path: Path, mode: str) -> None:
    picture = Image.new("RGBA", (8, 8), (200, 200, 200, 0)).convert(mode)
    assert set(saved(picture, tmp_path / "x.png").flat) == {200}


def test_a_palette_with_transparent_entries(tmp_path: Path) -> None:
    picture = picture_files.two_halves().quantize(4)
    pixels = saved(picture, tmp_path / "x.png", transparency=0)
    assert np.array_equal(pixels, np.asarray(picture_files.two_halves()))


@pytest.mark.parametrize("suffix", ["jpg", "tiff"])
def test_cmyk_keeps_its_colours(tmp_path: Path, suffix: str) -> None:
    pixels = saved(picture_files.two_halves().convert("CMYK"), tmp_path / f"x.{suffix}")
    assert pixels[20, 10] == pytest.approx([255, 0, 0], abs=6)
    assert pixels[20, 50] == pytest.approx([0, 0, 255], abs=6)


@pytest.mark.parametrize("suffix", ["png", "tiff"])
def test_16_bit_is_scaled_not_clipped(tmp_path: Path, suffix: str) -> None:
    read = read_picture(str(picture_files.ramp_of_16_bit(tmp_path / f"x.{suffix}")))
    assert np.array_equal(np.asarray(read)[0, :, 0], np.arange(256))


def test_32_bit_integers_are_read_as_16_bit(tmp_path: Path) -> None:
    wide = Image.fromarray(np.array([[-5, 0, 65535, 2**31 - 1]], dtype=np.int32))
    assert saved(wide, tmp_path / "x.tiff")[0, :, 0].tolist() == [0, 0, 255, 255]


@pytest.mark.parametrize("suffix", ["jpg", "png", "tiff"])
def test_exif_orientation_is_followed(tmp_path: Path, suffix: str) -> None:
    turned = read_picture(str(picture_files.sideways(tmp_path / f"x.{suffix}")))
    assert turned.size == (40, 60)
    assert turned.getpixel((20, 5)) == pytest.approx((255, 0, 0), abs=6)
    assert turned.getpixel((20, 55)) == pytest.approx((0, 0, 255), abs=6)


def test_a_missing_file(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.png").code == protocol.NOT_FOUND


@pytest.mark.parametrize("path", ["a\0b", "\ud800", "x" * 5000])
def test_a_string_that_can_be_no_file(path: str) -> None:
    assert refusal(path).message == "there is no such file"


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "x.png").touch()
    assert refusal(tmp_path / "x.png").code == protocol.EMPTY_FILE


def test_a_folder(tmp_path: Path) -> None:
    assert refusal(tmp_path).message == "it is not a regular file"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.png")
    assert refusal(tmp_path / "x.png").code == protocol.NOT_AN_IMAGE


@pytest.mark.parametrize("content", [b"hello", b"%PDF-1.7", b"\0" * 1000])
def test_another_sort_of_file(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.png").write_bytes(content)
    refused = refusal(tmp_path / "x.png")
    assert refused.code == protocol.NOT_AN_IMAGE
    assert refused.message == f"it is none of {', '.join(FORMATS)}"


def test_a_format_that_is_not_on_the_list(tmp_path: Path) -> None:
    picture_files.two_halves().save(tmp_path / "x.tga")
    assert refusal(tmp_path / "x.tga").code == protocol.NOT_AN_IMAGE


def test_floating_point_pixels(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((4, 4), dtype=np.float32)).save(tmp_path / "x.tiff")
    refused = refusal(tmp_path / "x.tiff")
    assert refused.code == protocol.UNSUPPORTED
    assert "floating-point" in refused.message


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "bmp", "gif", "tiff", "ppm"])
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_file_that_is_cut_off(tmp_path: Path, suffix: str, share: float) -> None:
    refused = refusal(picture_files.cut_off(tmp_path / f"x.{suffix}", share))
    # Some formats keep their index at the end, and can't even be recognised.
    assert refused.code in {protocol.CUT_OFF, protocol.NOT_AN_IMAGE}
    if suffix in {"png", "jpg", "bmp", "ppm"}:
        assert refused.message.startswith("the picture is cut off or damaged")


@pytest.mark.parametrize("size", [(8001, 8000), (100_000, 100_000), (2**31 - 1, 2**31 - 1)])
def test_too_many_pixels_are_refused_by_the_header(tmp_path: Path, size: tuple[int, int]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        refused = refusal(picture_files.huge_png(tmp_path / "x.png", *size))
    assert refused.code == protocol.TOO_LARGE
    assert refused.message == f"it has more than {MAX_PIXELS} pixels"


@pytest.mark.parametrize("size", [(1, MAX_SIDE + 1), (MAX_SIDE + 1, 1)])
def test_a_strip_is_refused_by_its_header(tmp_path: Path, size: tuple[int, int]) -> None:
    refused = refusal(picture_files.huge_png(tmp_path / "x.png", *size))
    assert refused.code == protocol.TOO_LARGE
    assert refused.message == f"one of its sides is longer than {MAX_SIDE} pixels"
    Image.new("L", (1, MAX_SIDE)).save(tmp_path / "allowed.png")
    assert read_picture(str(tmp_path / "allowed.png")).size == (1, MAX_SIDE)


@pytest.mark.parametrize("before", [0, CHUNK_BYTES - 600])
def test_a_jpeg_of_many_scans_is_refused_before_decoding(tmp_path: Path, before: int) -> None:
    allowed = picture_files.many_scans(tmp_path / "allowed.jpg", MAX_SCANS, before)
    assert read_picture(str(allowed)).size == (60, 40)
    refused = refusal(picture_files.many_scans(tmp_path / "x.jpg", MAX_SCANS + 1, before))
    assert refused.code == protocol.TOO_LARGE
    assert refused.message == f"it has more than {MAX_SCANS} scans, each over all of its pixels"


def test_a_marker_across_two_chunks_is_counted_once(tmp_path: Path) -> None:
    for shift in range(30):
        before = CHUNK_BYTES - 700 + shift
        at_limit = picture_files.many_scans(tmp_path / "allowed.jpg", MAX_SCANS, before)
        assert read_picture(str(at_limit)).size == (60, 40)
        refusal(picture_files.many_scans(tmp_path / "x.jpg", MAX_SCANS + 1, before))


def test_the_limit_itself_is_allowed(tmp_path: Path) -> None:
    picture_files.two_halves((30, 20)).save(tmp_path / "x.png")
    assert read_picture(str(tmp_path / "x.png"), max_pixels=600).size == (30, 20)
    assert refusal(tmp_path / "x.png", max_pixels=599).code == protocol.TOO_LARGE


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that another user can look into, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_a_file_that_this_user_may_not_read(open_folder: Path) -> None:
    path = open_folder / "x.png"
    picture_files.two_halves().save(path)
    path.chmod(0)
    closed = open_folder / "closed"
    closed.mkdir(mode=0)
    user = os.geteuid()
    if user == 0:  # root reads everything
        os.seteuid(65534)
    try:
        refused = [refusal(path), refusal(closed / "x.png")]
    finally:
        os.seteuid(user)
    assert {one.code for one in refused} == {protocol.UNREADABLE}
    assert "may not read it" in refused[0].message
