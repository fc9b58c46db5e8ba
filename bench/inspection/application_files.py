"""The application: what the Dockerfile copies in and nothing else explains."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from bench.inspection.claims import Claim
from bench.inspection.contents import ImageContents
from bench.inspection.facts import Owner

_COPY = re.compile(r"(COPY|ADD)\b")
_DATABASES = re.compile(
    r"var/lib/dpkg/(status|status\.d/.+)|(usr/)?lib/apk/db/installed|(etc|usr/lib)/os-release"
)


def application_files(contents: ImageContents, free: Collection[str]) -> Iterator[Claim]:
    """Files in the working folder, and those that a COPY or ADD step brought.

    The lowest layer is the base when an operating system is in it; what lies there is not the
    application, however it was made. An image of one layer tells nothing by its layers.
    """
    base = {0} if 0 in system_layers(contents) else set()
    working = contents.files.real(contents.config.settings.working_folder)
    copied = _copied(contents, base)
    layer = {path: contents.files.regular[path].layer for path in free}
    own = [path for path in free if layer[path] not in base and path in copied]
    if working:
        out_of_base = base if len(contents.layers) > 1 else set()
        start = f"{working}/"
        inside = (path for path in free if path.startswith(start))
        own.extend(path for path in inside if layer[path] not in out_of_base)
    if own:
        owner = Owner(kind="application", name="application", where=working or "")
        yield Claim(owner, tuple(own))


def system_layers(contents: ImageContents) -> frozenset[int]:
    """Layers with an entry for a package database or the release: a system was installed there."""
    return frozenset(
        number
        for number, layer in enumerate(contents.layers)
        if any(_DATABASES.fullmatch(entry.path) for entry in layer.entries)
    )


def _copied(contents: ImageContents, base: Collection[int]) -> frozenset[str]:
    """Paths in such layers, though a later `chown` may have written them again."""
    return frozenset(
        entry.path
        for number, (layer, command) in enumerate(zip(contents.layers, contents.commands))
        if number not in base and _COPY.match(command)
        for entry in layer.entries
    )
