"""A full inspection against `docker save IMAGE` to nowhere, both as commands.

    python -m benchmarks.inspect

They take turns, `ROUNDS` times each, and the figure is the ratio of the medians. Every inspection
begins with an empty cache; compressed sizes are left out, they are measured apart.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Optional

from benchmarks.figure import Figure, finish
from builders.plan import tag

ROOT = Path(__file__).parent.parent
TARGETS = {"fat": 1.5, "distroless-onnx": 3.0}
ROUNDS = 3


def elapsed_s(command: Sequence[str], cache: Optional[str] = None) -> float:
    """Seconds that a command takes; its output goes nowhere."""
    environment = {} if cache is None else {"SLIMBENCH_CACHE": cache}
    started = time.monotonic()
    subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return time.monotonic() - started


def inspect_s(variant: str) -> float:
    """Seconds of `slimbench inspect`, its own start included, with nothing known before."""
    with tempfile.TemporaryDirectory() as cache:
        command = [sys.executable, "-m", "slimbench", "inspect", tag(variant), "--json"]
        return elapsed_s(command, cache)


def figures(variant: str, target: float) -> tuple[Figure, ...]:
    """The medians of both and their ratio."""
    rounds = [
        (inspect_s(variant), elapsed_s(["docker", "save", tag(variant)])) for _ in range(ROUNDS)
    ]
    ours, theirs = (median(times) for times in zip(*rounds))
    return (
        Figure(f"slimbench inspect {variant}", ours, "s"),
        Figure(f"docker save {variant} to nowhere", theirs, "s"),
        Figure(f"{variant}, ratio", ours / theirs, "1", target),
    )


if __name__ == "__main__":
    finish("inspect", [one for name, target in TARGETS.items() for one in figures(name, target)])
