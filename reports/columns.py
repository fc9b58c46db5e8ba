"""Every metric of the reports as data, so that no report special-cases one.

Those of an inspection are in `reports.image_columns`, of cold starts in `reports.start_columns`, of
memory and processor time in `reports.usage_columns`, of pulls in `reports.pull_columns`.

Sizes are decimal megabytes (1 MB = 1,000,000 bytes). A column has one unit for all its rows.
"""

from __future__ import annotations

from bench.record_types import VariantRecord, Verification
from reports import figures, image_columns
from reports.certainty import certainty_of
from reports.column import Column
from reports.formats import count, decimals, difference, percent, words, yes_no
from reports.image_columns import COMPRESSED, SIZE, TOOL_COUNT
from reports.pull_columns import PULL
from reports.start_columns import (
    COLD_START,
    COLD_STARTS,
    DISTURBED,
    PHASES,
)
from reports.usage_columns import PEAK_MEMORY, USAGE


def _status(variant: VariantRecord) -> str:
    return "left out" if variant.left_out else variant.status


STATUS = Column("status", "status", "variant", _status, words)

LATENCY_P50 = Column(
    key="latency_p50_ms",
    heading="latency p50",
    part="samples",
    get=figures.median_latency_ms,
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


def _outputs_match(verification: Verification) -> bool:
    return verification.outputs_match


OUTPUTS_MATCH = Column("outputs_match", "outputs match", "verification", _outputs_match, yes_no)


def _matching(verification: Verification) -> str:
    """`yes` means that every probability is the reference's; a share of best classes is told."""
    if verification.outputs_match and verification.top1_wanted is not None:
        return f"top-1 {percent(verification.top1_agreement or 0)} %"
    return yes_no(verification.outputs_match)


MATCHING = Column("matching", "outputs match", "verification", _matching, words)
PICTURES = Column(
    "pictures", "pictures", "verification", lambda checked: len(checked.pictures), count
)
COMPARED = Column(
    key="compared",
    heading="values compared",
    part="verification",
    get=lambda checked: sum(answer.compared for answer in checked.answers),
    show=count,
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
    key="max_abs_diff",
    heading="max abs diff",
    part="verification",
    get=lambda checked: checked.max_abs_diff,
    show=difference,
    gap="no numbers were compared",
)


def _allowed(verification: Verification) -> str:
    """What the answers are held to: a difference of probabilities, or a share of best classes."""
    wanted = verification.top1_wanted
    return difference(verification.tolerance) if wanted is None else f"top-1 {100 * wanted:g} %"


TOLERANCE = Column("tolerance", "tolerance", "verification", _allowed, str)
SWAPS = Column("swaps", "tolerated swaps", "verification", lambda checked: checked.swaps, count)
TOP_K = Column("top_k", "classes", "verification", lambda checked: checked.top_k, count)
MISMATCH = Column(
    "mismatch", "first mismatch", "verification", lambda checked: checked.reason, words
)

COMPARISON = (
    STATUS,
    MATCHING,
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
JUDGED = (COLD_START, LATENCY_P50)  # each pair of variants gets a verdict in these
VERIFIED = (OUTPUTS_MATCH, PICTURES, TOP_K, TOP1, MAX_ABS_DIFF, TOLERANCE, SWAPS, MISMATCH)
ANSWERED = (OUTPUTS_MATCH, COMPARED, MAX_ABS_DIFF, TOLERANCE, MISMATCH)
LADDER = (SIZE, COMPRESSED, COLD_START, LATENCY_P50)
_OF_PICTURES = {TOP_K, TOP1}
# Told if anyone has it.
OPTIONAL = frozenset({*PHASES, *USAGE, *PULL, *_OF_PICTURES, DISTURBED} - {PEAK_MEMORY})
_FIXED = (OUTPUTS_MATCH, *COMPARISON, *image_columns.ALL, *PHASES, *USAGE, *PULL, *VERIFIED)


def certainty(seed: int) -> tuple[Column, ...]:
    """How sure the judged medians are; `seed` is the record's, which rounds were ended by."""
    about = ((column, *certainty_of(column, seed)) for column in JUDGED)
    return (COLD_STARTS, *(column for those in about for column in those), DISTURBED)


def every(seed: int) -> tuple[Column, ...]:
    """All of them, each once."""
    return tuple(dict.fromkeys((*_FIXED, *certainty(seed))))
