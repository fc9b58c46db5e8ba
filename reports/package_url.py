"""Package URLs, by which scanners know packages (https://github.com/package-url/purl-spec)."""

from __future__ import annotations

import re
from typing import Optional

from packageurl import PackageURL

from bench.inspection.facts import Owner

_TYPES = {"debian": "deb", "alpine": "apk", "python": "pypi"}


def package_url(package: Owner, distribution: str) -> Optional[PackageURL]:
    """The package's URL; None for a name that can't be in one.

    Beside `arch` and `distro`, distribution packages have the qualifier `upstream`, their source
    package, where it is called differently: advisories name source packages, and scanners look
    there. Python names are normalised (PEP 503).

    Args:
        package: a Debian, Alpine or Python package.
        distribution: of the image, such as `debian 12`; may be empty.
    """
    if not re.search(r"[^\s/]", package.name):
        return None
    if package.kind == "python":
        name = re.sub(r"[-_.]+", "-", package.name)
        return PackageURL(_TYPES["python"], name=name, version=package.version or None)
    qualifiers = {
        "arch": package.architecture,
        "distro": distribution.replace(" ", "-"),
        "upstream": package.source,
    }
    return PackageURL(
        _TYPES[package.kind],
        namespace=distribution.partition(" ")[0] or package.kind,
        name=package.name,
        version=package.version or None,
        qualifiers={key: value for key, value in qualifiers.items() if value},
    )
