"""Every check passes on a right service, and each has a fault that makes it alone fail."""

from __future__ import annotations

from dataclasses import replace

import pytest
from faulty_service import Fault, Service, service
from right_service import predicted, refusal
from service_faults import ELSEWHERE, FAULTS, dripping, instead, never

from bench.probe.basic_checks import BASIC
from bench.probe.checks import LONGEST_TEXT, TESTS, probe
from bench.probe.client import Client
from bench.probe.context import Context, Limits
from bench.probe.outcome_types import Load, Outcome, Prediction, ProbeReport
from bench.probe.pictures import generated

PICTURE = generated(0)
CLASS = predicted(PICTURE.content)["class_id"]
LIMITS = Limits(expect_class=CLASS, max_ms=60_000, requests=12, concurrency=3)
PATIENT_S = 60.0
HANGING_S = 2.0  # where an answer never comes
SECRET = "s3cret/tok+en="


def context(running: Service, limits: Limits = LIMITS, token: str | None = None) -> Context:
    hangs = running.fault is not None and running.fault.deed in (never, dripping)
    client = Client(running.url, HANGING_S if hangs else PATIENT_S, token)
    return Context(client, PICTURE, limits)


def probed(fault: Fault | None, limits: Limits = LIMITS, run_tests: bool = True) -> ProbeReport:
    with service(fault) as running:
        return probe(context(running, limits), run_tests)


def found(report: ProbeReport, name: str) -> Outcome:
    return next(one for one in report.outcomes if one.name == name)


def test_a_right_service_passes_every_check():
    report = probed(None)
    assert [one.name for one in report.outcomes] == [check.name for check in (*BASIC, *TESTS)]
    assert {one.name: one.came for one in report.outcomes if one.state != "passed"} == {}
    assert report.passed
    assert all(one.expected and one.came and one.elapsed_ms > 0 for one in report.outcomes)


def test_without_tests_only_the_basic_checks_run():
    report = probed(None, run_tests=False)
    assert [one.name for one in report.outcomes] == [check.name for check in BASIC]


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_fails_its_check_and_no_other(name: str):
    fault = FAULTS[name]
    limits = replace(LIMITS, max_ms=100) if name == "predictions are slow" else LIMITS
    report = probed(fault, limits)
    failed = {one.name: one.came for one in report.outcomes if one.state == "failed"}
    assert set(failed) == {fault.check}, failed
    assert not report.passed


def test_every_check_has_a_fault():
    assert {fault.check for fault in FAULTS.values()} == {check.name for check in (*BASIC, *TESTS)}


@pytest.mark.parametrize(
    ("name", "came"),
    [
        ("health contradicts itself", "200, but model_loaded: "),
        ("health is a page", "200 with text/html, no JSON"),
        ("health is endless", "200 with more than 1000000 bytes"),
        ("health drips", "no whole answer within 2 s"),
        ("health says ok, nothing is ready", "503 with application/json"),
        ("ready is elsewhere", f"302, a redirect to {ELSEWHERE}"),
        ("predictions crash", "500 with a traceback"),
        ("a wrong field breaks off", "the connection ended without a whole HTTP answer"),
        ("refusals are pages", "unknown path: 404 with text/html, no JSON"),
        ("refusals tell too much", "unknown path: 404 with a traceback"),
        ("refusals have another form", "unknown path: 404, but error: Field required"),
        ("a batch lacks one", "2 predictions for 3 files"),
        ("time is in other units", "a processing_time of 3600 s in an answer that took "),
    ],
)
def test_what_came_is_told(name: str, came: str):
    fault = FAULTS[name]
    assert found(probed(fault), fault.check).came.startswith(came)


def test_what_needs_a_prediction_is_skipped_without_one():
    report = probed(FAULTS["predictions crash"])
    skipped = [one for one in report.outcomes if one.state == "skipped"]
    assert len(skipped) == len(report.outcomes) - 3
    assert {one.came for one in skipped} == {"nothing to go by, as prediction failed"}


