"""The base that the image is built on, by its labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

from bench.inspection.anatomy import Anatomy
from bench.inspection.finding_types import Hint
from builders.labels import BASE, BASE_SOURCE

NAME = "org.opencontainers.image.base.name"  # OCI image specification, "Annotations"
DIGEST = "org.opencontainers.image.base.digest"


class MutableBaseTag:
    """A base known by a tag alone, which may mean another image tomorrow."""

    id = "mutable-base-tag"

    def advise(self, anatomy: Anatomy) -> Optional[Hint]:
        """Advise a digest beside the tag."""
        labels = anatomy.contents.config.settings.labels or {}
        found = _tagged(labels)
        if found is None:
            return None
        label, reference = found
        return Hint(
            id=self.id,
            title="the base image is named by a tag, which can move",
            evidence=(
                f"label {label} is {reference}, without a digest",
                "a label may come from the base itself, which names its own base then",
            ),
            dockerfile=f"# docker buildx imagetools inspect {reference} prints the digest\n"
            f"FROM {reference}@sha256:DIGEST",
        )


def _tagged(labels: Mapping[str, str]) -> Optional[tuple[str, str]]:
    """The label that names a base without digest, and the base; None where none does.

    A base that slimbench made itself is named by its archive's digest.
    """
    name = labels.get(NAME, "")
    if name and "@" not in name and not labels.get(DIGEST):
        return NAME, name
    ours = labels.get(BASE, "") if labels.get(BASE_SOURCE) == "pull" else ""
    return (BASE, ours) if ours and "@" not in ours else None
