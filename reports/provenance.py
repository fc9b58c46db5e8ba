"""Where the images come from: bases, weights and runtimes, as Markdown tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bench.condition_types import ModelFact
from bench.record_types import BaseFact, Record
from reports.formats import count, words
from reports.markup import MISSING, code, escape, table


def bases(record: Record) -> str:
    """Each base image once, with the variants that stand on it."""
    users: dict[BaseFact, list[str]] = {}
    for variant in record.variants:
        if variant.build is not None:
            users.setdefault(variant.build.base, []).append(variant.name)
    rows = (
        [_listed(map(code, names)), base.source, _reference(base), words(base.reason)]
        for base, names in users.items()
    )
    return table(["base of", "came by", "digest", "why"], rows, ["left"] * 4)


def _reference(base: BaseFact) -> str:
    return code(base.reference) if base.reference else MISSING


def models(record: Record) -> str:
    """Each model: weights, seed, the versions that exported it, digests of its files."""
    rows = (
        [
            code(model.name),
            words(model.weights),
            str(model.seed) if model.weights == "seeded" else MISSING,
            _versions(model.versions),
            _listed(f"{code(name)} {code(sha)}" for name, sha in _artefacts(model)),
        ]
        for model in record.models
    )
    headings = ["model", "weights", "seed", "exported with", "files and their sha256"]
    return table(headings, rows, ["left", "left", "right", "left", "left"])


def _artefacts(model: ModelFact) -> list[tuple[str, str]]:
    """Files an image may hold; the samples beside them are in the record."""
    return [(name, sha) for name, sha in sorted(model.sha256.items()) if "/" not in name]


def runtimes(record: Record) -> str:
    """What each image's runtime says of itself."""
    rows = (
        [
            code(variant.name),
            words(variant.runtime),
            code(variant.model),
            MISSING if variant.runtime_threads is None else count(variant.runtime_threads),
            _versions(variant.runtime_versions),
        ]
        for variant in record.variants
    )
    headings = ["variant", "runtime", "model", "threads", "versions"]
    return table(headings, rows, ["left", "left", "left", "right", "left"])


def _versions(versions: Mapping[str, str]) -> str:
    return _listed(escape(f"{name} {version}") for name, version in sorted(versions.items()))


def _listed(parts: Iterable[str]) -> str:
    return ", ".join(parts) or MISSING
