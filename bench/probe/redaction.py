"""Takes a secret out of everything that is told: a service may repeat what it was sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, Optional, TypeVar

Value = TypeVar("Value")
MARK = "[token]"


def redacted(value: Value, secret: Optional[str]) -> Value:
    """The value with the secret replaced in all its texts, however deep."""
    return _replaced(value, secret) if secret else value


def _replaced(value: Any, secret: str) -> Any:
    if isinstance(value, str):
        return value.replace(secret, MARK)
    if isinstance(value, tuple):
        return tuple(_replaced(one, secret) for one in value)
    if isinstance(value, Mapping):
        return {_replaced(k, secret): _replaced(v, secret) for k, v in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        named = {one.name: _replaced(getattr(value, one.name), secret) for one in fields(value)}
        return replace(value, **named)
    return value
