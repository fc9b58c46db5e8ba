"""What `probe` prints: a table of its checks and the classes of its picture, or JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from bench.probe.outcome_types import Outcome, Prediction, ProbeReport
from reports import terminal

VERSION = 1  # raise it when a field goes, or comes to mean something else
LONGEST_LABEL = 60  # characters


def show(report: ProbeReport, as_json: bool) -> None:
    """Print it."""
    if as_json:
        print(json.dumps(document(report), indent=2, allow_nan=False))  # noqa: T201 - no wrapping
        return
    terminal.show([_row(outcome) for outcome in report.outcomes], as_json=False)
    classes = _classes(report.outcomes)
    if classes:
        terminal.say("")
        terminal.show(classes, as_json=False)
    terminal.say(f"\n{report.url}: {_counted(report.outcomes)}")


def document(report: ProbeReport) -> dict[str, Any]:
    """The whole report; times in milliseconds and seconds as the keys say."""
    return {
        "version": VERSION,
        "url": report.url,
        "passed": report.passed,
        "checks": [asdict(outcome) for outcome in report.outcomes],
    }


def _row(outcome: Outcome) -> dict[str, object]:
    return {
        "check": outcome.name,
        "state": outcome.state,
        "expected": outcome.expected,
        "came": terminal.printable(outcome.came),
        "ms": round(outcome.elapsed_ms),
    }


def _classes(outcomes: Sequence[Outcome]) -> list[dict[str, object]]:
    return [
        {
            "rank": one.rank,
            "class": one.class_id,
            "label": terminal.printable(one.label)[:LONGEST_LABEL],
            "prob": f"{one.prob:.4f}",
        }
        for outcome in outcomes
        if isinstance(outcome.detail, Prediction)
        for one in outcome.detail.top
    ]


def _counted(outcomes: Sequence[Outcome]) -> str:
    counts = Counter(outcome.state for outcome in outcomes)
    return ", ".join(f"{counts[state]} {state}" for state in ("passed", "failed", "skipped"))
