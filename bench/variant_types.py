"""Everything known of one variant: a row of the record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Optional

from bench.condition_types import Frozen
from bench.inspection.facts import ImageFacts
from bench.sample_types import Sample
from bench.scenario_types import (
    ImportRun,
    Interpreter,
    Missing,
    PullSample,
    ThroughputSample,
)
from bench.service_types import RungFact, ServiceLoad, ServiceStart
from bench.training_types import TrainingRun, WeightsComparison
from bench.verification_types import Verification


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
