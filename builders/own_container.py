"""A container of ours, from its creation to its removal on every path."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from builders.engine import ContainerSpec, Engine
from builders.interruption import answered
from builders.maker import own_mark


@contextmanager
def own_container(engine: Engine, spec: ContainerSpec) -> Iterator[str]:
    """Create it and give its id; it is removed in any case, a broken-off creation included.

    Raises:
        ImageNotFound: there is no such image.
        EngineError: the engine can't create it.
    """
    name = spec.name or f"slimbench-{uuid.uuid4().hex}"
    container = name  # known before the engine answers
    try:
        with answered():
            labels = {**spec.labels, **own_mark()}
            container = engine.create(replace(spec, name=name, labels=labels))
        yield container
    finally:
        with answered():
            engine.remove(container)
