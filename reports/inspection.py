"""What an inspection found, as a page for the terminal: largest first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bench.inspection.facts import ImageFacts, LayerFact, Owner, TreeNode
from reports.findings import findings
from reports.formats import count, megabytes, percent
from reports.pieces import TERMINAL, Column, Extent, Grid, Heading, Pairs, Piece

BAR = Column("", "bar")
MB = Column("MB", "number")
SHARE = Column("%", "number")
_DIGEST = re.compile(r"\b((?:file|dir|multi):[0-9a-f]{8})[0-9a-f]{56}\b")
UNMEASURED = "not measured: --compressed does it"


def page(name: str, facts: ImageFacts) -> Iterator[Piece]:
    """Everything that `slimbench inspect` tells of one image."""
    yield Heading(name, facts.image_id)
    yield from told(facts, TERMINAL)


def told(facts: ImageFacts, extent: Extent) -> Iterator[Piece]:
    """The same below its name, in as many rows as there is room for."""
    yield Pairs(tuple(_head(facts)))
    if facts.tree.children:
        yield Heading("Where the bytes are", "file contents, by what they are for")
        yield _categories(facts.tree)
    if facts.owners:
        yield Heading("Who they belong to", "packages, and what no package brought")
        yield _owners(facts, extent.owners)
    if facts.layers:
        yield Heading("Layers", f"{count(len(facts.layers))}, 0 is the lowest")
        yield _layers(facts, extent.layers)
    yield from findings(facts, extent)


def _head(facts: ImageFacts) -> Iterator[tuple[str, str]]:
    settings, waste = facts.settings, facts.waste
    compressed = facts.compressed_bytes
    yield "uncompressed", f"{megabytes(facts.size_bytes)} MB, the sum of the layer archives"
    yield "compressed", f"{megabytes(compressed)} MB" if compressed is not None else UNMEASURED
    yield "files", f"{megabytes(facts.file_bytes)} MB in {count(facts.files)} files"
    yield "wasted", f"{megabytes(waste.superseded_bytes)} MB superseded or removed by later layers"
    yield "efficiency", f"{percent(waste.efficiency)} % of the written bytes can be seen"
    yield "system", f"{facts.distribution or 'no distribution'}, {_platform(facts)}"
    yield "user", settings.user or "root (none is set)"
    yield "starts", " ".join((*settings.entrypoint, *settings.command)) or "nothing by itself"
    if settings.exposed_ports:
        yield "ports", ", ".join(settings.exposed_ports)
    if settings.created:
        yield "created", settings.created.partition(".")[0]


def _platform(facts: ImageFacts) -> str:
    return f"{facts.settings.operating_system}/{facts.settings.architecture}"


def _categories(tree: TreeNode) -> Grid:
    nodes = sorted(tree.children, key=lambda node: -node.size_bytes)
    shown = [node for node in nodes if node.files]
    rows = (
        (node.name, *_share(node.size_bytes, nodes[0].size_bytes, tree.size_bytes))
        for node in shown
    )
    files = (count(node.files) for node in shown)
    columns = (Column("category"), BAR, MB, SHARE, Column("files", "number"))
    return Grid(columns, tuple((*row, number) for row, number in zip(rows, files)))


def _owners(facts: ImageFacts, most: int) -> Grid:
    owners = sorted(facts.owners, key=lambda owner: (-owner.size_bytes, owner.name))
    shown, rest = owners[:most], owners[most:]
    rows = (
        (_named(one), one.kind, *_share(one.size_bytes, shown[0].size_bytes, facts.file_bytes))
        for one in shown
    )
    columns = (Column("owner", "line"), Column("kind", style="dim"), BAR, MB, SHARE)
    return Grid(columns, tuple(rows), more(len(rest), sum(one.size_bytes for one in rest)))


def _named(owner: Owner) -> str:
    return f"{owner.name} {owner.version}".strip()


def _layers(facts: ImageFacts, most: int) -> Grid:
    numbered = sorted(enumerate(facts.layers), key=lambda one: -one[1].size_bytes)
    shown, rest = numbered[:most], numbered[most:]
    measured = facts.compressed_bytes is not None
    columns = (
        Column("", "number"),
        BAR,
        MB,
        *((Column("gzip", "number"),) if measured else ()),
        Column("changed", "number"),
        Column("removed", "number"),
        Column("step", "line"),
    )
    rows = tuple(_layer(number, layer, numbered[0][1], measured) for number, layer in shown)
    return Grid(columns, rows, more(len(rest), sum(layer.size_bytes for _, layer in rest)))


def _layer(
    number: int, layer: LayerFact, largest: LayerFact, measured: bool
) -> Sequence[str | float]:
    sizes = [layer.compressed_bytes or 0] if measured else []
    return (
        str(number),
        bar(layer.size_bytes, largest.size_bytes),
        megabytes(layer.size_bytes),
        *map(megabytes, sizes),
        *map(_or_blank, (layer.changed_bytes, layer.removed_bytes)),
        short_step(layer.created_by) or "(its step isn't known)",
    )


def _or_blank(size_bytes: int) -> str:
    return megabytes(size_bytes) if size_bytes else ""


def _share(size_bytes: int, largest_bytes: int, all_bytes: int) -> tuple[float, str, str]:
    share = percent(size_bytes / all_bytes) if all_bytes else ""
    return bar(size_bytes, largest_bytes), megabytes(size_bytes), share


def short_step(created_by: str) -> str:
    """A Dockerfile's step without most of the digests that the classic builder writes."""
    return _DIGEST.sub(r"\1", created_by)


def bar(size_bytes: int, largest_bytes: int) -> float:
    """The length of a bar, 0 to 1."""
    return size_bytes / largest_bytes if largest_bytes else 0.0


def more(number: int, size_bytes: int) -> str:
    """What a list leaves out, in a line; empty for nothing."""
    return f"and {count(number)} more with {megabytes(size_bytes)} MB" if number else ""
