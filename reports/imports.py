"""What the imports take by top module: the largest of each variant, and the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from bench.record_types import Record, VariantRecord
from bench.statistics import median
from reports.figures import NS_PER_MS
from reports.formats import decimals
from reports.markup import code, table
from reports.start_columns import IMPORTS

LARGEST = 8
_show = decimals(1)


def module_ms(row: VariantRecord) -> Mapping[str, float]:
    """Own time of each top module, the median over the runs; 0 in a run without it."""
    if row.status == "failed":
        return {}
    names = dict.fromkeys(name for run in row.imports for name in run.self_ns)
    return {
        name: median([run.self_ns.get(name, 0) for run in row.imports]) / NS_PER_MS
        for name in names
    }


def by_module(record: Record) -> str:
    """A row for each module that is among the largest 8 of any variant; empty without any run."""
    timed = [row for row in record.variants if module_ms(row)]
    if not timed:
        return ""
    found = [module_ms(row) for row in timed]
    shown = _largest_of_any(found)
    rows = [[code(name), *(_cell(modules, name) for modules in found)] for name in shown]
    rows.append(["all others", *(_others(modules, shown) for modules in found)])
    rows.append(["**sum**", *(_others(modules, ()) for modules in found)])
    rows.append(
        ["imports of the timed starts", *(IMPORTS.text(IMPORTS.value(row)) for row in timed)]
    )
    headings = ["ms", *(code(row.name) for row in timed)]
    return table(headings, rows, ["left", *["right"] * len(timed)])


def _largest_of_any(found: Sequence[Mapping[str, float]]) -> tuple[str, ...]:
    """The largest first, by the most that any variant spends on it."""
    chosen = {name for modules in found for name in _largest(modules)}
    most = {name: max(modules.get(name, 0) for modules in found) for name in chosen}
    return tuple(sorted(chosen, key=lambda name: (-most[name], name)))


def _largest(modules: Mapping[str, float]) -> list[str]:
    return sorted(modules, key=lambda name: (-modules[name], name))[:LARGEST]


def _cell(modules: Mapping[str, float], name: str) -> str:
    return _show(modules[name]) if name in modules else ""


def _others(modules: Mapping[str, float], shown: tuple[str, ...]) -> str:
    return _show(sum(ms for name, ms in modules.items() if name not in shown))


def imports_frame(record: Record) -> pd.DataFrame:
    """One row a variant and a top module: its own time in `self_ms`."""
    rows = [
        {"variant": row.name, "module": name, "self_ms": ms}
        for row in record.variants
        for name, ms in module_ms(row).items()
    ]
    return pd.DataFrame(rows, columns=["variant", "module", "self_ms"])
