"""Whether a run that was broken off can go on: only with what it began with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Optional

from bench import rows
from bench.condition_types import Frozen
from bench.record_types import Record
from builders.engine import Engine
from builders.errors import ConfigurationError

_ANEW = "without --resume it begins anew"


def require_same(fresh: Record, previous: Record, names: Sequence[str]) -> None:
    """Pass where the rounds of `previous` can go on, or haven't begun.

    Args:
        fresh: matrix, environment and conditions of this run.
        previous: the last record.
        names: the variants that are selected now.

    Raises:
        ConfigurationError: the first thing that differs.
    """
    if not previous.sampled:
        return
    for what in _differences(fresh, previous, names):
        raise ConfigurationError(f"the last run can't go on: {what}", next_step=_ANEW)


def require_images(engine: Engine, record: Record) -> None:
    """Pass where the engine still has the very images that were measured.

    Raises:
        ConfigurationError: one is gone, or its variant was built anew since.
    """
    for name in record.sampled:
        row = rows.row_of(record, name)
        if row.build is None or row.status in ("pending", "built"):
            raise _cant(name, "it was built anew since")
        if engine.image(row.build.image_id) is None:
            raise _cant(name, "its image is gone")


def _cant(name: str, why: str) -> ConfigurationError:
    what = f"the last run can't go on: {why}"
    return ConfigurationError(what, where=name, next_step=_ANEW)


def _differences(fresh: Record, previous: Record, names: Sequence[str]) -> Iterator[str]:
    if previous.parts:
        yield "its record was merged from several runs"
    if fresh.matrix_digest != previous.matrix_digest:
        yield "the matrix has changed since"
    yield from filter(None, [_first(previous.environment, fresh.environment)])
    yield from filter(None, [_first(previous.conditions, fresh.conditions)])
    measured = [name for name in previous.sampled if name != rows.again_name(previous.reference)]
    failed = {row.name for row in previous.variants if row.status == "failed"}
    if not set(measured) <= set(names) <= {*measured, *failed}:
        yield f"it measured {', '.join(measured)}, and {', '.join(names)} are selected now"


def _first(before: Frozen, now: Frozen) -> Optional[str]:
    old, new = before.model_dump(), now.model_dump()
    for name in old:
        if old[name] != new[name]:
            return f"{name.replace('_', ' ')} was {_word(old[name])} and is {_word(new[name])} now"
    return None


def _word(value: object) -> str:
    return str(value) if value != "" else "nothing"
