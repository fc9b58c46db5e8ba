"""Our preprocessing against torchvision's own transform of the model, on many shapes and modes."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

import exported
import numpy as np
from PIL import Image

from inference.exporter.architecture import Architecture, architecture
from inference.exporter.samples import generate, write_samples
from inference.pictures import read_picture
from inference.preprocessing import to_batch

BOUND = 1 / 255  # per pixel, before normalisation
SHAPES = (
    (1, 1), (2, 3), (31, 17), (100, 1000), (1000, 100), (223, 224), (224, 224), (225, 231),
    (232, 232), (233, 232), (232, 233), (300, 200), (200, 300), (333, 500), (640, 480), (481, 641),
    (1024, 768), (769, 1023), (1920, 1080), (1081, 1919), (3000, 2001), (232, 5000),
)  # fmt: skip
MODES = ("L", "RGBA", "P", "CMYK", "1", "LA")


def largest_difference(picture: Image.Image, known: Architecture) -> float:
    """Of a pixel in [0, 1], undoing the normalisation on both sides."""
    wanted = known.preprocessing
    ours = to_batch(picture, wanted)[0]
    theirs = known.published.transforms()(picture).numpy()
    assert ours.shape == theirs.shape
    std = np.asarray(wanted.std, dtype=np.float64)[:, np.newaxis, np.newaxis]
    return float((np.abs(ours.astype(np.float64) - theirs) * std).max())


class AgainstTorchvision(unittest.TestCase):
    def test_generated_pictures_of_many_shapes(self) -> None:
        pictures = generate(len(SHAPES), seed=5)
        found = [
            largest_difference(picture.resize(shape), exported.mobilenet())
            for picture, shape in zip(pictures, SHAPES)
        ]
        print(f"largest difference on {len(found)} shapes: {max(found):.3g}")
        self.assertLessEqual(max(found), BOUND)

    def test_files_of_every_mode(self) -> None:
        picture = generate(1, seed=6)[0]
        with tempfile.TemporaryDirectory() as folder:
            for mode in MODES:
                suffix = "tiff" if mode == "CMYK" else "png"
                path = Path(folder) / f"{mode}.{suffix}"
                picture.convert(mode).save(path)
                read = read_picture(str(path))
                opened = Image.open(path).convert("RGB")
                self.assertEqual(read.tobytes(), opened.tobytes())
                self.assertLessEqual(largest_difference(read, exported.mobilenet()), BOUND, mode)

    def test_the_samples(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for path in write_samples(Path(folder), 20, seed=7):
                read = read_picture(str(path))
                self.assertLessEqual(largest_difference(read, exported.mobilenet()), BOUND, path)

    def test_each_model_has_the_transform_of_its_own_weights(self) -> None:
        versions = {
            "mobilenet_v2": ("IMAGENET1K_V2", 232),
            "densenet121": ("IMAGENET1K_V1", 256),
            "resnet50": ("IMAGENET1K_V2", 232),
        }
        for name, (weights, resize_size) in versions.items():
            known = architecture(name)
            self.assertEqual(known.published.name, weights)
            self.assertEqual(known.preprocessing.resize_size, resize_size)
            self.assertEqual(known.preprocessing.crop_size, 224)
            for picture in generate(5, seed=8):
                self.assertLessEqual(largest_difference(picture, known), BOUND, name)

    def test_another_interpolation_would_be_noticed(self) -> None:
        known = exported.mobilenet()
        picture = generate(1, seed=9)[0]
        theirs = known.published.transforms(interpolation=_nearest())(picture).numpy()
        self.assertGreater(np.abs(to_batch(picture, known.preprocessing)[0] - theirs).max(), 0.1)


def _nearest() -> object:
    from torchvision.transforms import InterpolationMode

    return InterpolationMode.NEAREST


if __name__ == "__main__":
    unittest.main()
