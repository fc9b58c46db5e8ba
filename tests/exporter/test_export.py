"""The whole export: what lies in the folder, that it is proven, and that failures touch nothing."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import exported
import numpy as np
import onnx
import torch
from PIL import Image

from inference import onnx_backend, torchscript_backend
from inference.exporter.failures import EXPORT_FAILED, ExportError
from inference.exporter.formats import AGREEMENT, OPSET, check_agreement, write_onnx
from inference.exporter.samples import write_samples
from inference.ranking import probabilities


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "inference.exporter", *words],
        capture_output=True,
        text=True,
        check=False,
    )


def batch(count: int) -> np.ndarray:
    return np.random.default_rng(0).standard_normal((count, 3, 224, 224)).astype(np.float32)


class Artefacts(unittest.TestCase):
    def test_what_lies_there(self) -> None:
        names = {path.name for path in exported.folder().iterdir()}
        self.assertEqual(
            names,
            {
                "manifest.json",
                "class_names.txt",
                "model.onnx",
                "model.int8.onnx",
                "model.torchscript",
                "samples",
            },
        )

    def test_the_manifest_vouches_for_every_file(self) -> None:
        folder = exported.folder()
        manifest = json.loads((folder / "manifest.json").read_text())
        files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
        self.assertEqual(set(manifest["sha256"]), files - {"manifest.json"})
        for name, digest in manifest["sha256"].items():
            content = (folder / name).read_bytes()
            self.assertEqual(hashlib.sha256(content).hexdigest(), digest)
            self.assertEqual(manifest["size_bytes"][name], len(content))
        self.assertEqual((manifest["model"], manifest["weights"]), ("mobilenet_v2", "seeded"))
        self.assertEqual((manifest["seed"], manifest["classes"]), (exported.SEED, 1000))
        self.assertEqual(manifest["versions"]["torch"], torch.__version__)
        self.assertEqual(manifest["preprocessing"]["resize_size"], 232)

    def test_the_labels_are_imagenet_s(self) -> None:
        labels = (exported.folder() / "class_names.txt").read_text().splitlines()
        self.assertEqual(len(labels), 1000)
        self.assertEqual(
            (labels[0], labels[153], labels[999]), ("tench", "Maltese dog", "toilet tissue")
        )

    def test_the_same_request_gives_the_same_bytes(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            manifests = []
            for name in ("first", "second"):  # processes: torch counts the modules it has traced
                words = ("--out", f"{folder}/{name}", "--weights", "seeded", "--int8")
                ended = run("mobilenet_v2", *words)
                self.assertEqual(ended.returncode, 0, ended.stderr)
                manifests.append(Path(folder, name, "manifest.json").read_bytes())
        self.assertEqual(*manifests)

    def test_samples_differ_in_size_and_mode(self) -> None:
        samples = sorted((exported.folder() / "samples").iterdir())
        self.assertEqual(len(samples), exported.SAMPLES)
        modes, sizes = set(), set()
        for path in samples:
            with Image.open(path) as picture:
                modes.add(picture.mode)
                sizes.add(picture.size)
        self.assertLessEqual({"L", "RGB", "RGBA", "P"}, modes)
        self.assertGreaterEqual(len(sizes), 7)
        self.assertLessEqual({".png", ".jpg"}, {path.suffix for path in samples})

    def test_more_samples_leave_the_first_ones_alone(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            few = write_samples(Path(folder) / "few", 10, seed=1)
            many = write_samples(Path(folder) / "many", 20, seed=1)
            other = write_samples(Path(folder) / "other", 10, seed=2)
            for one, same in zip(few, many):
                self.assertEqual(one.read_bytes(), same.read_bytes())
            self.assertNotEqual(few[0].read_bytes(), other[0].read_bytes())


class Formats(unittest.TestCase):
    def test_onnx_is_checked_and_takes_any_batch(self) -> None:
        path = exported.folder() / "model.onnx"
        model = onnx.load(path)
        onnx.checker.check_model(model, full_check=True)
        self.assertEqual([one.version for one in model.opset_import if not one.domain], [OPSET])
        loaded = onnx_backend.load(path, 1)
        for count in (1, 2, 5):
            self.assertEqual(loaded.logits(batch(count)).shape, (count, 1000))

    def test_both_back_ends_agree(self) -> None:
        folder = exported.folder()
        first = torchscript_backend.load(folder / "model.torchscript", 1).logits(batch(4))
        second = onnx_backend.load(folder / "model.onnx", 1).logits(batch(4))
        self.assertEqual(first.shape, second.shape)
        difference = np.abs(probabilities(first) - probabilities(second)).max()
        self.assertLess(difference, AGREEMENT)

    def test_a_file_that_answers_otherwise_is_refused(self) -> None:
        module = torch.jit.load(exported.folder() / "model.torchscript")
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for file in ("model.torchscript", "model.onnx"):
                (folder / file).symlink_to(exported.folder() / file)
            pixels = torch.from_numpy(batch(3))
            self.assertLessEqual(check_agreement(module, folder, pixels), AGREEMENT)
            swapped = _SwappedChannels(module)
            with self.assertRaises(ExportError) as caught:
                check_agreement(swapped, folder, pixels)
        self.assertEqual(caught.exception.code, EXPORT_FAILED)
        self.assertRegex(caught.exception.message, "^TorchScript and the model differ by .*, more")

    def test_answers_that_are_no_numbers_are_refused(self) -> None:
        module = torch.jit.load(exported.folder() / "model.torchscript")
        pixels = torch.full((2, 3, 224, 224), float("nan"))
        with self.assertRaises(ExportError):
            check_agreement(module, exported.folder(), pixels)

    def test_a_model_that_cannot_be_turned_into_onnx(self) -> None:
        with tempfile.TemporaryDirectory() as folder, self.assertRaises(ExportError) as caught:
            write_onnx(_Fails(), torch.from_numpy(batch(1)), Path(folder) / "model.onnx")
        self.assertEqual(
            caught.exception.message, "the model can't be turned into ONNX (not like this)"
        )


class _SwappedChannels(torch.nn.Module):
    def __init__(self, module: torch.nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        return self.module(pixels.flip(1))


class _Fails(torch.nn.Module):
    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        raise RuntimeError("not like this")


class CommandLine(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.out = Path(folder.name) / "out"

    def refusal(self, *words: str) -> dict[str, str]:
        ended = run(*words)
        self.assertEqual((ended.returncode, ended.stdout), (1, ""))
        self.assertNotIn("Traceback", ended.stderr)
        return json.loads(ended.stderr.splitlines()[-1])["error"]

    def test_a_good_export_says_what_it_did_and_replaces_an_old_one(self) -> None:
        old = self.out / "samples" / "old.png"
        old.parent.mkdir(parents=True)
        old.touch()
        ended = run("mobilenet_v2", "--out", str(self.out), "--weights", "auto", "--samples", "10")
        self.assertEqual(ended.returncode, 0, ended.stderr)
        said = json.loads(ended.stdout)  # nothing else is on standard output
        self.assertEqual((said["model"], said["weights"]), ("mobilenet_v2", "seeded"))
        self.assertIn("tried first", said["reason"])
        self.assertIn("can't be downloaded", said["detail"])
        self.assertLessEqual(said["largest_difference"], AGREEMENT)
        self.assertIsNone(said["int8_top1_agreement"])  # none was asked for
        self.assertFalse((self.out / "model.int8.onnx").exists())
        self.assertNotIn("int8", json.loads((self.out / "manifest.json").read_text()))
        self.assertEqual(len(list((self.out / "samples").iterdir())), 10)
        self.assertFalse(old.exists())
        self.assertEqual([path for path in self.out.iterdir() if path.name[0] == "."], [])

    def test_an_unknown_model(self) -> None:
        error = self.refusal("mobile", "--out", str(self.out))
        self.assertEqual(error["code"], "unknown-model")
        self.assertEqual(error["message"], "torchvision has no classification model named 'mobile'")

    def test_failing_leaves_what_was_there(self) -> None:
        self.out.mkdir()
        (self.out / "manifest.json").write_text("old")
        error = self.refusal("mobilenet_v2", "--out", str(self.out), "--weights", "file:/nowhere")
        self.assertEqual(error["code"], "weights-unusable")
        self.assertEqual([path.name for path in self.out.iterdir()], ["manifest.json"])
        self.assertEqual((self.out / "manifest.json").read_text(), "old")

    def test_a_folder_that_cannot_be_written(self) -> None:
        self.out.touch()
        error = self.refusal("mobilenet_v2", "--out", str(self.out / "x"), "--weights", "seeded")
        self.assertEqual(error["code"], "export-failed")
        self.assertEqual(error["message"], "the artefacts can't be written (Not a directory)")

    def test_wrong_usage(self) -> None:
        for words in (
            ["--out", "x"],
            ["mobilenet_v2"],
            ["mobilenet_v2", "--out", "x", "--weights", "some"],
            ["mobilenet_v2", "--out", "x", "--weights", "file:"],
            ["mobilenet_v2", "--out", "x", "--samples", "9"],
        ):
            self.assertEqual(run(*words).returncode, 2, words)

    def test_no_trace_of_telemetry(self) -> None:
        self.assertEqual(os.environ["ORT_DISABLE_TELEMETRY"], "1")
        home = tempfile.TemporaryDirectory()
        self.addCleanup(home.cleanup)
        code = "from inference import onnx_backend as b; b.load('{}', 1)"
        path = exported.folder() / "model.onnx"
        environment = {**os.environ, "HOME": home.name, "XDG_CACHE_HOME": home.name}
        del environment["ORT_DISABLE_TELEMETRY"]  # the back end must set it itself
        subprocess.run([sys.executable, "-c", code.format(path)], env=environment, check=True)
        self.assertEqual(list(Path(home.name).rglob("*")), [])


if __name__ == "__main__":
    unittest.main()
