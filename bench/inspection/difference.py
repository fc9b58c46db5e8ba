"""What differs between two images that were taken apart: pure, and exact to the byte."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar, cast, get_args

from bench.inspection.anatomy import Anatomy
from bench.inspection.difference_types import (
    Both,
    CategoryChange,
    Difference,
    FileChange,
    FileChangeKind,
    LayerChanges,
    LayerRow,
    ListChange,
    Sizes,
)
from bench.inspection.facts import Category, ImageFacts, LayerFact
from bench.inspection.file_changes import file_changes, summed
from bench.inspection.image_facts import image_facts
from bench.inspection.package_changes import package_changes
from bench.inspection.setting_changes import setting_changes

CATEGORIES = cast("tuple[Category, ...]", get_args(Category))
COUNTED: tuple[FileChangeKind, ...] = ("added", "removed", "changed", "mode only")
FINDINGS = ("setuid", "setgid", "capabilities", "world_writable")
_One = TypeVar("_One")


def difference(before: Anatomy, after: Anatomy) -> Difference:
    """In what the second image differs from the first."""
    old, new = image_facts(before), image_facts(after)
    changes = file_changes(before.contents.files, after.contents.files)
    tools = _apart(old.tools, new.tools, lambda tool: tool.name)
    secrets = _apart(old.security.secrets, new.security.secrets, lambda one: (one.where, one.kind))
    hints = _apart(old.hints, new.hints, lambda hint: hint.id)
    return Difference(
        before=before.contents.name,
        after=after.contents.name,
        sizes=_sizes(old, new),
        categories=tuple(_categories(before, after, changes)),
        files=summed(before.contents.files, after.contents.files, changes),
        packages=package_changes(old.packages, new.packages),
        tools_only_before=tools[0],
        tools_only_after=tools[1],
        layers=_layers(old.layers, new.layers),
        settings=tuple(setting_changes(old, new)),
        security=tuple(_findings(old, new)),
        secrets_only_before=secrets[0],
        secrets_only_after=secrets[1],
        hints_only_before=hints[0],
        hints_only_after=hints[1],
    )


def _apart(
    old: Sequence[_One], new: Sequence[_One], key: Callable[[_One], Hashable]
) -> tuple[tuple[_One, ...], tuple[_One, ...]]:
    """Those that only one image has, in the order they have there."""
    old_keys, new_keys = {key(one) for one in old}, {key(one) for one in new}
    return (
        tuple(one for one in old if key(one) not in new_keys),
        tuple(one for one in new if key(one) not in old_keys),
    )


def _sizes(old: ImageFacts, new: ImageFacts) -> Sizes:
    return Sizes(
        size_bytes=Both(before=old.size_bytes, after=new.size_bytes),
        compressed_bytes=Both(before=old.compressed_bytes, after=new.compressed_bytes),
        file_bytes=Both(before=old.file_bytes, after=new.file_bytes),
        files=Both(before=old.files, after=new.files),
        layers=Both(before=len(old.layers), after=len(new.layers)),
    )


def _categories(
    before: Anatomy, after: Anatomy, changes: Iterable[FileChange]
) -> Iterator[CategoryChange]:
    """Categories that differ, the one with the most bytes more or less first."""
    old, new = _category_bytes(before), _category_bytes(after)
    counts = Counter(
        ((before if one.change == "removed" else after).category[one.path.lstrip("/")], one.change)
        for one in changes
    )
    rows = (
        CategoryChange(
            name=name,
            before_bytes=old[name],
            after_bytes=new[name],
            added=counts[name, "added"],
            removed=counts[name, "removed"],
            changed=counts[name, "changed"] + counts[name, "mode only"],
        )
        for name in CATEGORIES
        if old[name] != new[name] or any(counts[name, kind] for kind in COUNTED)
    )
    yield from sorted(rows, key=lambda one: (-abs(one.after_bytes - one.before_bytes), one.name))


def _category_bytes(anatomy: Anatomy) -> Mapping[Category, int]:
    found: Counter[Category] = Counter()
    for path, file in anatomy.contents.files.regular.items():
        found[anatomy.category[path]] += file.entry.size_bytes
    return found


def _layers(old: Iterable[LayerFact], new: Iterable[LayerFact]) -> LayerChanges:
    rows = [{one.diff_id: _row(one) for one in layers} for layers in (old, new)]
    before, after = rows
    return LayerChanges(
        shared=tuple(row for key, row in after.items() if key in before),
        only_before=_largest_first(row for key, row in before.items() if key not in after),
        only_after=_largest_first(row for key, row in after.items() if key not in before),
    )


def _row(layer: LayerFact) -> LayerRow:
    return LayerRow(diff_id=layer.diff_id, size_bytes=layer.size_bytes, created_by=layer.created_by)


def _largest_first(rows: Iterable[LayerRow]) -> tuple[LayerRow, ...]:
    return tuple(sorted(rows, key=lambda row: -row.size_bytes))


def _findings(old: ImageFacts, new: ImageFacts) -> Iterator[ListChange]:
    for name in FINDINGS:
        only_before, only_after = _apart(
            getattr(old.security, name), getattr(new.security, name), str
        )
        if only_before or only_after:
            yield ListChange(name=name, only_before=only_before, only_after=only_after)
