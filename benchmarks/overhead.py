"""Time of a bench run, all of it, against the sum of its samples.

    python -m benchmarks.overhead

`slimbench bench` runs as a command with everything built and inspected. A sample lasts from the
create call to the end of its container, requests included; what else a run does is checking the
images, verifying the answers, removing containers, taking readings and saving the record.
"""

from __future__ import annotations

import subprocess
import sys
import time

from bench.record import load
from bench.record_types import Record
from bench.sample_types import Sample
from benchmarks.figure import Figure, finish
from benchmarks.same_image import ROOT
from builders.workspace import Workspace

ALLOWED = 1.25


def sample_s(sample: Sample) -> float:
    """From the create call to the container's end."""
    requests_ns = sum(sample.warmup_ns) + sum(sample.round_trip_ns)
    return (sample.phases.total_ns + requests_ns + (sample.phases.stop_ns or 0)) / 1e9


def samples_s(record: Record) -> float:
    """Of all samples of the run."""
    rows = [*record.variants, *filter(None, [record.again])]
    return sum(sample_s(sample) for row in rows for sample in row.samples)


if __name__ == "__main__":
    command = [sys.executable, "-m", "slimbench", "bench", "--no-scenarios"]
    subprocess.run([*command, "--max-time", "1s"], cwd=ROOT, check=True, capture_output=True)
    began_s = time.monotonic()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    run_s = time.monotonic() - began_s
    measured_s = samples_s(load(Workspace.of(ROOT).record))
    finish(
        "overhead",
        [
            Figure("slimbench bench, all built", run_s, "s"),
            Figure("its samples", measured_s, "s"),
            Figure("ratio", run_s / measured_s, "1", ALLOWED),
        ],
    )
