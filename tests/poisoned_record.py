"""A record in which every text ends in something hostile, as an image may bring."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from bench.record_types import Record

KEPT = {"workload", "edition"}  # chosen by us: they decide which page it is


def poisoned(record: Record, poison: str) -> Record:
    """The record with the text at the end of every text in it, names everywhere alike."""
    return _model(record, poison)


def _model(model: Any, poison: str) -> Any:
    changed = {
        name: _value(getattr(model, name), poison)
        for name, info in type(model).model_fields.items()
        if name not in KEPT and "Literal" not in str(info.annotation)
    }
    return model.model_copy(update=changed)


def _value(value: Any, poison: str) -> Any:
    if isinstance(value, BaseModel):
        return _model(value, poison)
    if isinstance(value, str):
        return value + poison if value else value
    if isinstance(value, tuple):
        return tuple(_value(one, poison) for one in value)
    if isinstance(value, dict):
        return {_value(key, poison): _value(one, poison) for key, one in value.items()}
    return value
