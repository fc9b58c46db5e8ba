"""What the service of a variant is started with and asked, in every step alike."""

from __future__ import annotations

from bench import devices, rows
from bench.devices import equipped
from bench.expected_answers import ExpectedAnswers
from bench.page_cache import empty_page_cache
from bench.record_types import VariantRecord
from bench.run import Run
from bench.service.asking import Asking
from bench.service.container import service_spec
from builders.engine import ContainerSpec
from builders.matrix import Variant


def spec_of(run: Run, variant: Variant, row: VariantRecord) -> ContainerSpec:
    """The variant's container; raises EngineError where it must have a GPU and none is there."""
    port = run.settings.service.port
    spec = service_spec(rows.image_id(row), run.project.matrix.limits, port)
    return equipped(run.project.engine, spec, devices.measured(variant, row.device))


def asking_of(run: Run, expected: ExpectedAnswers, variant: Variant, row: VariantRecord) -> Asking:
    """Its pictures and right answers; raises SessionFailed or WrongAnswer as `expected.of`."""
    right = expected.of(variant, row)
    return Asking(right.answers, run.project.matrix.verification.top_k, right.tolerance)


def empty_as_asked(run: Run) -> None:
    """Empty the page cache where starts are to be cold; raises SlimbenchError where it can't be."""
    if run.settings.page_cache == "cold":
        empty_page_cache(run.one_kernel)
