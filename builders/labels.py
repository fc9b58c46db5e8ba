"""The labels on everything made in the engine; by them alone it is found and removed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Optional

KIND = "io.slimbench.kind"
VARIANT = "io.slimbench.variant"
MATRIX = "io.slimbench.matrix"
CONTEXT = "io.slimbench.context"
BASE = "io.slimbench.base"
BASE_SOURCE = "io.slimbench.base-source"
BASE_REASON = "io.slimbench.base-reason"
TAG = "io.slimbench.tag"  # the name it was built as: an image made from it inherits all its labels

# On containers only, set by the engine: an image's labels show on anyone's containers of it.
MAKER = "io.slimbench.maker"  # the process that made it, see `builders.maker`; networks too
CREATED_BY_TOOLKIT = "io.slimbench.created-by-toolkit"

KIND_BASE = "base"
KIND_EXPORTER = "exporter"
KIND_VARIANT = "variant"
KIND_WHEELHOUSE = "wheelhouse"
KIND_SESSION = "session"
KIND_SERVICE = "service"


def of_kind(kind: str, **more: str) -> dict[str, str]:
    """Labels for a thing of this kind; `more` maps full label keys to values."""
    return {KIND: kind, **more}


def of_build(labels: Mapping[str, str], tag: str) -> dict[str, str]:
    """What the image of a build carries: its labels, and its own tag beside any of ours."""
    return {**labels, TAG: tag} if labels else {}


def own_tag(tags: Collection[str], labels: Mapping[str, str]) -> Optional[str]:
    """The one of an image's tags that it was built as; None when all are someone else's."""
    tag = labels.get(TAG)
    return tag if tag in tags else None


def require_labels(labels: Mapping[str, str]) -> None:
    """Raises ValueError for none: no label at all would match everything in a shared engine."""
    if not labels:
        raise ValueError("removing by label needs a label")
