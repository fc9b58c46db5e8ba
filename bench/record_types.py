"""The bench record, version 2: raw samples and the conditions they were taken under.

Aggregates (medians, percentiles, matches) are never stored; `bench.statistics` and `reports`
compute them from here. Times are nanoseconds (`_ns`) of CLOCK_MONOTONIC or differences of it.
`bench.record` reads and writes files of this form.
"""

from __future__ import annotations

from typing import Literal, Optional

from bench.condition_types import Conditions, Environment, Frozen, ModelFact
from bench.service_types import ServiceConditions
from bench.stop_rule import Decision
from bench.variant_types import BaseFact, BuildFact, VariantRecord
from bench.verification_types import AnswerComparison, PictureComparison, Verification

__all__ = [
    "AnswerComparison",
    "Asked",
    "BaseFact",
    "BuildFact",
    "Part",
    "PictureComparison",
    "RECORD_VERSION",
    "Record",
    "VariantRecord",
    "Verification",
]

RECORD_VERSION = 2


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
