"""Records for the report tests: hand-written, with round numbers that nobody measured."""

from __future__ import annotations

import matplotlib.font_manager  # noqa: F401 - here, since it starts fc-list when first imported
import scipy.stats  # noqa: F401 - here, since older NumPys start lscpu when they are imported
from report_images import (
    GCC,
    GIT,
    GIT_AGAIN,
    MB,
    NO_SHELL,
    PASSWORD,
    PIP_CACHE,
    ROOT_USER,
    SHELL,
    image,
)

from bench.condition_types import Conditions, Environment, ModelFact
from bench.record_types import (
    BaseFact,
    BuildFact,
    PictureComparison,
    Record,
    VariantRecord,
    Verification,
)
from bench.sample_types import Phases, Sample

MS = 1_000_000  # nanoseconds

FULL_BASE = BaseFact(source="bootstrap", reference="sha256:f0f0", reason="no registry answers")
SLIM_BASE = BaseFact(source="pull", reference="sha256:5115", reason="the registry answered")


def build(name, base):
    return BuildFact(
        image_id=f"sha256:image-{name}",
        tag=f"slimbench/{name}",
        base=base,
        context_digest=f"sha256:context-{name}",
        up_to_date=False,
        seconds=10.0,
    )


def verified(max_abs_diff=0.0, agreeing=12, swaps=0, reason=""):
    return Verification(
        reference="fat",
        tolerance=1e-4,
        top_k=5,
        pictures=tuple(
            PictureComparison(
                picture=f"{number:02}.png",
                top1_agrees=number < agreeing,
                same_classes=number < agreeing,
                swaps=swaps if number == 0 else 0,
                max_abs_diff=max_abs_diff,
            )
            for number in range(12)
        ),
        outputs_match=not reason,
        reason=reason,
    )


def samples(start_ms, latency_ms, n=10, requests=12, split=True):
    """Containers whose phases sum to start_ms, start_ms + 1, ...: of 10, the median is + 4.5."""
    return tuple(
        Sample(
            round=number,
            position=0,
            phases=Phases(
                launch_ns=150 * MS,
                engine_ns=100 * MS if split else None,
                imports_ns=(start_ms - 200 + number) * MS,
                model_load_ns=30 * MS,
                first_answer_ns=20 * MS,
                stop_ns=10 * MS,
            ),
            warmup_ns=(latency_ms * 2 * MS,),
            latency_ns=tuple(latency_ms * MS + request * MS // 10 for request in range(requests)),
            round_trip_ns=tuple((latency_ms + 1) * MS for _ in range(requests)),
            peak_rss_bytes=(200 + number) * MB,
        )
        for number in range(n)
    )


def variant(name, after=None, changed="something", **more):
    return VariantRecord(
        name=name, changed=changed, after=after, runtime="torchscript", model="mobilenet_v2", **more
    )


def measured(name, after, changed, size_mb, start_ms, latency_ms, **facts):
    built = build(name, FULL_BASE)
    return variant(
        name,
        after,
        changed,
        status="measured",
        build=built,
        image=image(size_mb, **facts).model_copy(update={"image_id": built.image_id}),
        verification=verified(1e-7),
        samples=samples(start_ms, latency_ms),
        runtime_versions={"torch": "2.0", "numpy": "2.0"},
        runtime_threads=1,
    )


def record(*variants, models=()):
    return Record(
        started_at="2024-06-12T10:00:00Z",
        matrix_digest="sha256:abcd",
        reference="fat",
        environment=Environment(
            slimbench="0.1.0",
            python="3.11.2",
            cpu_model="Example CPU",
            cpus=2,
            memory_bytes=8_000 * MB,
            kernel="6.1.0",
            operating_system="Debian GNU/Linux 12 (bookworm)",
            engine="20.10.24",
            storage_driver="overlay2",
            cgroup_version="2",
            shares_host_kernel=True,
        ),
        conditions=Conditions(
            cpu_set="1",
            threads=1,
            memory_bytes=2_000 * MB,
            network="none",
            seed=7,
            fewest_cold_starts=10,
            most_cold_starts=10,
            precision=0.02,
            max_time_s=600.0,
            page_cache="warm",
            reference_twice=False,
            warmups=1,
            requests=12,
        ),
        models=models,
        variants=variants,
    )


SEEDED = ModelFact(
    name="mobilenet_v2",
    weights="seeded",
    notice="seeded weights: labels are meaningless",
    seed=20,
    versions={"torch": "2.0", "onnx": "1.0"},
    sha256={"model.ts": "aaaa", "model.onnx": "bbbb"},
)


HABIT = {
    "tools": (SHELL, GCC, GIT, GIT_AGAIN),
    "hints": (PIP_CACHE, ROOT_USER),
    "secrets": (PASSWORD,),
}


def ladder_of_seven():
    """Every state a variant can be in, each once."""
    fat = measured("fat", None, "the habit", 6000, 2000, 40, **HABIT)
    cpu_torch = measured("cpu-torch", "fat", "no CUDA", 2000, 2000, 40, tools=(SHELL, GCC, GIT))
    slim = measured("slim", "cpu-torch", "small base", 1000, 1500, 40, tools=(SHELL,))
    few = slim.model_copy(
        update={
            "name": "multistage",
            "after": "slim",
            "changed": "no pip | no leftovers",
            "samples": samples(1500, 40, n=1, split=False),
        }
    )
    mismatch = variant(
        "distroless",
        "multistage",
        "no operating system tools",
        status="failed",
        failed_step="verify",
        reason="00.png: rank 1 is class 3 instead of 4",
        build=build("distroless", SLIM_BASE),
        image=image(800, user="nonroot", layers=1, losses=(NO_SHELL,)),
        verification=verified(
            0.5, agreeing=9, swaps=1, reason="00.png: rank 1 is class 3 instead of 4"
        ),
    )
    built = variant(
        "onnx",
        "multistage",
        "no torch",
        status="built",
        build=build("onnx", SLIM_BASE),
        image=image(250, tools=(SHELL,)),
    )
    broken = variant(
        "distroless-onnx",
        "onnx",
        "both",
        status="failed",
        failed_step="build",
        reason="RUN a | b failed:\n  <no> such *file* `x`",
    )
    return record(fat, cpu_torch, slim, few, mismatch, built, broken, models=(SEEDED,))
