"""An RGB picture to the model's input, step by step as torchvision's ImageClassification preset.

The numbers come from the exporter, which reads them off torchvision's own transform object;
`tests/exporter/test_preprocessing.py` compares the two, `docs/preprocessing.md` has the result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from inference import protocol
from inference.failures import InferenceError
from inference.pictures import MAX_PIXELS


@dataclass(frozen=True)
class Preprocessing:
    """What a model expects of its input.

    Attributes:
        resize_size: length of the shorter side after resizing, in pixels.
        crop_size: side of the central square that is cut out, in pixels; at most `resize_size`.
        interpolation: name of Pillow's filter: nearest, bilinear or bicubic.
        mean: subtracted from each channel of [0, 1], in the order red, green, blue.
        std: what each channel is divided by then.
    """

    resize_size: int
    crop_size: int
    interpolation: str
    mean: tuple[float, float, float]
    std: tuple[float, float, float]

    @classmethod
    def from_json(cls, numbers: Mapping[str, Any]) -> Preprocessing:
        """Read the manifest's `preprocessing`; raises KeyError, TypeError or ValueError."""
        red, green, blue = (float(value) for value in numbers["mean"])
        std_red, std_green, std_blue = (float(value) for value in numbers["std"])
        return cls(
            resize_size=int(numbers["resize_size"]),
            crop_size=int(numbers["crop_size"]),
            interpolation=Image.Resampling[str(numbers["interpolation"]).upper()].name.lower(),
            mean=(red, green, blue),
            std=(std_red, std_green, std_blue),
        )


def to_square(
    picture: Image.Image, wanted: Preprocessing, max_pixels: int = MAX_PIXELS
) -> Image.Image:
    """Resize the shorter side and cut out the centre: RGB of `crop_size` by `crop_size`.

    Raises:
        InferenceError: too-large, for a strip so narrow that resizing it would fill the memory.
    """
    width, height = resized_size(picture.size, wanted.resize_size)
    if width * height > max_pixels:
        message = f"it is so narrow that resizing it gives more than {max_pixels} pixels"
        raise InferenceError(protocol.TOO_LARGE, message)
    resample = Image.Resampling[wanted.interpolation.upper()]
    resized = picture.resize((width, height), resample=resample)
    left = round((resized.width - wanted.crop_size) / 2.0)
    top = round((resized.height - wanted.crop_size) / 2.0)
    return resized.crop((left, top, left + wanted.crop_size, top + wanted.crop_size))


def resized_size(size: tuple[int, int], shorter_side: int) -> tuple[int, int]:
    """Width and height once the shorter side has this length; the longer is rounded down."""
    width, height = size
    if width <= height:
        return shorter_side, int(shorter_side * height / width)
    return int(shorter_side * width / height), shorter_side


def to_batch(
    picture: Image.Image, wanted: Preprocessing, max_pixels: int = MAX_PIXELS
) -> np.ndarray:
    """Resize, crop, scale and normalise; raises as `to_square`.

    Returns:
        float32 of shape (1, 3, crop_size, crop_size), channels in the order red, green, blue.
    """
    square = to_square(picture, wanted, max_pixels)
    pixels = np.asarray(square, dtype=np.float32) / np.float32(255)
    mean = np.asarray(wanted.mean, dtype=np.float32)
    std = np.asarray(wanted.std, dtype=np.float32)
    channels_first = ((pixels - mean) / std).transpose(2, 0, 1)
    batch: np.ndarray = np.ascontiguousarray(channels_first[np.newaxis])
    return batch
