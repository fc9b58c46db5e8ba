"""Seeded weights tell photographs apart; the folder is mounted at /photos."""

from __future__ import annotations

import unittest
from pathlib import Path

import exported

from inference import onnx_backend
from inference.classifier import Classifier
from inference.exporter.weights import SEEDED_NOTICE
from inference.model_folder import read_folder

PHOTOS = Path("/photos")
WANTED_CLASSES = 10
WANTED_PHOTOS = 40


class Photos(unittest.TestCase):
    def test_at_least_10_of_40_photos_differ_in_their_best_class(self) -> None:
        paths = sorted(one for one in PHOTOS.iterdir() if one.suffix.lower() in {".jpeg", ".jpg"})
        self.assertGreaterEqual(len(paths), WANTED_PHOTOS)
        folder = read_folder(exported.folder(), "onnx")
        model = onnx_backend.load(folder.artefact, 1)
        classifier = Classifier(model, folder.labels, exported.mobilenet().preprocessing)
        best = {classifier.classify([str(path)], 1).tops[0][0]["class_id"] for path in paths}
        print(f"{len(best)} distinct classes for {len(paths)} photographs; {SEEDED_NOTICE}")
        self.assertEqual(folder.notice, SEEDED_NOTICE)
        self.assertGreaterEqual(len(best), WANTED_CLASSES)


if __name__ == "__main__":
    unittest.main()
