"""A record with every part there is: hand-written, with round numbers that nobody measured.

Three variants and the reference once more. Of 20 starts, start number k (0 to 19) takes k ms longer
than the first, so that medians lie 9.5 ms above it.
"""

from __future__ import annotations

from report_images import MB
from report_records import MS, SEEDED, measured, record

from bench.disturbance import Disturbance
from bench.record_types import Record, VariantRecord
from bench.sample_types import Phases, Sample, Usage
from bench.scenario_types import (
    ImportRun,
    Interpreter,
    Missing,
    PulledLayer,
    PullSample,
    ThroughputSample,
)
from bench.stop_rule import Decision

STARTS = 20
REQUESTS = 10
QUIET = Disturbance(part="start", steal_share=0.0, other_cpu_share=0.1, throttled_periods=0)
STOLEN = Disturbance(part="start", steal_share=0.5, other_cpu_share=0.1)
CROWDED = Disturbance(part="requests", steal_share=0.0, other_cpu_share=0.8)


def start(number: int, base_ms: int, latency_us: int) -> Sample:
    """Fixed phases of 200 ms; the imports take the rest. Start 3 was disturbed twice."""
    return Sample(
        round=number,
        position=0,
        phases=Phases(
            launch_ns=150 * MS,
            create_ns=20 * MS,
            engine_ns=120 * MS,
            imports_ns=(base_ms - 200 + number) * MS,
            model_load_ns=30 * MS,
            first_answer_ns=20 * MS,
            stop_ns=10 * MS,
        ),
        warmup_ns=(2 * latency_us * 1000,) * 2,
        latency_ns=((latency_us + number) * 1000,) * REQUESTS,
        round_trip_ns=((latency_us + 100) * 1000,) * REQUESTS,
        peak_rss_bytes=300 * MB,
        usage=Usage(
            cold_cpu_ns=base_ms * MS,
            steady_cpu_ns=12 * latency_us * 1000,
            cold_peak_rss_bytes=250 * MB + number,
            cgroup_peak_bytes=500 * MB + number,
            docker_stats_bytes=320 * MB,
        ),
        disturbances=(STOLEN, CROWDED) if number == 3 else (QUIET,),
    )


def starts(base_ms: int, latency_us: int) -> tuple[Sample, ...]:
    return tuple(start(number, base_ms, latency_us) for number in range(STARTS))


def interpreter(python: str, flags: str, **packages: str) -> Interpreter:
    return Interpreter(python=python, compiler="GCC 12.2.0", build_flags=flags, packages=packages)


def batches(threads: int, batch: int, elapsed_ms: int) -> ThroughputSample:
    """Three batches whose median is the time given."""
    return ThroughputSample(
        round=0,
        threads=threads,
        threads_used=threads,
        cpu_set="0,1" if threads == 2 else "1",
        batch=batch,
        elapsed_ns=(elapsed_ms * MS, (elapsed_ms - 1) * MS, (elapsed_ms + 5) * MS),
    )


def pull(number: int, total_ms: int) -> PullSample:
    """Two layers of 50 MB together; half of the pull is unpacking."""
    return PullSample(
        round=number,
        total_ns=total_ms * MS,
        download_ns=total_ms * MS // 4,
        unpack_ns=total_ms * MS // 2,
        layers=(
            PulledLayer(compressed_bytes=20 * MB, unpack_ns=total_ms * MS // 8),
            PulledLayer(compressed_bytes=30 * MB, unpack_ns=total_ms * MS * 3 // 8),
        ),
        storage_driver="overlay2",
    )


def row(
    name: str, after: str | None, size_mb: int, base_ms: int, latency_us: int, **more: object
) -> VariantRecord:
    made = measured(name, after, f"what makes {name}", size_mb, base_ms, 1)
    return made.model_copy(update={"samples": starts(base_ms, latency_us), **more})


FAT = row(
    "fat",
    None,
    6000,
    2000,
    40_000,
    imports=(
        ImportRun(
            self_ns={"torch": 900 * MS, "numpy": 80 * MS, **{f"m{n}": n * MS for n in range(9)}}
        ),
        ImportRun(self_ns={"torch": 1000 * MS, "numpy": 100 * MS, "m8": 8 * MS}),
    ),
    throughput=(batches(1, 1, 40), batches(1, 8, 160), batches(2, 1, 25), batches(2, 8, 100)),
    pulls=tuple(pull(number, 4000 + number * 100) for number in range(3)),
    interpreter=interpreter("3.11.2", "--with-lto", numpy="2.0", torch="2.0+cu130"),
)
SLIM = row(
    "slim",
    "fat",
    1000,
    2000,
    40_000,
    imports=(ImportRun(self_ns={"torch": 950 * MS, "numpy": 90 * MS}),),
    throughput=(batches(1, 1, 40), batches(1, 8, 160)),
    missing=(
        Missing(what="throughput", reason="the container was killed", failed=True, threads=2),
        Missing(what="pulls", reason="docker-registry isn't installed", failed=False),
    ),
    interpreter=interpreter("3.11.9", "--enable-optimizations", numpy="2.0", torch="2.0+cpu"),
)
ONNX = row(
    "onnx",
    "slim",
    250,
    500,
    10_000,
    imports=(ImportRun(self_ns={"onnxruntime": 60 * MS, "numpy": 90 * MS}),),
    throughput=(batches(1, 1, 10), batches(1, 8, 80)),
    pulls=tuple(pull(number, 1000) for number in range(3)),
    interpreter=interpreter("3.11.9", "--enable-optimizations", numpy="2.0", onnxruntime="1.0"),
)


def full_record() -> Record:
    """`slim` starts as `fat` does, `onnx` much faster; `fat` again takes 10 ms more."""
    again = FAT.model_copy(update={"name": "fat (again)", "samples": starts(2010, 40_000)})
    made = record(FAT, SLIM, ONNX, models=(SEEDED,))
    names = (*(one.name for one in made.variants), again.name)
    return made.model_copy(
        update={
            "conditions": made.conditions.model_copy(
                update={"reference_twice": True, "fewest_cold_starts": 20, "most_cold_starts": 100}
            ),
            "sampled": names,
            "measured_s": 84.0,
            "load1": 0.25,
            "again": again,
            "stop": Decision(
                reason="precise",
                samples=STARTS,
                elapsed_s=84.0,
                precision=0.02,
                half_widths=dict.fromkeys(names, 0.004),
            ),
        }
    )
