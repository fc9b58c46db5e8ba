"""The packages that differ between two images."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Optional

from bench.inspection.difference_types import PackageChange, PackageChangeKind
from bench.inspection.facts import Owner, OwnerKind

_Key = tuple[OwnerKind, str]
_Packages = Mapping[_Key, Sequence[Owner]]


def package_changes(old: Iterable[Owner], new: Iterable[Owner]) -> tuple[PackageChange, ...]:
    """Packages of other versions or sizes, the one with the most bytes more or less first."""
    before, after = _grouped(old), _grouped(new)
    keys = sorted(before.keys() | after.keys())
    found = (_change(key, before.get(key, ()), after.get(key, ())) for key in keys)
    changes = [one for one in found if one is not None]
    return tuple(sorted(changes, key=lambda one: -abs(one.after_bytes - one.before_bytes)))


def _grouped(packages: Iterable[Owner]) -> _Packages:
    """By kind and name; a name's spellings are one for Python (PEP 503)."""
    found: dict[_Key, list[Owner]] = {}
    for one in packages:
        python = one.kind == "python"
        name = re.sub(r"[-_.]+", "-", one.name).lower() if python else one.name
        found.setdefault((one.kind, name), []).append(one)
    return found


def _change(key: _Key, old: Sequence[Owner], new: Sequence[Owner]) -> Optional[PackageChange]:
    kind, name = key
    versions = _versions(old), _versions(new)
    sizes = sum(one.size_bytes for one in old), sum(one.size_bytes for one in new)
    if versions[0] == versions[1] and sizes[0] == sizes[1] and bool(old) == bool(new):
        return None
    return PackageChange(
        kind=kind,
        name=name,
        change=_kind(old, new),
        before=versions[0],
        after=versions[1],
        before_bytes=sizes[0],
        after_bytes=sizes[1],
    )


def _kind(old: Sequence[Owner], new: Sequence[Owner]) -> PackageChangeKind:
    if not old or not new:
        return "removed" if old else "added"
    return "other version" if _versions(old) != _versions(new) else "other size"


def _versions(packages: Iterable[Owner]) -> tuple[str, ...]:
    return tuple(sorted({one.version for one in packages}))
