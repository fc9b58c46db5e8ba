"""What is said of a record that was merged: its runs, and what their machines differ in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Callable

from bench.comparability import RUN
from bench.record_types import Part, Record
from reports.markup import bullets, code, escape
from reports.verdicts import Verdicts


def runs(record: Record) -> str:
    """How many runs it was, and when they began, as the end of a sentence."""
    if not record.parts:
        return f"in one run, started {escape(record.started_at)}"
    return f"in {len(record.parts)} runs, the first started {escape(record.started_at)}"


def never_in_turns(record: Record) -> Iterator[str]:
    """What readers must know of times from several runs; nothing where it was one."""
    if record.parts:
        yield (
            f"It was measured in {len(record.parts)} runs, one for each variant, which took no"
            " turns with each other. So times are compared only within a run; sizes and answers"
            " are compared all the same."
        )


def not_in_one_run(verdicts: Verdicts) -> str:
    """The variants whose times aren't compared since their runs differ, those of a run together."""
    names: dict[str, dict[str, None]] = {}
    for pair, conditions in verdicts.apart.items():
        for one in (condition for condition in conditions if condition.name == RUN):
            for name, part in zip(pair, (one.baseline, one.candidate)):
                names.setdefault(part, {})[name] = None
    if not names:
        return ""
    told = "; ".join(", ".join(map(code, those)) for those in names.values())
    return bullets([f"Not compared, since they were taken in different runs: {told}."])


def each(record: Record, of: Callable[[Part], str], single: str) -> str:
    """A fact of every run, with the runs' names where they differ; `single` of an unmerged one."""
    users: dict[str, list[str]] = {}
    for part in record.parts:
        users.setdefault(of(part), []).append(part.name)
    return single if not users else _listed(users.items())


def _listed(found: Iterable[tuple[str, list[str]]]) -> str:
    told = [(value or "not told", names) for value, names in found]
    if len(told) == 1:
        return told[0][0]
    return "; ".join(f"{value}: {', '.join(names)}" for value, names in told)
