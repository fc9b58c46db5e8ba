"""Generated pictures: collages of gradients, shapes and textures, the same for the same seed.

They ship with the model for verifying, and set the batch-norm statistics of seeded weights.
Needs Pillow and NumPy alone.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

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
    """A collage: one layer as the ground, others seen through ellipses and rectangles."""
    size = _SIZES[number % len(_SIZES)]
    picture = _layer(size, random)
    for _ in range(int(random.integers(1, 5))):
        picture.paste(_layer(size, random), mask=_shape(size, random))
    return picture


def _layer(size: tuple[int, int], random: np.random.Generator) -> Image.Image:
    # Scenes are most like photographs; only with the others too do the answers differ enough.
    kinds = (_gradient, _blobs, _stripes, _checks, _noise, _scene, _scene, _scene)
    return kinds[int(random.integers(len(kinds)))](size, random)


def _shape(size: tuple[int, int], random: np.random.Generator) -> Image.Image:
    mask = Image.new("L", size)
    draw = ImageDraw.Draw(mask)
    centre = random.uniform(0, 1, 2) * size
    half = random.uniform(0.1, 0.6, 2) * min(size)
    box = [int(value) for value in (*(centre - half), *(centre + half))]
    (draw.ellipse if random.random() < 0.7 else draw.rectangle)(box, fill=255)
    return mask


def _scene(size: tuple[int, int], random: np.random.Generator) -> Image.Image:
    """Detail at every scale, the finer the fainter, as in photographs."""
    scales = [2**octave for octave in range(1, 9)]
    fading = random.uniform(0.4, 1.3)
    grey = sum(_grain(size, cells, random, 1) / cells**fading for cells in scales)
    tint = sum(_grain(size, cells, random, 3) / cells**fading for cells in scales[:5])
    mixed = grey + random.uniform(0, 0.8) * tint
    contrast = random.uniform(10, 80) / mixed.std()
    levels = random.uniform(50, 200) + contrast * (mixed - mixed.mean())
    return Image.fromarray(levels.clip(0, 255).astype(np.uint8))


def _grain(
    size: tuple[int, int], cells: int, random: np.random.Generator, channels: int
) -> np.ndarray:
    """Noise of `cells` by `cells` patches: float32 (height, width, channels) around 0."""
    planes = random.standard_normal((channels, cells, cells)).astype(np.float32)
    resized = [Image.fromarray(one).resize(size, Image.Resampling.BICUBIC) for one in planes]
    stacked: np.ndarray = np.stack([np.asarray(one) for one in resized], axis=-1)
    return stacked


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


def _in_mode(picture: Image.Image, mode: str) -> Image.Image:
    if mode != "RGBA":
        return picture.convert(mode)
    alpha = Image.linear_gradient("L").resize(picture.size)
    picture = picture.copy()
    picture.putalpha(alpha)
    return picture
