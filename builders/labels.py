"""The labels on everything made in the engine; by them alone it is found and removed."""

from __future__ import annotations

from collections.abc import Mapping

KIND = "io.slimbench.kind"
VARIANT = "io.slimbench.variant"
MATRIX = "io.slimbench.matrix"
CONTEXT = "io.slimbench.context"
BASE = "io.slimbench.base"
BASE_SOURCE = "io.slimbench.base-source"
BASE_REASON = "io.slimbench.base-reason"

# On containers only, set by the engine: an image's labels show on anyone's containers of it.
CREATED_BY_TOOLKIT = "io.slimbench.created-by-toolkit"

KIND_BASE = "base"
KIND_EXPORTER = "exporter"
KIND_VARIANT = "variant"
KIND_WHEELHOUSE = "wheelhouse"
KIND_SESSION = "session"


def of_kind(kind: str, **more: str) -> dict[str, str]:
    """Labels for a thing of this kind; `more` maps full label keys to values."""
    return {KIND: kind, **more}


def require_labels(labels: Mapping[str, str]) -> None:
    """Raises ValueError for none: no label at all would match everything in a shared engine."""
    if not labels:
        raise ValueError("removing by label needs a label")
