"""Every model of the matrix, exported: three files that answer alike, and how alike."""

from __future__ import annotations

import json
import unittest

import exported
import numpy as np
import onnx

from inference import onnx_backend
from inference.exporter.architecture import architecture
from inference.exporter.formats import AGREEMENT
from inference.exporter.quantised import INT8
from inference.pictures import read_picture
from inference.preprocessing import Preprocessing, to_batch

WANTED_AGREEMENT = 0.8  # what `variants.yaml` asks for
INTEGER_OPERATORS = {"Conv", "Gemm"}


class Models(unittest.TestCase):
    def test_float32_formats_agree_and_int8_mostly(self) -> None:
        for name in exported.MODELS:
            with self.subTest(name):
                folder, said = exported.exported(name)
                sizes = {path.name: path.stat().st_size for path in folder.glob("model.*")}
                print(f"{name}: {said.largest_difference:.2g}, {said.int8_top1_agreement}, {sizes}")
                self.assertLessEqual(said.largest_difference, AGREEMENT)
                self.assertGreaterEqual(said.int8_top1_agreement or 0, WANTED_AGREEMENT)
                self.assertLess(sizes[INT8], 0.3 * sizes["model.onnx"])

    def test_each_manifest_has_the_model_s_own_transform(self) -> None:
        for name in exported.MODELS:
            manifest = json.loads((exported.exported(name)[0] / "manifest.json").read_text())
            told = Preprocessing.from_json(manifest["preprocessing"])
            self.assertEqual(told, architecture(name).preprocessing)
            self.assertEqual(manifest["int8"]["calibration_pictures"], 64)

    def test_answers_depend_on_the_picture(self) -> None:
        for name in exported.MODELS:
            folder = exported.exported(name)[0]
            best = {logits.argmax() for logits in self._logits(name, folder / INT8)}
            print(f"{name}: {len(best)} distinct best classes of int8 on the samples")
            self.assertGreaterEqual(len(best), 10)

    def _logits(self, name: str, path: object) -> list[np.ndarray]:
        preprocessing = architecture(name).preprocessing
        model = onnx_backend.load(path, 1)  # type: ignore[arg-type]
        samples = sorted((exported.exported(name)[0] / "samples").iterdir())
        return [model.logits(to_batch(read_picture(str(one)), preprocessing))[0] for one in samples]


class Int8(unittest.TestCase):
    def test_weights_are_int8_for_each_channel_and_activations_uint8(self) -> None:
        for name in exported.MODELS:
            graph = onnx.load(exported.exported(name)[0] / INT8).graph
            weights = {one.name: one for one in graph.initializer}
            makers = {node.output[0]: node for node in graph.node}
            heavy = [node for node in graph.node if node.op_type in INTEGER_OPERATORS]
            self.assertGreater(len(heavy), 50)
            for node in heavy:
                inputs = [makers[node.input[place]] for place in (0, 1)]
                self.assertEqual({one.op_type for one in inputs}, {"DequantizeLinear"})
                pixels, kernel = (weights[one.input[2]] for one in inputs)
                self.assertEqual(pixels.data_type, onnx.TensorProto.UINT8)
                self.assertEqual(kernel.data_type, onnx.TensorProto.INT8)
                if node.op_type == "Conv":
                    self.assertEqual(list(kernel.dims), [weights[inputs[1].input[0]].dims[0]])

    def test_a_batch_answers_as_its_pictures_do_one_by_one(self) -> None:
        pixels = np.random.default_rng(0).standard_normal((8, 3, 224, 224)).astype(np.float32)
        for name in exported.MODELS:
            for threads in (1, 2):
                model = onnx_backend.load(exported.exported(name)[0] / INT8, threads)
                alone = np.concatenate([model.logits(pixels[n : n + 1]) for n in range(8)])
                together = model.logits(pixels)
                self.assertLess(np.abs(alone - together).max(), 1e-3, (name, threads))


if __name__ == "__main__":
    unittest.main()
