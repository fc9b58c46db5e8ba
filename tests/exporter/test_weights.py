"""Where weights come from: torchvision's own loading code against a server of this test's."""

from __future__ import annotations

import dataclasses
import hashlib
import http.server
import io
import tempfile
import threading
import unittest
from pathlib import Path
from typing import Any

import exported
import torch

from inference.exporter.architecture import Architecture, torchvision_models
from inference.exporter.failures import WEIGHTS_UNREACHABLE, WEIGHTS_UNUSABLE, ExportError
from inference.exporter.weights import SEEDED_NOTICE, weighted_model


def state_bytes(seed: int = 3) -> bytes:
    """A state dict that fits, as torch.save writes it."""
    torch.manual_seed(seed)
    buffer = io.BytesIO()
    torch.save(exported.mobilenet().build().state_dict(), buffer)
    return buffer.getvalue()


class _Handler(http.server.BaseHTTPRequestHandler):
    content = b""
    promised = 0

    def do_GET(self) -> None:
        if "missing" in self.path:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(self.promised))
        self.end_headers()
        self.wfile.write(self.content)

    def log_message(self, *_words: Any) -> None:
        pass


class _Served:
    """`content` at a URL of loopback, of which more may be promised than is sent."""

    def __init__(self, content: bytes, promised: int | None = None) -> None:
        more = {"content": content, "promised": len(content) if promised is None else promised}
        self._server = http.server.HTTPServer(("127.0.0.1", 0), type("H", (_Handler,), more))

    def __enter__(self) -> str:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_port}"

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def published_at(url: str) -> Architecture:
    """MobileNetV2 whose published weights are said to lie at this address."""
    torchvision_models()
    from torchvision.models import _api as api

    real = exported.mobilenet().published

    class Entry(api.WeightsEnum):
        DEFAULT = api.Weights(url=url, transforms=real.transforms, meta=real.meta)

    return dataclasses.replace(exported.mobilenet(), published=Entry.DEFAULT)


def named(content: bytes) -> str:
    """A file name with the start of the content's hash, as torchvision's have."""
    return f"mobilenet_v2-{hashlib.sha256(content).hexdigest()[:8]}.pth"


