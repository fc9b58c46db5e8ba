"""Files of packages that no service reads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Optional

from bench.inspection.anatomy import Anatomy
from bench.inspection.finding_types import Hint
from bench.inspection.hints.evidence import bounded, count, size, totals
from bench.inspection.hints.hint import FLOOR_BYTES
from bench.inspection.hints.removable import Part, removable
from bench.inspection.hints.selections import DOCUMENTATION, LEFTOVERS

DOCUMENTATION_FLOOR_BYTES = 5 * FLOOR_BYTES  # a lean base keeps a little of it
_PACKAGES = re.compile(r"(?:.*?/)?(?:site|dist)-packages(?=/)")
_SHARE = re.compile(r"usr/(?:local/)?share/[^/]+")

_DELETE = """# in the RUN that installs the packages, or in a build stage; then test the service
RUN pip install --no-cache-dir -r requirements.txt \\
 && find {folders} \\
    -depth -type d '(' -name include -o -name tests ')' -exec rm -rf '{{}}' + \\
 && find {folders} \\
    -type f '(' -name '*.a' -o -name '*.h' -o -name '*.hpp' -o -name '*.cuh' ')' -delete"""
_EXCLUDE = """# before the first apt-get install; the base's own stay in its layers: take a slim one
RUN printf 'path-exclude=/usr/share/%s/*\\n' doc groff help info locale man \\
    > /etc/dpkg/dpkg.cfg.d/slim \\
 && echo 'path-include=/usr/share/doc/*/copyright' >> /etc/dpkg/dpkg.cfg.d/slim"""


class HeadersTestsStaticLibraries:
    """Headers, tests and static libraries of Python packages."""

    id = LEFTOVERS

    def advise(self, anatomy: Anatomy) -> Optional[Hint]:
        """Advise to delete them in the step that installs them."""
        parts = removable(anatomy).by_hint.get(self.id, ())
        total = sum(part.size_bytes for part in parts)
        if total < FLOOR_BYTES:
            return None
        folders = totals((_folder(part.path), part.size_bytes) for part in parts)
        return Hint(
            id=self.id,
            title="headers, tests and static libraries of Python packages",
            evidence=bounded([f"{count(len(parts), 'file')} in all", *_by_package(parts)]),
            saves_bytes=total,
            dockerfile=_DELETE.format(folders=" ".join(f"/{folder}" for folder in folders)),
        )


class DocumentationAndLocales:
    """Manuals, package documentation and translations of the system's packages."""

    id = DOCUMENTATION

    def advise(self, anatomy: Anatomy) -> Optional[Hint]:
        """Advise to leave them out when packages are unpacked."""
        parts = removable(anatomy).by_hint.get(self.id, ())
        total = sum(part.size_bytes for part in parts)
        if total < DOCUMENTATION_FLOOR_BYTES:
            return None
        sums = totals((_share(part.path), part.size_bytes) for part in parts)
        return Hint(
            id=self.id,
            title="manuals, documentation and translations",
            evidence=bounded([f"/{folder}: {size(sums[folder])}" for folder in sums]),
            saves_bytes=total,
            dockerfile=_EXCLUDE,
        )


def _by_package(parts: Sequence[Part]) -> list[str]:
    sums = totals((f"{part.owner.name} {_kind(part.path)}", part.size_bytes) for part in parts)
    return [f"{name}: {size(size_bytes)}" for name, size_bytes in sums.items()]


def _kind(path: str) -> str:
    inside = path[len(_folder(path)) :]
    if "/tests/" in inside:
        return "tests"
    return "static libraries" if inside.endswith(".a") else "headers"


def _folder(path: str) -> str:
    found = _PACKAGES.match(path)
    return found[0] if found else ""


def _share(path: str) -> str:
    found = _SHARE.match(path)
    return found[0] if found else ""
