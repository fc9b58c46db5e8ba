"""The metrics that an inspection gives: sizes, categories of bytes, contents, security."""

from __future__ import annotations

from collections import Counter
from typing import Callable, get_args

from bench.inspection.facts import Category, ImageFacts
from bench.inspection.finding_types import Security
from reports.column import Column, Value
from reports.formats import count, megabytes, names, percent, user, yes_no


def _bytes(
    key: str, heading: str, get: Callable[[ImageFacts], Value], gap: str = Column.gap
) -> Column:
    return Column(key, heading, "image", get, megabytes, "MB", smaller_is_better=True, gap=gap)


def _counted(key: str, heading: str, get: Callable[[ImageFacts], Value]) -> Column:
    return Column(key, heading, "image", get, count, smaller_is_better=True)


SIZE = _bytes("size_bytes", "size", lambda image: image.size_bytes)
COMPRESSED = _bytes(
    "compressed_bytes", "compressed", lambda image: image.compressed_bytes, "it was not compressed"
)
FILES = _bytes("file_bytes", "files", lambda image: image.file_bytes)
WASTED = _bytes("superseded_bytes", "wasted", lambda image: image.waste.superseded_bytes)
IDENTICAL = _bytes("duplicate_bytes", "stored twice", lambda image: image.waste.duplicate_bytes)
HEADERS = _bytes(
    "archive_bytes",
    "archive headers and padding",
    lambda image: image.size_bytes - image.file_bytes - image.waste.superseded_bytes,
)
EFFICIENCY = Column(
    key="efficiency",
    heading="efficiency",
    part="image",
    get=lambda image: image.waste.efficiency,
    show=percent,
    unit="%",
    smaller_is_better=False,
)


def _category(category: str) -> Column:
    """The content of a category's files; its key is such as `python_packages_bytes`."""

    def size_bytes(image: ImageFacts) -> int:
        return sum(node.size_bytes for node in image.tree.children if node.name == category)

    return _bytes(f"{category.lower().replace(' ', '_')}_bytes", category, size_bytes)


def _tool_names(image: ImageFacts) -> tuple[str, ...]:
    return tuple(sorted({tool.name for tool in image.tools}))


def _tool_kinds(image: ImageFacts) -> tuple[str, ...]:
    """Each kind with how many different tools of it there are."""
    kinds = Counter(kind for kind, _ in {(tool.kind, tool.name) for tool in image.tools})
    return tuple(f"{kind} {number}" for kind, number in sorted(kinds.items()))


def _found(key: str, heading: str, get: Callable[[Security], tuple[object, ...]]) -> Column:
    """How many an attacker finds of something."""
    return _counted(key, heading, lambda image: len(get(image.security)))


CATEGORIES = tuple(map(_category, get_args(Category)))
LAYERS = Column("layers", "layers", "image", lambda image: len(image.layers), count)
HISTORY = Column("history", "history entries", "image", lambda image: image.history_count, count)
USER = Column("user", "user", "image", lambda image: image.settings.user, user)
TOOLS = Column("tools", "bundled tools", "image", _tool_names, names)
TOOL_COUNT = _counted("tool_count", "tools", lambda image: len(_tool_names(image)))
TOOL_KINDS = Column("tool_kinds", "tools by kind", "image", _tool_kinds, names)
ROOT = Column("root_user", "root", "image", lambda image: image.security.root_user, yes_no)
SETUID = _found("setuid_files", "setuid", lambda security: security.setuid)
SETGID = _found("setgid_files", "setgid", lambda security: security.setgid)
CAPABLE = _found("capability_files", "capabilities", lambda security: security.capabilities)
WRITABLE = _found("world_writable", "world-writable", lambda security: security.world_writable)
SECRETS = _found("secrets", "secrets", lambda security: security.secrets)
HINT_COUNT = _counted("hint_count", "hints", lambda image: len(image.hints))

SIZES = (SIZE, COMPRESSED, FILES, WASTED, EFFICIENCY, IDENTICAL)
WHERE = (FILES, WASTED, HEADERS, SIZE)  # below the categories, which sum to the first of them
CONTENTS = (LAYERS, HISTORY, USER, TOOLS)
FINDINGS = (ROOT, SETUID, SETGID, CAPABLE, WRITABLE, SECRETS)
SECURITY = (*FINDINGS, TOOL_KINDS)
JSON = (*SIZES, LAYERS, TOOLS, *FINDINGS)
ALL = (*SIZES, *CATEGORIES, *WHERE, *CONTENTS, TOOL_COUNT, *SECURITY, HINT_COUNT)
