"""Requests that a service must refuse, each by a status that says why, in the interface's form."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from bench.probe.answer_forms import ErrorForm, described, parsed
from bench.probe.check_types import Came, Check
from bench.probe.client import Answer, Part, Request
from bench.probe.context import Context, Limits, prediction_of
from bench.probe.exchange_failures import Unanswered, Unexpected
from bench.probe.pictures import cut_off, generated

MALFORMED = (400, 422)
NO_PICTURE = (400, 415, 422)
NOT_THERE = (400, 404)
ABSENT = "slimbench-probe-absent.png"
OUTWARDS = (
    "..%2F..%2Fetc%2Fpasswd",
    "%2Fetc%2Fpasswd",
    "..%5C..%5Cetc%5Cpasswd",
    "..%252F..%252Fetc%252Fpasswd",
)
LONGEST_NAME = 255  # bytes, of Linux's file systems


@dataclass(frozen=True)
class Refusal:
    """Requests, and the statuses of which each must get one."""

    name: str
    statuses: tuple[int, ...]
    requests: tuple[Request, ...]


REFUSALS: tuple[Refusal, ...] = (
    Refusal("no file", NO_PICTURE, (prediction_of(),)),
    Refusal("empty file", NO_PICTURE, (prediction_of(Part(b"")),)),
    Refusal("not a picture", NO_PICTURE, (prediction_of(Part(b"This is no picture.\n")),)),
    Refusal("cut-off picture", NO_PICTURE, (prediction_of(cut_off()),)),
    Refusal(
        "wrong field name", MALFORMED, (Request("POST", "/predict", (generated(0),), "picture"),)
    ),
    Refusal("wrong method", (405,), (Request("GET", "/predict"), Request("POST", "/health"))),
    Refusal(
        "bad query",
        MALFORMED,
        tuple(
            Request("POST", f"/predict?top={top}", (generated(0),)) for top in ("0", "-1", "many")
        ),
    ),
    Refusal(
        "name that leads out",
        NOT_THERE,
        tuple(Request("GET", f"/inference/{name}") for name in OUTWARDS),
    ),
    Refusal(
        "over-long name",
        NOT_THERE,
        (Request("GET", f"/inference/{'x' * LONGEST_NAME}.png"),),
    ),
    Refusal("absent picture", (404,), (Request("GET", f"/inference/{ABSENT}"),)),
    Refusal("unknown path", (404,), (Request("GET", "/slimbench-probe-absent"),)),
)


def refused(refusal: Refusal, context: Context) -> Came:
    """Each request gets one of the statuses."""
    answers = [context.client.ask(request) for request in refusal.requests]
    for answer in answers:
        if answer.status not in refusal.statuses:
            raise Unexpected(described(answer))
    return Came(", ".join(str(answer.status) for answer in answers))


def error_form(context: Context) -> Came:
    """All refusals have the interface's form; those of a wrong status have a check of their own."""
    judged = 0
    for refusal in REFUSALS:
        for answer in _refusals(context, refusal):
            try:
                parsed(answer, ErrorForm, answer.status)
            except Unexpected as error:
                raise Unexpected(f"{refusal.name}: {error}") from None
            judged += 1
    if judged == 0:
        raise Unexpected("no request was refused")
    return Came(f"{judged} refusals in this form")


def _refusals(context: Context, refusal: Refusal) -> list[Answer]:
    try:
        answers = [context.client.ask(request) for request in refusal.requests]
    except Unanswered:  # its own check tells
        return []
    return [answer for answer in answers if answer.status in refusal.statuses]


def _statuses(refusal: Refusal, _limits: Limits) -> str:
    return " or ".join(map(str, refusal.statuses))


REFUSED: tuple[Check, ...] = (
    *(
        Check(
            one.name,
            partial(refused, one),
            partial(_statuses, one),
            needs=("prediction",),
        )
        for one in REFUSALS
    ),
    Check(
        "error form",
        error_form,
        lambda _: "JSON with error.code and error.message, one sentence, no traceback",
        needs=("prediction",),
    ),
)
