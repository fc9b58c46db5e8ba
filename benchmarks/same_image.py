"""Containers of one image under many names, measured as a run measures its variants."""

from __future__ import annotations

import io
import tarfile
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.collect import collect_answers
from bench.pictures import generated
from bench.rounds import rounds
from bench.sample_types import Sample
from bench.sampling import SampleSettings, take_sample
from bench.statistics import median
from builders.docker_engine import connect
from builders.engine import BuildRequest
from builders.labels import of_kind
from builders.matrix_file import load_matrix
from builders.plan import tag
from builders.workspace import Workspace

ROOT = Path(__file__).parent.parent
VARIANT = "distroless-onnx"  # the quickest start, so that the most can be taken
KIND = "benchmark"


@dataclass(frozen=True)
class Series:
    """One name's samples as the figures that are compared, one value a container, in ms."""

    cold_start: tuple[float, ...]
    latency: tuple[float, ...]  # the container's median


def series(images: Mapping[str, str], count: int) -> dict[str, Series]:
    """Take `count` rounds of samples of each name's image, in random orders."""
    taken: dict[str, list[Sample]] = {name: [] for name in images}
    matrix, engine = load_matrix(ROOT / "variants.yaml"), connect()
    tolerance = matrix.verification.tolerances[matrix.variant(VARIANT).tolerance]
    assert isinstance(tolerance, float)
    settings = SampleSettings(
        limits=matrix.limits,
        warmups=matrix.measurement.warmups,
        requests=matrix.measurement.requests,
        top_k=matrix.verification.top_k,
        tolerance=tolerance,
        one_kernel=engine.info().shares_host_kernel,
    )
    pictures = generated(Workspace.of(ROOT).artefacts / matrix.variant(VARIANT).model)
    expected = collect_answers(engine, tag(VARIANT), matrix.limits, pictures, settings.top_k)
    for number, order in enumerate(rounds(list(images), count, matrix.measurement.seed)):
        for position, name in enumerate(order):
            place = (number, position)
            taken[name].append(take_sample(engine, images[name], settings, expected, place))
    return {name: _series(samples) for name, samples in taken.items()}


def _series(samples: list[Sample]) -> Series:
    return Series(
        cold_start=tuple(sample.phases.total_ns / 1e6 for sample in samples),
        latency=tuple(median(sample.latency_ns) / 1e6 for sample in samples),
    )


@contextmanager
def delayed(*delays_ms: float) -> Iterator[tuple[str, ...]]:
    """Images that differ in how long their interpreter sleeps as it starts; removed afterwards."""
    engine, labels = connect(), {**of_kind(KIND), "io.slimbench.benchmark": uuid.uuid4().hex}
    try:
        yield tuple(_delayed(delay_ms, labels) for delay_ms in delays_ms)
    finally:
        engine.remove_labelled(labels)


def _delayed(delay_ms: float, labels: Mapping[str, str]) -> str:
    files = {
        "Dockerfile": f"FROM {tag(VARIANT)}\nCOPY __init__.py /app/inference/__init__.py\n",
        "__init__.py": f"import time\n\ntime.sleep({delay_ms / 1000!r})\n",
    }
    with tempfile.NamedTemporaryFile(suffix=".tar") as context:
        with tarfile.open(fileobj=context, mode="w") as archive:
            for name, text in files.items():
                member = tarfile.TarInfo(name)
                member.size, member.mode = len(text), 0o644
                archive.addfile(member, io.BytesIO(text.encode()))
        context.flush()
        name = f"slimbench-benchmark/delayed:{uuid.uuid4().hex}"
        request = BuildRequest(Path(context.name), "Dockerfile", name, labels)
        return connect().build(request, lambda _line: None).image_id
