"""Where package managers keep what they would need the next time they run."""

from __future__ import annotations

import re
from typing import Optional

_FOLDERS = {
    "apk": r"(?:var/cache|etc)/apk/cache/|var/cache/apk/",
    "apt": r"var/cache/apt/|var/lib/apt/lists/",
    "conda": r"(?:.*/)?(?:\.|ana|mini)?(?:(?:conda|forge)[23]?|mambaforge|(?:micro)?mamba)/pkgs/",
    "dnf": r"var/cache/(?:dnf|libdnf5|yum)/",
    "npm": r"(?:.*/)?\.npm/_cacache/",
    "pip": r"(?:.*/)?\.cache/pip/",
    "uv": r"(?:.*/)?\.cache/uv/",
}
_ANY = re.compile("|".join(f"(?P<{name}>{folder})" for name, folder in _FOLDERS.items()))
_HINTS_AT_ONE = re.compile(r"cache|apt/lists|pkgs")  # cheap: most paths are none


def cache_manager(path: str) -> Optional[str]:
    """The package manager whose cache a path is in; None for all other paths."""
    found = _ANY.match(path) if _HINTS_AT_ONE.search(path) else None
    return found.lastgroup if found else None
