"""Generated pictures: smooth gradients, shapes and textures, the same for the same seed.

They ship with the model for verifying, and set the batch-norm statistics of seeded weights.
Needs Pillow and NumPy alone.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

_SIZES = ((320, 240), (240, 320), (256, 256), (500, 333), (224, 224), (641, 200), (180, 420))
_KINDS = (("RGB", "jpg"), ("RGB", "png"), ("L", "png"), ("RGBA", "png"), ("P", "png"), ("L", "jpg"))


def write_samples(folder: Path, count: int, seed: int) -> tuple[Path, ...]:
    """Write `count` pictures of different sizes, modes and formats, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, picture in enumerate(generate(count, seed)):
        mode, suffix = _KINDS[number % len(_KINDS)]
        path = folder / f"{number:02d}-{mode.lower()}-{picture.width}x{picture.height}.{suffix}"
        _in_mode(picture, mode).save(path, **({"quality": 92} if suffix == "jpg" else {}))
        paths.append(path)
    return tuple(paths)


def generate(count: int, seed: int) -> tuple[Image.Image, ...]:
    """`count` RGB pictures; picture n is the same whatever the count."""
    return tuple(_picture(number, np.random.default_rng([seed, number])) for number in range(count))


def _picture(number: int, random: np.random.Generator) -> Image.Image:
    size = _SIZES[number % len(_SIZES)]
    layers = (_gradient, _blobs, _stripes, _checks, _noise)
    picture = layers[number % len(layers)](size, random)
    over = layers[int(random.integers(len(layers)))](size, random)
    mixed = Image.blend(picture, over, float(random.uniform(0.15, 0.5)))
    return _with_shapes(mixed, random).filter(ImageFilter.GaussianBlur(float(random.uniform(0, 2))))


def _gradient(size: tuple[int, int], random: np.random.Generator) -> Image.Image:
    """A blend of four random corner colours."""
    corners = random.integers(0, 256, (2, 2, 3)).astype(np.uint8)
    return Image.fromarray(corners).resize(size, Image.Resampling.BICUBIC)


def _blobs(size: tuple[int, int], random: np.random.Generator) -> Image.Image:
    """Soft patches of colour, as foliage or clouds seen out of focus."""
    cells = int(random.integers(4, 14))
    coarse = random.integers(0, 256, (cells, cells, 3)).astype(np.uint8)
    return Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)


def _stripes(size: tuple[int, int], random: np.random.Generator) -> Image.Image:
    """A wave across the picture between two colours."""
    across, down = _coordinates(size)
    angle, length = random.uniform(0, np.pi), random.uniform(6, 60)
    phase = (across * np.cos(angle) + down * np.sin(angle)) * 2 * np.pi / length
    return _between(np.sin(phase) / 2 + 0.5, random)


def _checks(size: tuple[int, int], random: np.random.Generator) -> Image.Image:
    """A chessboard of two colours."""
    across, down = _coordinates(size)
    cell = int(random.integers(8, 50))
    return _between(((across // cell + down // cell) % 2).astype(np.float64), random)


def _noise(size: tuple[int, int], random: np.random.Generator) -> Image.Image:
    """Fine grain between two colours, as fur or gravel."""
    grain = random.random((size[1] // 2, size[0] // 2))
    return _between(grain, random).resize(size, Image.Resampling.BILINEAR)


def _coordinates(size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Column and row number of each pixel, both (height, width)."""
    down, across = np.mgrid[: size[1], : size[0]]
    return across, down


def _between(share: np.ndarray, random: np.random.Generator) -> Image.Image:
    """Share 0 is one random colour, 1 another; `share` is (height, width)."""
    first, second = random.integers(0, 256, (2, 3))
    mixed = first + share[..., np.newaxis] * (second - first)
    return Image.fromarray(np.rint(mixed).astype(np.uint8))


def _with_shapes(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    draw = ImageDraw.Draw(picture)
    shapes: tuple[Callable[..., None], ...] = (draw.ellipse, draw.rectangle)
    for _ in range(int(random.integers(1, 6))):
        centre = random.uniform(0, 1, 2) * picture.size
        half = random.uniform(0.04, 0.35, 2) * min(picture.size)
        box = [int(value) for value in (*(centre - half), *(centre + half))]
        colour = tuple(int(value) for value in random.integers(0, 256, 3))
        shapes[int(random.integers(2))](box, fill=colour)
    return picture


def _in_mode(picture: Image.Image, mode: str) -> Image.Image:
    if mode != "RGBA":
        return picture.convert(mode)
    alpha = Image.linear_gradient("L").resize(picture.size)
    picture = picture.copy()
    picture.putalpha(alpha)
    return picture
