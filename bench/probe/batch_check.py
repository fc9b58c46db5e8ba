"""Several files in one request: each is answered as it is alone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from bench.probe.answer_forms import OnePrediction, Several, Single, parsed
from bench.probe.check_types import Came, Check
from bench.probe.context import Context, prediction_of
from bench.probe.exchange_failures import Unexpected
from bench.probe.pictures import generated

# A batch adds up in another order than a single picture, on a GPU perhaps with fewer digits.
TOLERANCE = 0.005


def batch(context: Context) -> Came:
    """Three pictures alone, then in one request."""
    pictures = (context.picture, generated(1), generated(2))
    ask = context.client.ask
    alone = [parsed(ask(prediction_of(one)), Single) for one in pictures]
    together = parsed(ask(prediction_of(*pictures)), Several).predictions
    if len(together) != len(alone):
        raise Unexpected(f"{len(together)} predictions for {len(alone)} files")
    for place, (one, other) in enumerate(zip(alone, together), start=1):
        if not _alike(one, other):
            raise Unexpected(f"file {place}: {_short(other)} in the batch, {_short(one)} alone")
    return Came(f"{len(alone)} answers as alone{_reservation(alone)}")


def _alike(one: OnePrediction, other: OnePrediction) -> bool:
    near = abs(one.confidence - other.confidence) <= TOLERANCE
    return near and one.class_id == other.class_id


def _reservation(alone: Sequence[OnePrediction]) -> str:
    if any(_alike(one, other) for one, other in combinations(alone, 2)):
        return "; some are so alike that exchanging them wouldn't show"
    return ""


def _short(found: OnePrediction) -> str:
    return f"class {found.class_id} with {found.confidence:.4f}"


BATCH = Check(
    "batch", batch, lambda _: "each of 3 files answered as it is alone", needs=("prediction",)
)
