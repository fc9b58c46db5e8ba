"""How hints word what they rest on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from bench.inspection.contents import ImageContents

MAX_LINES = 8
NAMED = 3  # paths in one line
COMMAND_LETTERS = 100


def bounded(lines: Sequence[str]) -> tuple[str, ...]:
    """The first lines; the last one says how many more there are."""
    if len(lines) <= MAX_LINES:
        return tuple(lines)
    return (*lines[: MAX_LINES - 1], f"and {len(lines) - MAX_LINES + 1} more")


def size(size_bytes: int) -> str:
    """Bytes as people read them, decimal: `4.5 GB`, `12.3 MB`, `45 kB`."""
    if size_bytes >= 10**9:
        return f"{size_bytes / 10**9:.2f} GB"
    return f"{size_bytes / 10**6:.1f} MB" if size_bytes >= 10**5 else f"{size_bytes / 1000:.0f} kB"


def count(number: int, noun: str) -> str:
    """`1 file`, `2 files`, `1,234 files`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def paths(found: Sequence[str]) -> str:
    """The first few, with how many more there are."""
    named = ", ".join(f"/{path}" for path in found[:NAMED])
    more = len(found) - NAMED
    return f"{named} and {more:,} more" if more > 0 else named


def layer(contents: ImageContents, number: int) -> str:
    """A layer with the step behind it, in one line."""
    command = " ".join(contents.commands[number].split())
    short = command if len(command) <= COMMAND_LETTERS else f"{command[: COMMAND_LETTERS - 3]}..."
    return f"layer {number} ({short})" if short else f"layer {number}"


def totals(sizes: Iterable[tuple[str, int]]) -> Mapping[str, int]:
    """Bytes by name, largest first."""
    sums: dict[str, int] = defaultdict(int)
    for name, size_bytes in sizes:
        sums[name] += size_bytes
    return dict(sorted(sums.items(), key=lambda one: (-one[1], one[0])))
