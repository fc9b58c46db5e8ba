"""What two images differ in, as a page for the terminal: largest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from bench.inspection.difference_types import (
    Both,
    CategoryChange,
    Difference,
    FileChange,
    FileChanges,
    LayerChanges,
    PackageChange,
)
from reports.difference_findings import findings
from reports.formats import count, megabytes, signed
from reports.inspection import BAR, bar, short_step
from reports.pieces import Column, Grid, Heading, Pairs, Piece

SHOWN = 15
DIFFERENCE = Column("difference", "number")


def page(found: Difference) -> Iterator[Piece]:
    """Everything that `slimbench diff` tells; what doesn't differ is left out."""
    yield Heading(f"{found.before} -> {found.after}", "MB; + is what the second has more")
    yield _sizes(found)
    if found.categories:
        yield Heading("Where the bytes differ", "files: + added, - removed, ~ changed")
        yield _categories(found.categories)
    if found.packages:
        kinds = Counter(one.change for one in found.packages)
        told = ", ".join(f"{count(number)} {kind}" for kind, number in kinds.most_common())
        yield Heading("Packages", told)
        yield _packages(found.packages)
    yield from _files(found.files)
    if found.layers.only_before or found.layers.only_after:
        yield Heading("Layers", f"{len(found.layers.shared)} are in both")
        yield _layers(found.layers)
    yield from findings(found)


def _sizes(found: Difference) -> Grid:
    sizes = found.sizes
    columns = (Column(""), Column("first", "number"), Column("second", "number"), DIFFERENCE)
    rows = (
        _both("uncompressed, MB", sizes.size_bytes, megabytes),
        _both("compressed, MB", sizes.compressed_bytes, megabytes),
        _both("file contents, MB", sizes.file_bytes, megabytes),
        _both("files", sizes.files, count),
        _both("layers", sizes.layers, count),
    )
    return Grid(columns, rows, "" if _differs(found) else "nothing else differs")


def _differs(found: Difference) -> bool:
    lists = found.model_dump(exclude={"before", "after", "sizes", "files", "layers"})
    layers = found.layers.only_before or found.layers.only_after
    return any(lists.values()) or bool(layers or found.files.largest or found.files.other_paths)


def _both(name: str, both: Both, show: Callable[[int], str]) -> Sequence[str]:
    if both.before is None or both.after is None:
        known = ("-" if value is None else show(value) for value in (both.before, both.after))
        return name, *known, "-"
    return name, show(both.before), show(both.after), signed(both.after - both.before, show)


def _categories(changes: Sequence[CategoryChange]) -> Grid:
    numbers = (Column(name, "number") for name in ("first", "second", "files"))
    columns = (Column("category"), BAR, DIFFERENCE, *numbers)
    steps = [abs(one.after_bytes - one.before_bytes) for one in changes]
    rows = (
        (
            one.name,
            bar(step, max(steps)),
            signed(one.after_bytes - one.before_bytes),
            megabytes(one.before_bytes),
            megabytes(one.after_bytes),
            _counted(one),
        )
        for one, step in zip(changes, steps)
    )
    return Grid(columns, tuple(rows))


def _counted(one: CategoryChange) -> str:
    counts = (("+", one.added), ("-", one.removed), ("~", one.changed))
    return " ".join(f"{mark}{count(number)}" for mark, number in counts if number)


def _packages(changes: Sequence[PackageChange]) -> Grid:
    columns = (Column("package", "line"), Column("what", "line"), BAR, DIFFERENCE)
    shown = changes[:SHOWN]
    steps = [abs(one.after_bytes - one.before_bytes) for one in shown]
    rows = (
        (
            one.name,
            _versions(one),
            bar(step, max(steps)),
            signed(one.after_bytes - one.before_bytes),
        )
        for one, step in zip(shown, steps)
    )
    return Grid(columns, tuple(rows), _more(len(changes) - len(shown)))


def _versions(one: PackageChange) -> str:
    before, after = ", ".join(one.before), ", ".join(one.after)
    if one.change == "other version":
        return f"{before} -> {after}"
    return f"{one.change} {after or before}".strip()


def _files(files: FileChanges) -> Iterator[Piece]:
    if not files.largest and not files.other_paths:
        return
    yield Heading("Files", f"{count(files.same)} are the same in both")
    yield Pairs(tuple(_file_counts(files)))
    if files.largest:
        columns = (Column("what"), DIFFERENCE, Column("path", "path"))
        changes = files.added + files.removed + files.changed + files.mode_only
        shown = [one for one in files.largest if one.change != "moved"][:SHOWN]
        rows = ((one.change, _grown(one), one.path) for one in shown)
        yield Grid(columns, tuple(rows), _more(changes - len(shown)))


def _file_counts(files: FileChanges) -> Iterator[tuple[str, str]]:
    moved = f"{count(files.moved)} files with {megabytes(files.moved_bytes)} MB"
    rows = (
        ("added", files.added, f"{signed(files.added_bytes)} MB in {count(files.added)} files"),
        (
            "removed",
            files.removed,
            f"{signed(-files.removed_bytes)} MB in {count(files.removed)} files",
        ),
        (
            "changed",
            files.changed,
            f"{signed(files.grown_bytes)} MB in {count(files.changed)} files",
        ),
        ("moved", files.moved, f"{moved} have the same content at another path"),
        ("mode only", files.mode_only, f"{count(files.mode_only)} files"),
        (
            "other paths",
            files.other_paths,
            f"{count(files.other_paths)} of folders, links, devices",
        ),
    )
    yield from ((name, text) for name, number, text in rows if number)


def _grown(one: FileChange) -> str:
    return signed(one.after_bytes - one.before_bytes)


def _layers(layers: LayerChanges) -> Grid:
    rows = [("first", row) for row in layers.only_before]
    rows += [("second", row) for row in layers.only_after]
    rows.sort(key=lambda row: -row[1].size_bytes)
    shown = rows[:SHOWN]
    largest_bytes = shown[0][1].size_bytes
    columns = (Column("only in"), BAR, Column("MB", "number"), Column("step", "line"))
    cells = (
        (
            side,
            bar(row.size_bytes, largest_bytes),
            megabytes(row.size_bytes),
            short_step(row.created_by),
        )
        for side, row in shown
    )
    return Grid(columns, tuple(cells), _more(len(rows) - len(shown)))


def _more(number: int) -> str:
    return f"and {count(number)} more" if number > 0 else ""
