"""Python sources that every start of a container compiles anew."""

from __future__ import annotations

import json
import platform
import posixpath
from collections.abc import Callable, Sequence
from typing import Optional

from bench.inspection.anatomy import Anatomy
from bench.inspection.finding_types import Hint
from bench.inspection.hints.bytecode_coverage import Source, sources
from bench.inspection.hints.compile_rate import compile_rate
from bench.inspection.hints.evidence import bounded, count, paths, size, totals
from bench.inspection.image_config import RunSettings

FLOOR_BYTES = 500_000  # of source: 50 to 100 ms of compiling
_OFF = "PYTHONDONTWRITEBYTECODE"


class MissingBytecode:
    """Sources without bytecode that the interpreter accepts.

    Attributes:
        rate: measures bytes of source that are compiled in a second.
    """

    id = "missing-bytecode"

    def __init__(self, rate: Callable[[], float] = compile_rate) -> None:
        self._rate = rate

    def advise(self, anatomy: Anatomy) -> Optional[Hint]:
        """Advise to compile while the image is built; it makes the image larger, not smaller."""
        found = list(sources(anatomy))
        uncovered = [source for source in found if source.bytecode != "valid"]
        uncovered_bytes = sum(source.size_bytes for source in uncovered)
        if uncovered_bytes < FLOOR_BYTES:
            return None
        rate = self._rate()
        settings = anatomy.contents.config.settings
        lines = [_share(found), _model(uncovered_bytes, rate), *_reasons(uncovered, settings)]
        return Hint(
            id=self.id,
            title=f"{size(uncovered_bytes)} of Python source without bytecode",
            evidence=bounded([*lines, *_folders(uncovered)]),
            saves_ms=uncovered_bytes / rate * 1000,
            dockerfile=_line(anatomy, uncovered),
        )


def _share(found: Sequence[Source]) -> str:
    valid = [source.size_bytes for source in found if source.bytecode == "valid"]
    files = len(valid) / len(found)
    share = sum(valid) / sum(source.size_bytes for source in found)
    return f"{files:.0%} of {count(len(found), 'source')} have bytecode, {share:.0%} by bytes"


def _model(uncovered_bytes: int, rate: float) -> str:
    return (
        f"an upper bound for the start: {size(uncovered_bytes)} of source at {rate / 1e6:.1f} MB/s,"
        f" as Python {platform.python_version()} compiles here; a service imports a part of it"
    )


def _reasons(uncovered: Sequence[Source], settings: RunSettings) -> list[str]:
    stale = [source.path for source in uncovered if source.bytecode == "stale"]
    lines = []
    if stale:
        lines.append(
            f"{count(len(stale), 'source')} changed in time or size after compiling: {paths(stale)}"
        )
    if any(line.startswith(f"{_OFF}=") for line in settings.environment or ()):
        lines.append(f"{_OFF} is set, so that no start leaves bytecode for the next")
    return lines


def _folders(uncovered: Sequence[Source]) -> list[str]:
    sums = totals((source.folder, source.size_bytes) for source in uncovered)
    return [f"/{folder}: {size(size_bytes)} to compile" for folder, size_bytes in sums.items()]


def _line(anatomy: Anatomy, uncovered: Sequence[Source]) -> str:
    sums = totals((source.folder, source.size_bytes) for source in uncovered)
    words = [_python(anatomy), "-m", "compileall", "-q", "-j", "0", *(f"/{one}" for one in sums)]
    if any(tool.kind == "shell" for tool in anatomy.tools):
        return f"RUN {' '.join(words)}"
    return f"RUN [{', '.join(json.dumps(word) for word in words)}]"


def _python(anatomy: Anatomy) -> str:
    """The interpreter that the image starts, where it names one."""
    settings = anatomy.contents.config.settings
    first = next(iter((*(settings.entrypoint or ()), *(settings.command or ()))), "")
    return first if posixpath.basename(first).startswith("python") else "python3"