def test_limits_that_nobody_set_are_skipped_with_the_option_that_sets_them():
    report = probed(None, Limits(requests=4, concurrency=2))
    assert report.passed
    skipped = {one.name: one.came for one in report.outcomes if one.state == "skipped"}
    assert set(skipped) == {"expected class", "response time"}
    assert "--expect-class" in skipped["expected class"]
    assert "--max-ms" in skipped["response time"]


def test_the_prediction_is_told_with_its_classes():
    detail = found(probed(None), "prediction").detail
    assert isinstance(detail, Prediction)
    assert [one.rank for one in detail.top] == [1, 2, 3, 4, 5]
    assert detail.top[0].class_id == CLASS


@pytest.mark.parametrize(("requests", "carried"), [(12, (1, 0, 0)), (100, (1, 1, 0))])
def test_only_percentiles_that_the_requests_carry_are_told(requests: int, carried: tuple[int, ...]):
    outcome = found(probed(None, replace(LIMITS, requests=requests)), "load")
    load = outcome.detail
    assert isinstance(load, Load)
    assert (load.requests, load.answered, load.failures) == (requests, requests, {})
    assert tuple(value is not None for value in (load.p50_ms, load.p95_ms, load.p99_ms)) == carried
    assert [name in outcome.came for name in ("p50", "p95", "p99")] == list(map(bool, carried))


def test_failures_under_load_are_counted_by_what_came():
    outcome = found(probed(FAULTS["it crashes under load"]), "load")
    load = outcome.detail
    assert isinstance(load, Load)
    assert (load.answered, load.failures) == (3, {"500 with a traceback": 9})  # 3 kept connections
    assert "3 of 12 answered" in outcome.came
    assert "9 times 500 with a traceback" in outcome.came


def test_a_load_without_any_answer_has_no_percentiles():
    refused = Fault("load", lambda asked: predicting(asked) and counted(asked), instead(BUSY))
    counts["seen"] = 0
    load = found(probed(refused, Limits(requests=6, concurrency=2)), "load").detail
    assert isinstance(load, Load)
    assert (load.answered, load.p50_ms) == (0, None)
    assert load.failures == {"503: the queue is full": 6}


BUSY = refusal(503, "busy", "the queue is full")
counts = {"seen": 0}


def predicting(asked) -> bool:
    return asked.files == (PICTURE.content,) and asked.target.startswith("/predict?top=5")


def counted(asked) -> bool:
    """From the fourth on: the first are `prediction`, `batch` and the load's own look."""
    counts["seen"] += 1
    return counts["seen"] > 3


def test_the_token_is_sent_and_never_told():
    with service(token=SECRET) as running:
        report = probe(context(running, token=SECRET), run_tests=True)
    assert report.passed
    assert set(running.authorizations) == {f"Bearer {SECRET}"}
    assert SECRET not in repr(report)


def test_a_service_that_repeats_the_token_does_not_make_it_told():
    with service(token="another one") as running:
        report = probe(context(running, token=SECRET), run_tests=False)
    came = found(report, "health").came
    assert came == "401: wrong token: Bearer [token]"
    assert SECRET not in repr(report)


def test_half_of_a_token_is_not_told_either():
    long = SECRET + "x" * LONGEST_TEXT
    with service(token="another one") as running:
        report = probe(context(running, token=long), run_tests=False)
    assert SECRET not in repr(report)


def test_a_long_answer_is_cut():
    chatty = Fault("health", lambda asked: True, instead(refusal(404, "not-found", "x" * 5000)))
    assert len(found(probed(chatty, run_tests=False), "health").came) == LONGEST_TEXT


def test_pictures_that_are_answered_alike_are_told_of():
    constant = predicted(b"any")
    same = Fault(
        "batch",
        lambda asked: asked.path == "/predict" and all(asked.files) and len(asked.files) > 0,
        lambda handler, asked, reply: handler.send(
            replace(reply, content=alike(reply.content, constant))
        ),
    )
    with service(same) as running:
        limits = Limits(requests=2, concurrency=1)
        report = probe(context(running, limits), run_tests=True)
    assert "exchanging them wouldn't show" in found(report, "batch").came


def alike(content: dict, constant: dict) -> dict:
    if "predictions" in content:
        return {**content, "predictions": [constant] * len(content["predictions"])}
    return {**content, **constant} if "class_id" in content else content
