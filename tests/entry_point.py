"""`python -m inference` as a process of its own, with the stand-in runtime."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
STUB = ROOT / "tests" / "stub_runtime"
Event = dict[str, Any]


def start(model_dir: Path, *words: str, runtime: Path = STUB) -> subprocess.Popen[bytes]:
    """Start it with its three streams as pipes."""
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT}:{runtime}",
        "SLIMBENCH_MODEL_DIR": str(model_dir),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "inference", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    )


def run(
    model_dir: Path, *words: str, given: bytes = b"", runtime: Path = STUB
) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    with start(model_dir, *words, runtime=runtime) as process:
        output, errors = process.communicate(given, timeout=60)
    return subprocess.CompletedProcess(words, process.returncode, output.decode(), errors.decode())


def session(
    model_dir: Path, requests: Sequence[bytes | Event], *words: str
) -> tuple[int, list[Event]]:
    """Send all requests at once; the exit status and every event."""
    lines = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in requests]
    ended = run(model_dir, "session", *words, given=b"".join(line + b"\n" for line in lines))
    assert "Traceback" not in ended.stderr
    return ended.returncode, [json.loads(line) for line in ended.stdout.splitlines()]
