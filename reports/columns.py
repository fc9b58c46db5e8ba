"""Every metric of the reports as data, so that no report special-cases one.

Those of an inspection are in `reports.image_columns`.

Sizes are decimal megabytes (1 MB = 1,000,000 bytes). A column has one unit for all its rows.
"""

from __future__ import annotations

from collections.abc import Sequence

from bench.record_types import Verification
from bench.sample_types import Sample
from bench.statistics import median_interval
from reports import figures, image_columns
from reports.column import Column
from reports.formats import (
    between,
    count,
    decimals,
    difference,
    megabytes,
    percent,
    words,
    yes_no,
)
from reports.image_columns import COMPRESSED, SIZE, TOOL_COUNT

STATUS = Column("status", "status", "variant", lambda variant: variant.status, words)


def _phase(phase: str, heading: str, gap: str = Column.gap) -> Column:
    """The median of one time of `Phases`; its key is the field's name, in ms."""

    def milliseconds(samples: Sequence[Sample]) -> Sequence[float]:
        return figures.phases_ms(samples, phase)

    return Column(
        key=f"{phase[: -len('_ns')]}_ms",
        heading=heading,
        part="samples",
        get=lambda samples: figures.median_phase_ms(samples, phase),
        show=decimals(1),
        unit="ms",
        smaller_is_better=True,
        spread=milliseconds,
        gap=gap,
    )


COLD_START = _phase("total_ns", "cold start")
_NO_SPLIT = "the kernel doesn't say when the process began"
LAUNCH = _phase("launch_ns", "launch")
ENGINE = _phase("engine_ns", "engine", _NO_SPLIT)
INTERPRETER = _phase("interpreter_ns", "interpreter", _NO_SPLIT)
IMPORTS = _phase("imports_ns", "imports")
MODEL_LOAD = _phase("model_load_ns", "model load")
FIRST_ANSWER = _phase("first_answer_ns", "first answer")
STOP = _phase("stop_ns", "stop")
COLD_STARTS = Column("cold_starts", "starts", "samples", len, count)

LATENCY_P50 = Column(
    key="latency_p50_ms",
    heading="latency p50",
    part="samples",
    get=lambda samples: figures.latency_ms(samples, 0.5),
    show=decimals(2),
    unit="ms",
    smaller_is_better=True,
    spread=figures.container_latencies_ms,
)
LATENCY_P95 = Column(
    key="latency_p95_ms",
    heading="p95",
    part="samples",
    get=lambda samples: figures.latency_ms(samples, 0.95),
    show=decimals(2),
    unit="ms",
)
REQUESTS = Column(
    "requests", "requests", "samples", lambda samples: len(figures.latencies_ms(samples)), count
)
PEAK_MEMORY = Column(
    "peak_memory_bytes", "peak memory", "samples", figures.peak_memory_bytes, megabytes, "MB"
)


def _interval(key: str, heading: str, of: Column) -> Column:
    """The 95 % interval of a noisy column's median."""
    spread = of.spread or tuple
    return Column(
        key=key,
        heading=heading,
        part=of.part,
        get=lambda samples: median_interval(spread(samples)),
        show=between(of.show),
        unit=of.unit,
    )


COLD_START_INTERVAL = _interval("total_interval_ms", "cold start interval", COLD_START)
LATENCY_INTERVAL = _interval("latency_p50_interval_ms", "latency p50 interval", LATENCY_P50)


def _outputs_match(verification: Verification) -> bool:
    return verification.outputs_match


OUTPUTS_MATCH = Column("outputs_match", "outputs match", "verification", _outputs_match, yes_no)
PICTURES = Column(
    "pictures", "pictures", "verification", lambda checked: len(checked.pictures), count
)
TOP1 = Column(
    key="top1_agreement",
    heading="top-1 agreement",
    part="verification",
    get=lambda checked: checked.top1_agreement,
    show=percent,
    unit="%",
)
MAX_ABS_DIFF = Column(
    "max_abs_diff", "max abs diff", "verification", lambda checked: checked.max_abs_diff, difference
)
TOLERANCE = Column(
    "tolerance", "tolerance", "verification", lambda checked: checked.tolerance, difference
)
SWAPS = Column("swaps", "tolerated swaps", "verification", lambda checked: checked.swaps, count)
TOP_K = Column("top_k", "classes", "verification", lambda checked: checked.top_k, count)
MISMATCH = Column(
    "mismatch", "first mismatch", "verification", lambda checked: checked.reason, words
)

COMPARISON = (
    STATUS,
    OUTPUTS_MATCH,
    SIZE,
    COMPRESSED,
    TOOL_COUNT,
    COLD_START,
    COLD_STARTS,
    LATENCY_P50,
    LATENCY_P95,
    REQUESTS,
    PEAK_MEMORY,
)
PHASES = (LAUNCH, ENGINE, INTERPRETER, IMPORTS, MODEL_LOAD, FIRST_ANSWER, STOP)
INTERVALS = (COLD_START, COLD_START_INTERVAL, LATENCY_P50, LATENCY_INTERVAL)
VERIFIED = (OUTPUTS_MATCH, PICTURES, TOP_K, TOP1, MAX_ABS_DIFF, TOLERANCE, SWAPS, MISMATCH)
LADDER = (SIZE, COMPRESSED, COLD_START, LATENCY_P50)
ALL = tuple(dict.fromkeys((*COMPARISON, *image_columns.ALL, *PHASES, *INTERVALS, *VERIFIED)))
