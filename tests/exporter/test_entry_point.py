"""`python -m inference` with the real runtimes: both answer alike, with the threads asked for."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

import exported
from PIL import Image

BACKENDS = {"torchscript": "torch", "onnx": "onnxruntime"}  # of the same float32 model
Event = dict[str, Any]


def start(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "inference", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "SLIMBENCH_MODEL_DIR": str(exported.folder())},
    )


def run(*words: str, given: str = "") -> tuple[int, str, str]:
    with start(*words) as process:
        output, errors = process.communicate(given, timeout=120)
    return process.returncode, output, errors


def session(backend: str, requests: list[Event], threads: int = 1) -> list[Event]:
    lines = "".join(json.dumps(request) + "\n" for request in requests)
    words = ("session", "--backend", backend, "--threads", str(threads))
    status, output, errors = run(*words, given=lines)
    assert (status, errors) == (0, ""), errors
    return [json.loads(line) for line in output.splitlines()]


def samples() -> list[str]:
    return sorted(str(path) for path in (exported.folder() / "samples").iterdir())


class Predict(unittest.TestCase):
    def test_both_back_ends_print_the_same_classes(self) -> None:
        for picture in samples()[:3]:
            answers = []
            for backend in BACKENDS:
                status, output, errors = run("predict", picture, "--backend", backend)
                self.assertEqual((status, errors.count("\n")), (0, 1), errors)
                self.assertIn("not trained", errors)
                answers.append(json.loads(output))
            first, second = ([one["class_id"] for one in answer] for answer in answers)
            self.assertEqual(first, second)
            self.assertEqual(len(first), 5)

    def test_a_broken_picture_is_one_line_of_json(self) -> None:
        with tempfile.NamedTemporaryFile(suffix=".jpg") as file:
            file.write(
                Path(next(one for one in samples() if one.endswith("jpg"))).read_bytes()[:3000]
            )
            file.flush()
            for backend in BACKENDS:
                status, output, errors = run("predict", file.name, "--backend", backend)
                self.assertEqual((status, output), (1, ""))
                self.assertEqual(json.loads(errors)["error"]["code"], "cut-off")


class Session(unittest.TestCase):
    def test_probabilities_agree_between_back_ends(self) -> None:
        requests = [
            {"op": "predict", "id": number, "path": path, "probs": True}
            for number, path in enumerate(samples())
        ]
        found = [
            [event["probs"] for event in session(backend, requests) if event["event"] == "result"]
            for backend in BACKENDS
        ]
        self.assertEqual([len(one) for one in found], [len(requests)] * 2)
        worst = max(
            abs(first - second) for one, other in zip(*found) for first, second in zip(one, other)
        )
        print(f"largest difference of a probability between the runtimes: {worst:.3g}")
        self.assertLess(worst, 1e-4)

    def test_the_runtime_uses_the_threads_asked_for(self) -> None:
        for backend, runtime in BACKENDS.items():
            for threads in (1, 2):
                events = session(backend, [{"op": "stats"}], threads)
                ready = events[2]
                self.assertEqual((ready["backend"], ready["threads"]), (backend, threads))
                self.assertEqual(set(ready["versions"]), {"python", "numpy", "pillow", runtime})
                self.assertGreater(events[3]["peak_rss_bytes"], 30 * 1024**2)

    def test_one_thread_means_one_that_works(self) -> None:
        for backend in BACKENDS:
            with start("session", "--backend", backend, "--threads", "1") as process:
                assert process.stdin
                assert process.stdout
                process.stdin.write(json.dumps({"op": "predict", "path": samples()[0]}) + "\n")
                process.stdin.flush()
                while json.loads(process.stdout.readline())["event"] != "result":
                    pass
                busy = [
                    task.name
                    for task in Path(f"/proc/{process.pid}/task").iterdir()
                    if task.name != str(process.pid) and _cpu_ticks(task) > 2
                ]
                process.send_signal(signal.SIGTERM)
                self.assertEqual(json.loads(process.stdout.readline())["event"], "bye")
            self.assertEqual(process.returncode, 0)
            self.assertEqual(busy, [], backend)

    def test_a_failing_picture_leaves_the_session_working(self) -> None:
        with tempfile.NamedTemporaryFile(suffix=".png") as file:
            Image.new("L", (1, 100_000)).save(file.name)
            requests = [
                {"op": "predict", "id": 1, "path": file.name},
                {"op": "predict", "id": 2, "path": samples()[0]},
            ]
            for backend in BACKENDS:
                names = [event["event"] for event in session(backend, requests)]
                self.assertEqual(names[3:], ["error", "result", "bye"])


def _cpu_ticks(task: Path) -> int:
    """User and system time of a thread, in hundredths of a second."""
    fields = (task / "stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


if __name__ == "__main__":
    unittest.main()
