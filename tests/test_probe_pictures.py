"""The generated pictures, as a decoder sees them."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from bench.probe.pictures import PATTERNS, SIDE, cut_off, generated


@pytest.mark.parametrize("number", range(len(PATTERNS)))
def test_a_picture_shows_its_pattern(number: int):
    part = generated(number)
    with Image.open(io.BytesIO(part.content)) as picture:
        assert (picture.format, picture.mode, picture.size) == ("PNG", "RGB", (SIDE, SIDE))
        places = [(x, y) for x in (0, 9, 63) for y in (0, 17, 63)]
        assert [picture.getpixel(place) for place in places] == [
            PATTERNS[number](*place) for place in places
        ]
    assert part.media_type == "image/png"


def test_pictures_differ():
    assert len({generated(number).content for number in range(len(PATTERNS))}) == len(PATTERNS)


def test_a_cut_off_picture_opens_and_cannot_be_decoded():
    with (
        Image.open(io.BytesIO(cut_off().content)) as picture,
        pytest.raises(OSError, match="trunc"),
    ):
        picture.load()
