"""Which operating system distribution an image is made of (os-release(5))."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Optional

# Both values are lower case, without spaces, as the manual demands; others aren't used.
_VALUE = re.compile(r"[a-z0-9._-]+")


def distribution(os_release: Optional[str]) -> str:
    """Id and version, such as `debian 12`; the id alone of a rolling one; empty if not told.

    Args:
        os_release: text of `etc/os-release`.
    """
    settings = dict(_settings(os_release or ""))
    name, version = settings.get("ID", ""), settings.get("VERSION_ID", "")
    return f"{name} {version}".rstrip() if name else ""


def _settings(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        name, _, value = line.strip().partition("=")
        value = value.strip("\"'")
        if _VALUE.fullmatch(value):
            yield name, value
