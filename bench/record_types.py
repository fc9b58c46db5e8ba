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
    """Where a base image came from.

    Attributes:
        source: `dockerfile` where that names its own, `engine` where the image wasn't built.
        reference: registry digest, the sha256 of the bootstrapped root file system, the names in
            the Dockerfile, or empty.
        reason: why this source, one sentence.
    """

    source: Literal["pull", "bootstrap", "dockerfile", "engine"]
    reference: str
    reason: str


class BuildFact(Frozen):
    """How a variant's image came to be; `seconds` is what its last build took, 0 if not known.

    Attributes:
        image_id: the engine's id of the image.
        tag: its name in the engine.
        base: what it stands on.
        context_digest: sha256 of everything that went into the build.
        up_to_date: whether nothing had to be built.
        seconds: what its last build took; 0 if not known.
    """

    image_id: str
    tag: str
    base: BaseFact
    context_digest: str
    up_to_date: bool
    seconds: float


class PictureComparison(Frozen):
    """One picture's answer against the reference variant's.

    Attributes:
        picture: its file name.
        top1_agrees: whether the best class is the reference's.
        same_classes: whether the k best are in the same order, tolerated swaps apart.
        swaps: neighbours that changed places within the tolerance.
        max_abs_diff: largest difference of a class probability.
    """

    picture: str
    top1_agrees: bool
    same_classes: bool
    swaps: int
    max_abs_diff: float


class AnswerComparison(Frozen):
    """An answer of a service of the user's own against what is expected of it.

    Attributes:
        request: what was asked: method and path, or the command's arguments.
        compared: values and texts that were compared.
        max_abs_diff: largest difference of a number from the expected one; None without numbers.
    """

    request: str
    compared: int
    max_abs_diff: Optional[float] = None


class Verification(Frozen):
    """A variant's answers against the reference's; `reason` says what the first mismatch was.

    Attributes:
        reference: the variant that it was compared with.
        tolerance: largest allowed difference of a class probability; 1 where `top1_wanted` counts.
        top1_wanted: the share of the pictures whose best class must be the reference's, where that
            is what its model is held to; else None.
        top_k: classes that were compared; None of a service of the user's own.
        pictures: each one's comparison.
        answers: of such a service, instead of pictures.
        outputs_match: whether the answers are right.
        reason: what the first mismatch was; empty where they match.
    """

    reference: str
    tolerance: float
    top1_wanted: Optional[float] = None
    top_k: Optional[int] = None
    pictures: tuple[PictureComparison, ...] = ()
    answers: tuple[AnswerComparison, ...] = ()
    outputs_match: bool
    reason: str = ""

    @property
    def top1_agreement(self) -> Optional[float]:
        """Share of the pictures whose best class and label are the reference's; None without."""
        agreeing = [picture.top1_agrees for picture in self.pictures]
        return sum(agreeing) / len(agreeing) if agreeing else None

    @property
    def max_abs_diff(self) -> Optional[float]:
        """The largest difference of any class probability or number; None without any."""
        differences = [picture.max_abs_diff for picture in self.pictures]
        known = [one.max_abs_diff for one in self.answers if one.max_abs_diff is not None]
        return max((*differences, *known), default=None)

    @property
    def swaps(self) -> int:
        """How many neighbours changed places within the tolerance, over all pictures."""
        return sum(picture.swaps for picture in self.pictures)


class VariantRecord(Frozen):
    """Everything known of one variant.

    Attributes:
        name: the variant's, in the matrix.
        changed: what it changes, in the matrix's words.
        after: the variant that it changes in one thing; None at the first of a ladder.
        runtime: what computes; empty of a service of the user's own.
        model: the model's name; likewise.
        status: how far it came.
        reason: empty unless something failed.
        failed_step: the step that failed; else empty.
        left_out: it failed, and the matrix says that it may: its base can only be pulled, and no
            registry answered.
        build: how its image came to be; None until it did.
        image: what an inspection found; None until it was made.
        verification: how its answers compare; None until they were asked for.
        samples: its cold starts, with their requests.
        imports: starts that tell how long each import takes.
        throughput: batches by size and number of threads.
        pulls: pulls from a registry, where they were asked for.
        weights: its trained weights against the reference's; None of other workloads.
        training: its trainings.
        starts: starts of its service.
        load: loads on its service.
        rung: what a service's image was built from; None of other workloads.
        missing: what it lacks of imports, throughput, pulls, starts and load, and why.
        interpreter: its Python; None where it wasn't asked.
        runtime_versions: of the libraries that compute, by name.
        runtime_threads: how many threads the runtime says it uses; None until it was asked.
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
    rung: Optional[RungFact] = None
    missing: tuple[Missing, ...] = ()
    interpreter: Optional[Interpreter] = None
    runtime_versions: Mapping[str, str] = {}
    runtime_threads: Optional[int] = None
    device: Optional[Literal["cpu", "cuda"]] = None
    fallback: str = ""
    part: str = ""


class Part(Frozen):
    """One of the runs that a record was merged from; its rows never took turns with others'.

    Attributes:
        name: of the variant that it was for.
        started_at: UTC, ISO 8601.
        environment: where it was measured.
        sampled: as in `Record`.
        measured_s: as in `Record`.
        load1: as in `Record`.
        stop: as in `Record`.
    """

    name: str
    started_at: str
    environment: Environment
    sampled: tuple[str, ...] = ()
    measured_s: float = 0.0
    load1: Optional[float] = None
    stop: Optional[Decision] = None


class Asked(Frozen):
    """What every image of a service of the user's own was asked; see `builders.own_service`.

    Attributes:
        kind: how it was asked: over HTTP, or by running it.
        request: method and path, or the command's arguments.
        ready: the readiness path; empty of a command.
        expected: what a right answer is, in words.
        tolerance: largest difference of a number.
        timeout_s: the longest of a start, of an answer, of a run.
        user: None for the image's own.
        read_only: whether the file system was read-only.
        capabilities: none, or what the engine gives.
        environment: names of variables alone: values may be secrets.
    """

    kind: Literal["http", "command"]
    request: str
    ready: str = ""
    expected: str
    tolerance: float
    timeout_s: float
    user: Optional[str] = None
    read_only: bool = False
    capabilities: Literal["default", "none"] = "default"
    environment: tuple[str, ...] = ()


class Record(Frozen):
    """One run, or several that were merged (`bench.merging`).

    Attributes:
        version: of this format.
        started_at: UTC, ISO 8601.
        matrix_digest: sha256 of the meaning of the matrix.
        workload: what the images did: predict, serve or train; http or command where the service is
            the user's own.
        edition: names the workload and model; empty for the usual ones.
        reference: the variant that the others are compared with.
        environment: where it was measured.
        conditions: what was asked for, the same for every variant.
        models: what the images hold.
        variants: one row each, in the matrix's order.
        sampled: the names that take part in the rounds, in the order that these are drawn from;
            empty until measuring begins.
        measured_s: how long the rounds took so far, all parts of a resumed run together.
        load1: tasks that ran or wanted to, over the minute before the rounds; None where the
            machine doesn't tell.
        again: the reference measured a second time under another name (A/A), None without.
        stop: why measuring ended; None until it did.
        service: what was asked of services; None of other workloads.
        parts: the runs that it was merged from; empty of a single run and in earlier records.
        asked: what a service of the user's own was asked; None of others.
    """

    version: Literal[2] = 2
    started_at: str
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
    asked: Optional[Asked] = None
