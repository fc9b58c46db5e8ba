"""Bridge networks by name: made once, reused when ours, left alone when someone else's.

`api` is the SDK's low-level client; its errors pass through, to be translated by the caller.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import Any

from builders.engine_boundary import succeeds
from builders.errors import EngineError


def create_network(api: Any, name: str, labels: Mapping[str, str]) -> None:
    """Create it, or reuse one of this name that carries these labels; raises EngineError."""
    create = partial(
        api.create_network, name, driver="bridge", labels=dict(labels), check_duplicate=True
    )
    if succeeds(create, unless=(HTTPStatus.CONFLICT,)):
        return
    found = [network for network in api.networks(names=[name]) if network["Name"] == name]
    if not any(labels.items() <= (network["Labels"] or {}).items() for network in found):
        raise foreign_network(name)


def remove_network(api: Any, name: str) -> None:
    """Remove it; one that is gone already is no error."""
    succeeds(partial(api.remove_network, name), unless=(HTTPStatus.NOT_FOUND,))


def foreign_network(name: str) -> EngineError:
    """The error for a name that is taken by a network without our labels."""
    return EngineError(
        "a network of this name exists already, without our labels",
        where=name,
        next_step="rename or remove it: docker network rm",
    )
