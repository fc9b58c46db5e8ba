"""Which runs may stand in one record: all that was asked for is the same, and each is of a variant.

Machines may differ, as a CI's do: their facts stand in the record, and times aren't compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from bench.record_types import Record
from builders.errors import ConfigurationError


@dataclass(frozen=True)
class OneRun:
    """A record of a run, the file that it came from, and the variant that it brings."""

    file: str
    record: Record
    name: str

    @property
    def has_reference(self) -> bool:
        """Whether it holds a row of the reference, on its own or beside its variant."""
        return self.record.reference in _brought(self.record)


def one_run(file: str, record: Record) -> OneRun:
    """A record as a run of one variant: of the reference, where it holds nothing else.

    Raises:
        ConfigurationError: it was merged already, was broken off, or holds several variants or
            none; or it is of trainings, whose times are all that is compared.
    """
    if record.parts:
        raise _refused(file, "was merged already", "merge the records that it was made from")
    if record.workload == "train":
        step = "train all variants in one run"
        raise _refused(file, "trainings are compared by their times, so they must take turns", step)
    if record.workload == "predict" and record.sampled and record.stop is None:
        step = "`slimbench bench --resume` goes on with it"
        raise _refused(file, "its measuring was broken off", step)
    names = _brought(record)
    others = [name for name in names if name != record.reference]
    if len(others) > 1:
        what = f"holds {', '.join(others)}, which took turns, so that their times compare"
        raise _refused(file, what, "merge runs of one variant each (`bench --only`)")
    if not names:
        raise _refused(file, "holds no variant that was built", "leave it out")
    return OneRun(file, record, (others or names)[0])


def require_mergeable(runs: Sequence[OneRun]) -> None:
    """Pass where the runs make one record.

    Raises:
        ConfigurationError: conditions differ, all of which are told; a variant is there twice, or
            the reference isn't.
    """
    problems = tuple(dict.fromkeys(_differences(runs)))
    if problems:
        what = f"the records can't be merged: {'; '.join(problems)}"
        step = "measure all of them under the same conditions"
        raise ConfigurationError(what, next_step=step, problems=problems)
    for one, other in combinations(runs, 2):
        if one.name == other.name:
            what = f"{one.name} is in {one.file} and in {other.file}"
            raise ConfigurationError(what, next_step="leave one of them out")
    if not any(run.has_reference for run in runs):
        what = f"no record holds the reference, {runs[0].record.reference}"
        raise ConfigurationError(what, next_step="merge one of its own run too")


def _refused(file: str, what: str, next_step: str) -> ConfigurationError:
    return ConfigurationError(what, where=file, next_step=next_step)


def _brought(record: Record) -> list[str]:
    """The rows of this run; others may be kept of an earlier one, without samples."""
    rows = [row for row in record.variants if row.status != "pending"]
    if record.sampled:
        rows = [row for row in rows if row.status in ("measured", "failed")]
    return [row.name for row in rows]


def _differences(runs: Sequence[OneRun]) -> Iterator[str]:
    """What isn't as in the first; a condition that one of two doesn't know counts for nothing."""
    first, expected = runs[0], _conditions(runs[0].record)
    for run in runs[1:]:
        for name, value in _conditions(run.record).items():
            if expected.get(name, value) != value:
                yield (
                    f"{name} is {_word(expected[name])} in {first.file}"
                    f" and {_word(value)} in {run.file}"
                )


def _conditions(record: Record) -> Mapping[str, object]:
    asked = {**record.conditions.model_dump(), **_service(record)}
    return {
        "slimbench's version": record.environment.slimbench,
        "workload": record.workload,
        "edition": record.edition,
        "matrix digest": record.matrix_digest,
        "reference": record.reference,
        **{name.replace("_", " "): value for name, value in asked.items()},
        **_models(record),
    }


def _service(record: Record) -> Mapping[str, object]:
    asked = record.service.model_dump() if record.service else {}
    return {f"service's {name}": value for name, value in asked.items()}


def _models(record: Record) -> Mapping[str, object]:
    """What an export was made from; its files' last bits depend on the processor."""
    return {
        f"model {model.name}'s {name}": getattr(model, name)
        for model in record.models
        for name in ("weights", "seed", "versions", "preprocessing")
    }


def _word(value: object) -> str:
    return str(value) if value != "" else "nothing"
