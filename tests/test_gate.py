"""A record held to budgets and to a baseline: every limit, what misses it, and what is not sure."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_images import GCC, PASSWORD, PIP_CACHE, ROOT_USER, SHELL
from report_records import verified
from two_runs import MB, heavier, rebuilt, row, run

from bench.comparability import whole_rounds
from bench.record_types import Record, VariantRecord
from builders.budget_settings import Budget, Budgets
from reports.figures import latency_ms, p95_interval_ms
from reports.gate.check import Check, Verdict
from reports.gate.hold import hold
from reports.gate.outputs import as_json, headline, markdown

HABIT: dict[str, Any] = {
    "tools": (SHELL, GCC),
    "hints": (PIP_CACHE, ROOT_USER),
    "secrets": (PASSWORD,),
}


def held(variant: VariantRecord, **budget: object) -> tuple[Check, ...]:
    """What comes of one budget for one variant."""
    budgets = Budgets.model_validate({"variants": {variant.name: budget}})
    return hold(run(variant), None, budgets, [variant.name]).checks


def against(old: Record, new: Record, **baseline: object) -> Verdict:
    """What comes of a baseline alone."""
    names = dict.fromkeys(one.name for one in (*old.variants, *new.variants))
    budgets = Budgets.model_validate({"baseline": baseline})
    return hold(new, old, budgets, list(names))


# Of `row("slim", **HABIT)`: a budget that it holds, one that it misses, and what the miss says.
LIMITS: list[tuple[str, object, object, str]] = [
    ("size", "200MB", 199_999_999, "size 200.0 MB; at most 200.0 MB allowed (200,000,000 against"),
    ("compressed_size", "50MB", "49MB", "compressed 50.0 MB; at most 49.0 MB allowed"),
    ("layers", 2, 1, "layers 2; at most 1 allowed"),
    ("tools", 2, 1, "tools 2; at most 1 allowed"),
    ("forbidden_tools", ["bash", "editor"], ["compiler"], "1 forbidden tool of compiler"),
    ("root_user", True, False, "root yes; not allowed"),
    ("setuid", 2, 1, "setuid 2; at most 1 allowed"),
    ("secrets", 1, 0, "secrets 1; at most 0 allowed"),
    ("hints", 2, 1, "hints 2; at most 1 allowed"),
    ("forbidden_hints", ["pip-left-in"], ["root-user"], "1 forbidden hint of root-user"),
    ("cold_start", "520ms", "480ms", "cold start 511.5 ms; at most 480.0 ms allowed (95 %"),
    ("latency", "6ms", "4ms", "latency p50 5.01 ms; at most 4.00 ms allowed (95 %"),
    ("p95", "6ms", "4ms", "p95 5.02 ms; at most 4.00 ms allowed (95 %"),
    ("peak_memory", "300MB", "299MB", "peak memory 300.0 MB; at most 299.0 MB allowed"),
    ("max_abs_diff", 1e-6, 1e-8, "max abs diff 1.0e-07; at most 1.0e-08 allowed"),
    ("top1_agreement", 1.0, None, ""),
]


@pytest.mark.parametrize(("key", "enough", "too_little", "told"), LIMITS)
def test_each_limit(key: str, enough: object, too_little: object, told: str) -> None:
    variant = row("slim", **HABIT)
    (found,) = held(variant, **{key: enough})
    assert (found.outcome, found.key, found.against) == ("held", key, "budget")
    if too_little is not None:
        (found,) = held(variant, **{key: too_little})
        assert found.outcome == "missed"
        assert found.told.startswith(told)


def test_every_key_of_a_budget_has_a_case() -> None:
    keys = [field.alias or name for name, field in Budget.model_fields.items()]
    assert keys == [case[0] for case in LIMITS]


def test_agreement_is_a_least() -> None:
    variant = row("slim").model_copy(update={"verification": verified(agreeing=9)})
    (found,) = held(variant, top1_agreement=0.8)
    assert (found.outcome, found.told) == (
        "missed",
        "top-1 agreement 75.0 %; at least 80.0 % allowed",
    )


@pytest.mark.parametrize("difference", [math.inf, math.nan])
def test_what_is_no_number_is_within_no_limit(difference: float) -> None:
    variant = row("slim").model_copy(update={"verification": verified(difference)})
    verdict = Verdict(held(variant, max_abs_diff=1))
    assert not verdict.holds
    assert json.loads(as_json(verdict))["checks"][0]["value"] is None


def test_a_time_beyond_its_limit_within_its_interval_is_not_sure() -> None:
    (found,) = held(row("slim"), cold_start="511ms")
    assert found.outcome == "not sure"
    assert found.interval is not None
    assert found.interval.low <= 511 <= found.interval.high
    assert Verdict((found,)).holds


def test_a_time_of_few_starts_is_not_sure() -> None:
    few = row("slim").model_copy(update={"samples": row("slim").samples[:5]})
    (found,) = held(few, cold_start="100ms")
    assert (found.outcome, found.interval) == ("not sure", None)
    assert found.told.endswith("too few samples for an interval")


def test_what_is_largest_is_told_of_a_size() -> None:
    (found,) = held(row("slim"), size="100MB")
    assert found.evidence[:2] == ("package torch 2.0 120.0 MB", "package libc6 2.36 60.0 MB")
    assert "layer `COPY` 200.0 MB" in found.evidence
    (found,) = held(row("slim", **HABIT), tools=0)
    assert found.evidence == ("sh", "gcc")
    (found,) = held(row("slim"), cold_start="1ms")
    assert "model load 30.0 ms" in found.evidence


def test_a_variant_that_is_missing_or_failed_misses() -> None:
    failed = row("slim").model_copy(
        update={"status": "failed", "failed_step": "verify", "reason": "other answers"}
    )
    (whole, size) = held(failed, size="1GB", cold_start="1s")
    assert (whole.outcome, whole.told) == ("missed", "it failed (verify): other answers")
    assert size.outcome == "held"
    budgets = Budgets.model_validate({"all": {"size": "1GB"}})
    verdict = hold(run(row("slim")), None, budgets, ["slim", "thin"])
    assert [(one.variant, one.outcome) for one in verdict.checks] == [
        ("slim", "held"),
        ("thin", "missed"),
    ]
    assert verdict.checks[1].told == "it isn't in the record"


def test_what_was_not_measured_is_missed_by_a_limit_that_needs_it() -> None:
    built = row("slim").model_copy(update={"samples": (), "status": "built"})
    (size, start) = held(built, size="1GB", cold_start="1s")
    assert (size.outcome, start.outcome) == ("held", "missed")
    assert start.told.startswith("cold_start isn't known")
    pending = built.model_copy(update={"image": None, "status": "pending"})
    (tools,) = held(pending, forbidden_tools=["pip"])
    assert tools.outcome == "missed"


def test_a_variant_that_may_be_left_out_misses_nothing() -> None:
    left = row("slim").model_copy(
        update={"status": "failed", "left_out": True, "reason": "no registry", "samples": ()}
    )
    (found,) = held(left, cold_start="1ms")
    assert (found.outcome, found.told) == ("not compared", "left out: no registry")


def test_a_variant_without_limits_is_not_asked_for() -> None:
    assert hold(run(), None, Budgets(), ["slim"]).checks == ()


def test_a_broken_off_round_counts_for_nothing() -> None:
    broken = row("thin").model_copy(update={"samples": row("thin").samples[:-1]})
    record = run(row("slim"), broken)
    budgets = Budgets.model_validate({"all": {"cold_start": "1ms"}})
    slim, thin = hold(record, None, budgets, ["slim", "thin"]).checks
    assert slim.value == thin.value
    assert len(whole_rounds(record).variants[0].samples) == len(broken.samples)


def test_growth_beyond_both_thresholds_is_missed_with_what_grew() -> None:
    old, new = run(row("slim")), run(heavier(row("slim"), "torch", 12 * MB))
    (found,) = against(old, new).ended("missed")
    assert found.told == "size grew by 12.0 MB, from 200.0 MB to 212.0 MB; 2.0 MB allowed"
    assert found.evidence == ("package torch 2.0 -> 2.0.1 +12.0 MB", "layer `COPY` +12.0 MB")
    assert (found.value, found.limit, found.baseline) == (212 * MB, 202 * MB, 200 * MB)
    assert against(new, old).holds


@pytest.mark.parametrize(
    ("more", "size", "holds"),
    [
        (2 * MB, {}, True),  # exactly 1 %
        (2 * MB + 1, {}, False),
        (3 * MB, {"absolute": "3MB"}, True),
        (3 * MB, {"relative": 0.015}, True),
        (3 * MB + 1, {"absolute": "3MB", "relative": 0.015}, False),
    ],
)
def test_the_larger_threshold_counts(more: int, size: dict[str, object], holds: bool) -> None:
    new = run(heavier(row("slim"), "torch", more))
    assert against(run(row("slim")), new, size=size).holds == holds


def test_findings_since_the_baseline() -> None:
    facts = row("slim", **HABIT).image
    assert facts is not None
    changed = {"tools": facts.tools, "hints": facts.hints, "security": facts.security}
    safe = row("slim", user="65532")
    verdict = against(run(safe), run(rebuilt(safe, **changed)))
    found = {one.key: one.evidence for one in verdict.ended("missed")}
    assert found == {
        "tools": ("sh", "gcc"),
        "hints": ("pip-cache", "root-user"),
        "secrets": ("password in environment API_KEY",),
        "setuid": ("usr/bin/passwd", "usr/bin/su"),
        "root_user": (),
    }
    more = {"tools": 2, "hints": 2, "secrets": 1, "setuid": 2}
    (root,) = against(run(safe), run(rebuilt(safe, **changed)), **more).ended("missed")
    assert root.told == "root went from no to yes"


def test_answers_that_agree_less() -> None:
    old = row("slim").model_copy(update={"verification": verified(agreeing=12)})
    new = row("slim").model_copy(update={"verification": verified(agreeing=9)})
    (found,) = against(run(old), run(new)).ended("missed")
    assert found.told.startswith("top-1 agreement fell by 25.0 %, from 100.0 % to 75.0 %")
    assert found.limit == 1.0
    assert against(run(old), run(new), top1_agreement=0.25).holds
    assert against(run(new), run(old)).holds


def test_a_time_misses_only_beyond_the_threshold_and_the_noise() -> None:
    old = run(row("slim"))
    slower = run(rebuilt(row("slim", start_ms=560)))
    (found,) = against(old, slower).ended("missed")
    assert found.key == "cold_start"
    assert found.comparison is not None
    assert "slower: 1.117 times (" in found.told
    assert "imports +60.0 ms" in found.evidence
    assert against(old, slower, cold_start={"absolute": "60ms"}).holds
    noisy = old.model_copy(update={"again": row("fat (again)", 570), "reference": "slim"})
    verdict = against(noisy, slower)
    (found,) = verdict.ended("not sure")
    assert verdict.holds
    assert "same: 1.117 times (" in found.told
    assert "noise floor 1.137" in found.told
    assert any("measured apart, not in turns" in note for note in verdict.notes)


def test_memory_misses_only_beyond_the_noise() -> None:
    samples = [
        one.model_copy(update={"peak_rss_bytes": one.peak_rss_bytes + 40 * MB})
        for one in row("slim").samples
    ]
    more = rebuilt(row("slim")).model_copy(update={"samples": tuple(samples)})
    (found,) = against(run(row("slim")), run(more)).ended("missed")
    assert found.key == "peak_memory"
    assert "more: 1.133 times" in found.told
    one = (samples[0], *row("slim").samples[1:])  # a single container had more
    verdict = against(run(row("slim")), run(more.model_copy(update={"samples": one})))
    assert verdict.holds
    assert [check.key for check in verdict.ended("not sure")] == ["peak_memory"]


def test_times_of_other_conditions_are_not_compared() -> None:
    threads = row("slim", start_ms=900).model_copy(update={"runtime_threads": 8})
    verdict = against(run(row("slim")), run(threads))
    assert verdict.holds
    told = {check.key: check.told for check in verdict.ended("not compared")}
    assert set(told) == {"cold_start", "latency", "p95", "peak_memory"}
    assert told["cold_start"] == "cold start: other threads used"
    assert any("threads used 1, then 8" in note for note in verdict.notes)


def test_a_baseline_does_not_ask_for_what_it_does_not_know() -> None:
    built = row("slim").model_copy(update={"samples": (), "status": "built"})
    keys = {check.key for check in against(run(built), run(row("slim"))).checks}
    assert "size" in keys
    assert "cold_start" not in keys
    lost = against(run(row("slim")), run(built)).ended("missed")
    assert [check.key for check in lost] == ["cold_start", "latency", "p95", "peak_memory"]
    assert lost[0].told == "cold start isn't known; the baseline has 511.5 ms"


def test_variants_that_came_and_went() -> None:
    verdict = hold(run(row("slim"), row("new")), run(row("slim"), row("old")), Budgets(), ["slim"])
    assert verdict.holds
    assert "new: new" in verdict.notes
    assert "no longer there: old" in verdict.notes
    gone = hold(run(row("slim")), run(row("slim"), row("thin")), Budgets(), ["slim", "thin"])
    assert [(one.variant, one.told) for one in gone.ended("missed")] == [
        ("thin", "it isn't in the record")
    ]


def test_without_timings_only_what_is_exact_is_held_to_the_baseline() -> None:
    budgets = Budgets.model_validate({"all": {"size": "1MB", "cold_start": "1ms"}})
    old, new = run(row("slim")), run(rebuilt(row("slim", start_ms=900)))
    verdict = hold(new, old, budgets, ["slim"], timings=False)
    missed = [(check.key, check.against) for check in verdict.ended("missed")]
    assert missed == [("size", "budget"), ("cold_start", "budget")]
    assert not any("turns" in note for note in verdict.notes)


def test_the_page_tells_all_misses() -> None:
    budgets = Budgets.model_validate({"all": {"size": "1MB", "root_user": False, "p95": "6ms"}})
    verdict = hold(run(row("slim"), row("a|b")), None, budgets, ["slim", "a|b"])
    page = markdown(verdict)
    assert headline(verdict) == "4 of 6 limits are missed"
    assert page.startswith("## slimbench gate: 4 of 6 limits are missed\n\n### Missed\n")
    assert r"a\|b" in page
    assert "package torch 2.0 120.0 MB" in page
    assert markdown(Verdict(())) == "## slimbench gate: no limit applies\n"


@settings(max_examples=8, deadline=None)
@given(st.lists(st.integers(1_000_000, 9_000_000), min_size=120, max_size=120))
def test_the_interval_of_a_tail_encloses_it(latencies: list[int]) -> None:
    samples = tuple(
        one.model_copy(update={"latency_ns": tuple(latencies[place : place + 10])})
        for place, one in zip(range(0, 120, 10), row("slim").samples)
    )
    ends, tail = p95_interval_ms(samples, 1), latency_ms(samples, 0.95)
    assert ends is not None
    assert tail is not None
    assert min(latencies) / 1e6 <= ends.low <= ends.high <= max(latencies) / 1e6
    assert ends.low <= tail * 1.000001
    assert p95_interval_ms(samples[:9], 1) is None


def test_the_interval_of_equal_requests_is_a_point() -> None:
    samples = tuple(
        one.model_copy(update={"latency_ns": (5_000_000,) * 10}) for one in row("slim").samples
    )
    assert p95_interval_ms(samples, 1) == (5.0, 5.0)
