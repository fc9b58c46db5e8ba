"""Resizing, cropping and normalising; `tests/exporter` compares them with torchvision's own."""

from __future__ import annotations

import numpy as np
import picture_files
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from inference import protocol
from inference.failures import InferenceError
from inference.preprocessing import Preprocessing, resized_size, to_batch, to_square

WANTED = Preprocessing(
    resize_size=232,
    crop_size=224,
    interpolation="bilinear",
    mean=(0.5, 0.4, 0.3),
    std=(0.2, 0.25, 0.5),
)
NUMBERS = {
    "resize_size": 232,
    "crop_size": 224,
    "interpolation": "bilinear",
    "mean": [0.5, 0.4, 0.3],
    "std": [0.2, 0.25, 0.5],
}


def test_the_manifest_s_numbers_are_read() -> None:
    assert Preprocessing.from_json(NUMBERS) == WANTED


@pytest.mark.parametrize(
    ("key", "value"),
    [("mean", [1, 2]), ("std", None), ("interpolation", "blurry"), ("resize_size", "big")],
)
def test_damaged_numbers_are_refused(key: str, value: object) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        Preprocessing.from_json({**NUMBERS, key: value})


def test_a_plain_colour_is_scaled_and_normalised() -> None:
    batch = to_batch(Image.new("RGB", (300, 500), (255, 51, 0)), WANTED)
    assert batch.shape == (1, 3, 224, 224)
    assert batch.dtype == np.float32
    assert batch.flags["C_CONTIGUOUS"]
    expected = [(1 - 0.5) / 0.2, (0.2 - 0.4) / 0.25, (0 - 0.3) / 0.5]
    for channel, value in enumerate(expected):
        assert batch[0, channel] == pytest.approx(value, abs=1e-6)


def test_the_centre_is_cut_out() -> None:
    square = to_square(picture_files.two_halves((464, 232)), WANTED)
    assert square.size == (224, 224)
    assert square.getpixel((111, 100)) == (255, 0, 0)
    assert square.getpixel((112, 100)) == (0, 0, 255)


def test_the_interpolation_is_the_one_asked_for() -> None:
    picture = picture_files.two_halves((61, 41))
    names = ("nearest", "bilinear", "bicubic")
    found = {
        to_square(picture, Preprocessing(32, 32, name, WANTED.mean, WANTED.std)).tobytes()
        for name in names
    }
    assert len(found) == len(names)


@given(st.integers(1, 5000), st.integers(1, 5000), st.integers(1, 600))
def test_the_shorter_side_gets_the_wanted_length(width: int, height: int, side: int) -> None:
    new_width, new_height = resized_size((width, height), side)
    assert min(new_width, new_height) == side
    longer, exact = max(new_width, new_height), side * max(width, height) / min(width, height)
    assert exact - 1 < longer <= exact
    assert (new_width >= new_height) == (width >= height) or longer == side


def test_a_strip_that_would_fill_the_memory_is_refused() -> None:
    with pytest.raises(InferenceError) as caught:
        to_batch(Image.new("RGB", (1, 60_000)), WANTED)
    assert caught.value.code == protocol.TOO_LARGE
    assert "so narrow" in caught.value.message
