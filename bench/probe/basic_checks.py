"""The checks that every probe makes: is it there, does it answer, rightly and in time."""

from __future__ import annotations

from bench.probe.answer_forms import Health, Ready, Single, parsed
from bench.probe.check_types import Came, Check, Skipped
from bench.probe.client import Request
from bench.probe.context import TOP, Context, prediction_of
from bench.probe.exchange_failures import Unexpected
from bench.probe.outcome_types import Prediction

TIMED = 5  # predictions that are held to the time limit
NANOSECONDS = 1e9


def predicted(context: Context) -> tuple[Single, float]:
    """The classes of the picture, and the milliseconds that it took; raises Unexpected."""
    answer = context.client.ask(prediction_of(context.picture))
    found = parsed(answer, Single)
    if len(found.top) > TOP:
        raise Unexpected(f"{len(found.top)} classes for top={TOP}")
    if found.processing_time * NANOSECONDS > answer.elapsed_ns:
        raise Unexpected(
            f"a processing_time of {found.processing_time:g} s in an answer that took"
            f" {answer.elapsed_ns / NANOSECONDS:.3g} s"
        )
    return found, answer.elapsed_ns / 1e6


def health(context: Context) -> Came:
    """`/health` says that the model is loaded."""
    found = parsed(context.client.ask(Request("GET", "/health")), Health)
    gpu = "a GPU" if found.gpu_available else "no GPU"
    return Came(f"{found.model} on {found.backend}, version {found.version}, {gpu}")


def readiness(context: Context) -> Came:
    """`/ready` says that requests are taken."""
    parsed(context.client.ask(Request("GET", "/ready")), Ready)
    return Came("ready")


def prediction(context: Context) -> Came:
    """`/predict` answers for one picture in the interface's form."""
    found, _ = predicted(context)
    return Came(
        f"class {found.class_id} ({found.label}), {found.confidence:.4f}", Prediction(found.top)
    )


def expected_class(context: Context) -> Came:
    """The first class is the one that the user expects."""
    if context.limits.expect_class is None:
        raise Skipped("no class was named; --expect-class names one")
    found, _ = predicted(context)
    if found.class_id != context.limits.expect_class:
        raise Unexpected(f"class {found.class_id} ({found.label})")
    return Came(f"class {found.class_id}")


def response_time(context: Context) -> Came:
    """The slowest of several predictions, one after the other, keeps to the limit."""
    if context.limits.max_ms is None:
        raise Skipped("no limit was set; --max-ms sets one")
    slowest_ms = max(predicted(context)[1] for _ in range(TIMED))
    if slowest_ms > context.limits.max_ms:
        raise Unexpected(f"the slowest took {slowest_ms:.1f} ms")
    return Came(f"the slowest took {slowest_ms:.1f} ms")


BASIC: tuple[Check, ...] = (
    Check("health", health, lambda _: "200, status ok, the model loaded"),
    Check("readiness", readiness, lambda _: "200, status ready"),
    Check("prediction", prediction, lambda _: f"200, up to {TOP} classes, the best first"),
    Check(
        "expected class",
        expected_class,
        lambda limits: f"class {limits.expect_class}",
        needs=("prediction",),
    ),
    Check(
        "response time",
        response_time,
        lambda limits: f"each of {TIMED} predictions within {limits.max_ms:g} ms",
        needs=("prediction",),
    ),
)
