"""Services as one Markdown page; it depends on the record alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.record_types import Record
from reports import columns, provenance, service_columns, service_images, service_load
from reports import service_words as words
from reports.certainty import certainty_of
from reports.column import Column
from reports.conclusions import fallbacks
from reports.gaps import failures, lacks
from reports.markdown import notice
from reports.markup import bullets, code, escape
from reports.parts import Folded, Images, Part, Variants, page, shown
from reports.runs import never_in_turns, runs
from reports.service_columns import FIRST_ANSWER, READY, STARTS
from reports.service_conditions import conditions
from reports.verdicts import Verdicts

NOT_JUDGED = Verdicts({}, {}, {})


def render(record: Record) -> str:
    """The whole page, ending in a line feed.

    Args:
        record: a run of the workload `serve`; failed and unmeasured variants are rows like others.
    """
    return page(parts(record))


def parts(record: Record) -> Iterator[Part]:
    """What the page is made of, in its order."""
    yield "# Services"
    yield _opening(record)
    yield from map(notice, record.models)
    yield "## All variants"
    yield Variants(record, service_columns.OVERVIEW, NOT_JUDGED)
    yield bullets([*fallbacks(record.variants), *never_in_turns(record)])
    yield "## Failures"
    yield failures(record)
    yield from _measured(record)
    yield from _section(
        "What a service adds to its image",
        words.ADDED_RULE,
        shown(record, "bytes"),
        service_images.added(record),
        _packages(record),
    )
    yield "## What was verified"
    yield f"Over HTTP, against the answers of {code(record.reference)} to the same pictures."
    yield Variants(record, columns.VERIFIED, NOT_JUDGED)
    yield Images(record)
    yield "## How it was taken"
    yield words.TAKEN_RULE
    yield conditions(record)
    yield Folded("Bases and models", (provenance.bases(record), provenance.models(record)))
    yield "## Definitions"
    yield words.DEFINITIONS


def _measured(record: Record) -> Iterator[Part]:
    yield from _section(
        "Starts", words.STARTS_RULE, _known(record, _starts(record)), lacks(record, "starts")
    )
    yield from _section(
        "Throughput", words.THROUGHPUT_RULE, service_load.throughput(record), lacks(record, "load")
    )
    yield from _section(
        "Latency by concurrency", words.AT_A_TIME_RULE, service_load.latencies_at_a_time(record)
    )
    yield from _section(
        "Latency by rate of arrivals", words.AT_RATES_RULE, service_load.latencies_at_rates(record)
    )
    yield from _section(
        "Memory and processor time", words.USAGE_RULE, _known(record, service_columns.USAGE)
    )


def _section(heading: str, rule: str, *found: Part) -> Iterator[Part]:
    """A section with what was found and why something is missing; nothing without either."""
    if any(found):
        yield from (f"## {heading}", rule, *found)


def _starts(record: Record) -> Sequence[Column]:
    seed = record.conditions.seed
    each = ((column, *certainty_of(column, seed)[:2]) for column in (READY, FIRST_ANSWER))
    return (STARTS, *(column for those in each for column in those))


def _known(record: Record, chosen: Sequence[Column]) -> Part:
    """The columns of the rows that have any of them; empty without any."""
    rows = [row for row in record.variants if any(one.value(row) is not None for one in chosen)]
    shown = record.model_copy(update={"variants": tuple(rows)})
    return Variants(shown, chosen, NOT_JUDGED) if rows else ""


def _packages(record: Record) -> Part:
    found = service_images.packages(record)
    return Folded("Packages that it adds", (found,)) if found else ""


def _opening(record: Record) -> str:
    return (
        "The same inference service over HTTP in every rung's image, verified and put under load"
        f" {runs(record)} with slimbench {escape(record.environment.slimbench)}."
        f" Matrix: {code(record.matrix_digest)}."
    )
