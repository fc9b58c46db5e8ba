"""All checks of a service, in their order, and one run through them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

from bench.probe.basic_checks import BASIC
from bench.probe.batch_check import BATCH
from bench.probe.check_types import Came, Check, Missed, Skipped
from bench.probe.context import Context
from bench.probe.exchange_failures import Unanswered, Unexpected
from bench.probe.load_check import LOAD
from bench.probe.outcome_types import Outcome, ProbeReport, State
from bench.probe.redaction import redacted
from bench.probe.refusals import REFUSED
from builders.errors import ServiceUnreachable

TESTS: tuple[Check, ...] = (*REFUSED, BATCH, LOAD)
LONGEST_TEXT = 300  # characters of what came


def probe(context: Context, run_tests: bool) -> ProbeReport:
    """Make the checks, one after the other.

    Raises:
        ServiceUnreachable: not even a connection can be made at the start.
    """
    outcomes: dict[str, Outcome] = {}
    for check in (*BASIC, *(TESTS if run_tests else ())):
        outcomes[check.name] = _outcome(check, context, outcomes)
    return ProbeReport(context.client.address, tuple(outcomes.values()))


def _outcome(check: Check, context: Context, before: Mapping[str, Outcome]) -> Outcome:
    begin_ns = time.perf_counter_ns()
    state, came = _run(check, context, before)
    elapsed_ms = (time.perf_counter_ns() - begin_ns) / 1e6
    expected = "" if state == "skipped" else check.expected(context.limits)
    made = Outcome(check.name, state, expected, came.text, elapsed_ms, came.detail)
    # Only then is it cut: half of a token would not be recognised.
    made = redacted(made, context.client.token)
    return replace(made, came=made.came[:LONGEST_TEXT])


def _run(check: Check, context: Context, before: Mapping[str, Outcome]) -> tuple[State, Came]:
    lacking = [name for name in check.needs if before[name].state != "passed"]
    if lacking:
        return "skipped", Came(f"nothing to go by, as {lacking[0]} failed")
    try:
        return "passed", check.run(context)
    except Skipped as reason:
        return "skipped", Came(str(reason))
    except Missed as missed:
        return "failed", missed.came
    except Unexpected as error:
        if isinstance(error, Unanswered) and not error.connected and not before:
            raise _unreachable(context, error) from None
        return "failed", Came(str(error))


def _unreachable(context: Context, error: Unanswered) -> ServiceUnreachable:
    step = "check the URL, and that the service runs"
    if "certificate" in str(error):
        step = "name your own certificate authority's file in REQUESTS_CA_BUNDLE"
    return ServiceUnreachable(str(error), where=context.client.address, next_step=step)
