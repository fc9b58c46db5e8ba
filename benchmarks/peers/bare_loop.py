"""A bare loop around the runtime: decode, preprocess, infer, and nothing else.

    python3 bare_loop.py SECONDS BATCH...

Runs in an image of slimbench, in /app, with JPEG files under /data and its container's limits. It
prints one JSON line for each size of batches: `batch`, `pictures_per_s` and `cpu_ms` of a picture.
No request, no queue, no ranking: what the runtime and its preprocessing can do on these CPUs.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, "/app")

import numpy as np

from inference.loading import import_runtime, load_classifier
from inference.model_folder import default_folder
from inference.pictures import read_picture
from inference.preprocessing import to_batch

WARMUP_BATCHES = 3
PICTURES = Path("/data")


def pictures() -> list[str]:
    """The files under /data, by name."""
    return sorted(str(path) for path in PICTURES.rglob("*") if path.is_file())


def run(classifier: Any, paths: Iterator[str], batch: int, seconds: float) -> dict[str, float]:
    """Pictures a second, and processor time of one."""
    for _ in range(WARMUP_BATCHES):
        infer(classifier, list(itertools.islice(paths, batch)))
    done, began_s, used_s = 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - began_s < seconds:
        infer(classifier, list(itertools.islice(paths, batch)))
        done += batch
    elapsed_s, used_s = time.perf_counter() - began_s, time.process_time() - used_s
    return {"pictures_per_s": done / elapsed_s, "cpu_ms": 1000 * used_s / done}


def infer(classifier: Any, paths: Sequence[str]) -> None:
    """Decode, preprocess and infer."""
    inputs = [to_batch(read_picture(path), classifier.preprocessing) for path in paths]
    classifier.model.logits(np.concatenate(inputs))


def main() -> None:
    """Do what the words say."""
    seconds, *batches = map(int, sys.argv[1:])
    asked = argparse.Namespace(
        model_dir=default_folder(),
        backend=None,
        threads=int(os.environ["THREADS"]),
        device="cpu",
        gpu_fallback=False,
    )
    classifier = load_classifier(asked, import_runtime(asked)).classifier
    paths = itertools.cycle(pictures())
    for batch in batches:
        found = run(classifier, paths, batch, seconds)
        print(json.dumps({"batch": batch, **found}), flush=True)


if __name__ == "__main__":
    main()
