"""The bench record, version 2: raw samples and the conditions they were taken under.

Aggregates (medians, percentiles, matches) are never stored; `bench.statistics` and `reports`
compute them from here. Times are nanoseconds (`_ns`) of CLOCK_MONOTONIC or differences of it.
`bench.record` reads and writes files of this form.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Optional

from bench.condition_types import Conditions, Environment, Frozen, ModelFact
from bench.inspection.facts import ImageFacts
from bench.sample_types import Sample
from bench.scenario_types import (
    ImportRun,
    Interpreter,
    Missing,
    PullSample,
    ThroughputSample,
)
from bench.service_types import RungFact, ServiceConditions, ServiceLoad, ServiceStart
from bench.stop_rule import Decision
from bench.training_types import TrainingRun, WeightsComparison

RECORD_VERSION = 2


class BaseFact(Frozen):
    """Where a base image came from."""

    source: Literal["pull", "bootstrap"]
    reference: str  # registry digest, or the sha256 of the bootstrapped root file system
    reason: str  # why this source, one sentence


class BuildFact(Frozen):
    """How a variant's image came to be; `seconds` is what its last build took, 0 if not known."""

    image_id: str
    tag: str
    base: BaseFact
    context_digest: str
    up_to_date: bool
    seconds: float


class PictureComparison(Frozen):
    """One picture's answer against the reference variant's."""

    picture: str
    top1_agrees: bool
    same_classes: bool  # the k best in the same order, tolerated swaps apart
    swaps: int  # neighbours that changed places within the tolerance
    max_abs_diff: float  # largest difference of a class probability


class Verification(Frozen):
    """A variant's answers against the reference's; `reason` says what the first mismatch was.

    Attributes:
        tolerance: largest allowed difference of a class probability; 1 where `top1_wanted` counts.
        top1_wanted: the share of the pictures whose best class must be the reference's, where that
            is what its model is held to; else None.
    """

    reference: str
    tolerance: float
    top1_wanted: Optional[float] = None
    top_k: int
    pictures: tuple[PictureComparison, ...]
    outputs_match: bool
    reason: str = ""

    @property
    def top1_agreement(self) -> Optional[float]:
        """Share of the pictures whose best class and label are the reference's; None without."""
        agreeing = [picture.top1_agrees for picture in self.pictures]
        return sum(agreeing) / len(agreeing) if agreeing else None

    @property
    def max_abs_diff(self) -> Optional[float]:
        """The largest difference of any class probability on any picture; None without any."""
        return max((picture.max_abs_diff for picture in self.pictures), default=None)

    @property
    def swaps(self) -> int:
        """How many neighbours changed places within the tolerance, over all pictures."""
        return sum(picture.swaps for picture in self.pictures)


class VariantRecord(Frozen):
    """Everything known of one variant.

    Attributes:
        reason: empty unless something failed.
        left_out: it failed, and the matrix says that it may: its base can only be pulled, and no
            registry answered.
        device: what its runtime says it computes on; None until it was asked.
        fallback: why that is the CPU though a GPU was asked for; else empty.
        part: the name of the run it was taken in, where the record was merged; else empty.
    """

    name: str
    changed: str
    after: Optional[str]
    runtime: str
    model: str
    status: Literal["pending", "built", "verified", "measured", "failed"] = "pending"
    reason: str = ""
    failed_step: str = ""
    left_out: bool = False
    build: Optional[BuildFact] = None
    image: Optional[ImageFacts] = None
    verification: Optional[Verification] = None
    samples: tuple[Sample, ...] = ()
    imports: tuple[ImportRun, ...] = ()
    throughput: tuple[ThroughputSample, ...] = ()
    pulls: tuple[PullSample, ...] = ()
    weights: Optional[WeightsComparison] = None
    training: tuple[TrainingRun, ...] = ()
    starts: tuple[ServiceStart, ...] = ()
    load: tuple[ServiceLoad, ...] = ()
    rung: Optional[RungFact] = None  # what a service's image was built from
    missing: tuple[Missing, ...] = ()  # of imports, throughput, pulls, starts, load, and why
    interpreter: Optional[Interpreter] = None
    runtime_versions: Mapping[str, str] = {}
    runtime_threads: Optional[int] = None  # what the runtime says it uses
    device: Optional[Literal["cpu", "cuda"]] = None
    fallback: str = ""
    part: str = ""


class Part(Frozen):
    """One of the runs that a record was merged from; its rows never took turns with others'.

    Attributes:
        name: of the variant that it was for.
        sampled, measured_s, load1, stop: as in `Record`.
    """

    name: str
    started_at: str
    environment: Environment
    sampled: tuple[str, ...] = ()
    measured_s: float = 0.0
    load1: Optional[float] = None
    stop: Optional[Decision] = None


class Record(Frozen):
    """One run, or several that were merged (`bench.merging`).

    Attributes:
        workload: what the images did: predict, serve or train.
        edition: names the workload and model; empty for the usual ones.
        sampled: the names that take part in the rounds, in the order that these are drawn from;
            empty until measuring begins.
        measured_s: how long the rounds took so far, all parts of a resumed run together.
        load1: tasks that ran or wanted to, over the minute before the rounds; None where the
            machine doesn't tell.
        again: the reference measured a second time under another name (A/A), None without.
        stop: why measuring ended; None until it did.
        service: what was asked of services; None of other workloads.
        parts: the runs that it was merged from; empty of a single run and in earlier records.
    """

    version: Literal[2] = 2
    started_at: str  # UTC, ISO 8601
    matrix_digest: str
    workload: str = "predict"
    edition: str = ""
    reference: str
    environment: Environment
    conditions: Conditions
    models: tuple[ModelFact, ...] = ()
    variants: tuple[VariantRecord, ...] = ()
    sampled: tuple[str, ...] = ()
    measured_s: float = 0.0
    load1: Optional[float] = None
    again: Optional[VariantRecord] = None
    stop: Optional[Decision] = None
    service: Optional[ServiceConditions] = None
    parts: tuple[Part, ...] = ()