class Pretrained(unittest.TestCase):
    def refusal(self, url: str) -> ExportError:
        with self.assertRaises(ExportError) as caught:
            weighted_model(published_at(url), "pretrained", 0)
        return caught.exception

    def test_the_right_hash(self) -> None:
        content = state_bytes()
        with _Served(content) as address:
            model = weighted_model(published_at(f"{address}/{named(content)}"), "pretrained", 0)
        self.assertEqual((model.source, model.notice), ("pretrained", ""))
        served = torch.load(io.BytesIO(content), weights_only=True)
        for key, value in model.module.state_dict().items():
            self.assertTrue(torch.equal(value, served[key]), key)
        self.assertFalse(model.module.training)

    def test_a_wrong_hash(self) -> None:
        with _Served(state_bytes()) as address:
            error = self.refusal(f"{address}/mobilenet_v2-00000000.pth")
        self.assertEqual(error.code, WEIGHTS_UNUSABLE)
        self.assertRegex(error.message, "^what was downloaded is not what was published .*hash")

    def test_cut_off(self) -> None:
        content = state_bytes()
        with _Served(content[: len(content) // 2], promised=len(content)) as address:
            error = self.refusal(f"{address}/{named(content)}")
        self.assertIn(error.code, {WEIGHTS_UNUSABLE, WEIGHTS_UNREACHABLE})
        self.assertTrue(error.path.startswith(address))

    def test_a_right_hash_of_something_else(self) -> None:
        content = b"an error page of a proxy"
        with _Served(content) as address:
            self.assertEqual(self.refusal(f"{address}/{named(content)}").code, WEIGHTS_UNUSABLE)

    def test_nothing_there(self) -> None:
        with _Served(b"") as address:
            error = self.refusal(f"{address}/missing-00000000.pth")
        self.assertEqual(error.code, WEIGHTS_UNREACHABLE)
        self.assertIn("Not Found", error.message)

    def test_nobody_there(self) -> None:
        with _Served(b"") as address:
            pass
        error = self.refusal(f"{address}/mobilenet_v2-00000000.pth")
        self.assertEqual(error.code, WEIGHTS_UNREACHABLE)
        self.assertIn("refused", error.message)


class Auto(unittest.TestCase):
    def test_pretrained_where_they_can_be_had(self) -> None:
        content = state_bytes()
        with _Served(content) as address:
            model = weighted_model(published_at(f"{address}/{named(content)}"), "auto", 0)
        self.assertEqual(model.source, "pretrained")

    def test_seeded_otherwise_and_it_says_why(self) -> None:
        with _Served(b"") as address:
            model = weighted_model(published_at(f"{address}/missing-00000000.pth"), "auto", 0)
        self.assertEqual((model.source, model.notice), ("seeded", SEEDED_NOTICE))
        self.assertIn(WEIGHTS_UNREACHABLE, model.reason)
        self.assertIn("Not Found", model.detail)
        self.assertNotIn(address, model.reason)


class FromFile(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "weights.pth"

    def load(self) -> Any:
        return weighted_model(exported.mobilenet(), f"file:{self.path}", 0)

    def refusal(self, content: object = None) -> ExportError:
        if content is not None:
            torch.save(content, self.path)
        with self.assertRaises(ExportError) as caught:
            self.load()
        self.assertEqual(caught.exception.code, WEIGHTS_UNUSABLE)
        self.assertEqual(caught.exception.path, str(self.path))
        self.assertNotIn("\n", caught.exception.message)
        return caught.exception

    def test_a_state_dict_that_fits(self) -> None:
        self.path.write_bytes(state_bytes(8))
        model = self.load()
        self.assertEqual((model.source, model.notice), ("file", ""))
        served = torch.load(self.path, weights_only=True)
        found = model.module.state_dict()
        self.assertTrue(all(torch.equal(found[key], served[key]) for key in served))

    def test_a_missing_file(self) -> None:
        self.assertIn("can't be read (No such file", self.refusal().message)

    def test_a_file_that_is_cut_off(self) -> None:
        self.path.write_bytes(state_bytes()[:100_000])
        self.assertIn("no state dict as torch.save writes it", self.refusal().message)

    def test_another_sort_of_file(self) -> None:
        self.path.write_bytes(b"hello")
        self.assertIn("no state dict as torch.save writes it", self.refusal().message)

    def test_a_pickle_that_would_run_code(self) -> None:
        self.assertIn("no state dict", self.refusal(_RunsCode()).message)
        self.assertFalse(_RunsCode.ran)

    def test_something_else_in_it(self) -> None:
        expected = "the weights file holds no state dict, a mapping of names to tensors"
        self.assertEqual(self.refusal([1, 2]).message, expected)
        self.assertEqual(self.refusal({"epoch": 3}).message, expected)

    def test_wrong_keys_and_shapes(self) -> None:
        state = exported.mobilenet().build().state_dict()
        bias = state.pop("classifier.1.bias")
        self.assertEqual(
            self.refusal(dict(state)).message,
            "the weights don't fit mobilenet_v2: lacks 'classifier.1.bias'",
        )
        self.assertEqual(
            self.refusal({**state, "classifier.1.bias": bias, "more": bias}).message,
            "the weights don't fit mobilenet_v2: has an unknown 'more'",
        )
        self.assertEqual(
            self.refusal({**state, "classifier.1.bias": bias[:10], "x": bias}).message,
            "the weights don't fit mobilenet_v2: has an unknown 'x' and 1 more such",
        )
        self.assertEqual(
            self.refusal({**state, "classifier.1.bias": bias[:10]}).message,
            "the weights don't fit mobilenet_v2: 'classifier.1.bias' is (10,), not (1000,)",
        )


class _RunsCode:
    ran = False

    def __reduce__(self) -> tuple[Any, ...]:
        return setattr, (_RunsCode, "ran", True)


class Seeded(unittest.TestCase):
    def test_the_seed_decides(self) -> None:
        known = exported.mobilenet()
        first, again, other = (
            weighted_model(known, "seeded", seed).module.state_dict() for seed in (1, 1, 2)
        )
        self.assertTrue(all(torch.equal(first[key], again[key]) for key in first))
        key = "classifier.1.weight"
        self.assertFalse(torch.equal(first[key], other[key]))


if __name__ == "__main__":
    unittest.main()
