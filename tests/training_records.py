"""A record of trainings, hand-written: round numbers that nobody measured."""

from __future__ import annotations

from typing import Any

from report_images import MB, image
from report_records import FULL_BASE, SLIM_BASE, build, record, variant

from bench.record_types import Record, VariantRecord
from bench.training_types import MemoryPoint, TrainingRun, WeightsComparison

S = 1_000_000_000  # nanoseconds
WEIGHTS = {"bias": 0.25, "weight[0]": 2.5, "weight[1]": -1.5}
CONDA = "docker.io/conda:1: it can't be pulled: no registry answers for docker.io; build it there"


def run(number: int, seconds: int, used_mb: tuple[int, ...], **more: Any) -> TrainingRun:
    """The training of this round: `seconds` and as many ms as the round's number."""
    values: dict[str, Any] = {
        "round": number,
        "position": 0,
        "seed": 7,
        "epochs": 3,
        "threads_used": 1,
        "running_ns": seconds * S + number * S // 1000,
        "container_ns": seconds * S - S // 2,
        "imports_ns": 2 * S,
        "cpu_ns": seconds * S - S,
        "process_cpu_ns": seconds * S - 2 * S,
        "peak_rss_bytes": (used_mb[0] + 100) * MB if used_mb else 500 * MB,
        "cgroup_peak_bytes": 900 * MB,
        "memory": tuple(
            MemoryPoint(after_ns=(place + 1) * S, used_bytes=mb * MB)
            for place, mb in enumerate(used_mb)
        ),
        "losses": (0.5, 0.25, 0.125),
        "accuracy": 0.965,
        "weights": WEIGHTS,
        "versions": {"python": "3.11.2", "torch": "2.0"},
    }
    return TrainingRun(**{**values, **more})


def compared(reason: str = "", **changes: float) -> WeightsComparison:
    return WeightsComparison(
        reference="train-bulky",
        tolerance=1e-6,
        expected=WEIGHTS,
        weights={**WEIGHTS, **changes},
        reason=reason,
    )


def trained(name: str, size_mb: int, runs: tuple[TrainingRun, ...], **more: Any) -> VariantRecord:
    base = SLIM_BASE if name == "train-slim" else FULL_BASE
    return variant(
        name,
        status="measured",
        build=build(name, base),
        image=image(size_mb),
        weights=compared(),
        training=runs,
        runtime_versions={"torch": "2.0"},
        runtime_threads=1,
    ).model_copy(update={"runtime": "torch", "model": "", **more})


BULKY = trained(
    "train-bulky", 6000, tuple(run(n, 12, (600, 900, 600)) for n in range(3)), changed="the habit"
)
SLIM = trained("train-slim", 600, tuple(run(n, 6, (200, 300, 250, 250)) for n in range(3)))
OTHER = trained(
    "other",
    700,
    (),
    status="failed",
    failed_step="verify",
    reason="bias is 0.5 instead of 0.25",
    weights=compared("bias is 0.5 instead of 0.25", bias=0.5),
)
ODD = variant("odd", status="failed", failed_step="build", left_out=True, reason=CONDA)


def training_record(*rows: VariantRecord) -> Record:
    """A whole run, or one of these rows."""
    made = record(*(rows or (BULKY, SLIM, OTHER, ODD)))
    names = tuple(row.name for row in made.variants if row.status != "failed")
    changes = {
        "workload": "train",
        "edition": "train",
        "reference": "train-bulky",
        "sampled": names,
    }
    return made.model_copy(update={**changes, "measured_s": 54.0})
