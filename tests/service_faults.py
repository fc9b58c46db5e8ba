"""What a service may do wrong; each fault names the one check of `slimbench probe` that fails."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from faulty_service import Deed, Fault, Handler
from right_service import LABELS, Asked, Reply, answered, predicted, refusal, right

from bench.probe.refusals import REFUSALS

ELSEWHERE = "http://elsewhere.invalid/ready"
TRACEBACK = b'Traceback (most recent call last):\n  File "/app/main.py", line 3\nKeyError: 1\n'


def at(path: str) -> Callable[[Asked], bool]:
    return lambda asked: (asked.method, asked.path) == ("GET", path)


def when_predicting(asked: Asked) -> bool:
    return right(asked).status == 200 and asked.path == "/predict"


def in_batch(asked: Asked) -> bool:
    return when_predicting(asked) and len(asked.files) > 1


def in_load(asked: Asked) -> bool:
    """Only the load's clients keep their connections."""
    return when_predicting(asked) and asked.earlier > 0


def sent_by(check: str, last: bool = False) -> Callable[[Asked], bool]:
    """The requests of a check, or the last of them."""
    requests = next(one.requests for one in REFUSALS if one.name == check)
    wanted = {
        (one.method, one.path, tuple((one.field, part.content) for part in one.parts))
        for one in (requests[-1:] if last else requests)
    }
    return lambda asked: (asked.method, asked.target, asked.fields) in wanted


def instead(reply: Reply) -> Deed:
    return lambda handler, asked, _: handler.send(reply)


def changed(**keys: Any) -> Deed:
    """The right answer with some keys of its content changed."""
    return lambda handler, asked, reply: handler.send(
        replace(reply, content={**reply.content, **keys})
    )


def remade(make: Callable[[Asked, Reply], Reply]) -> Deed:
    return lambda handler, asked, reply: handler.send(make(asked, reply))


def slow(seconds: float) -> Deed:
    def deed(handler: Handler, asked: Asked, reply: Reply) -> None:
        time.sleep(seconds)
        handler.send(reply)

    return deed


def reset(handler: Handler, asked: Asked, reply: Reply) -> None:
    """The connection is broken off without an answer."""
    handler.close_connection = True
    lingering = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, lingering)
    handler.connection.close()


def never(handler: Handler, asked: Asked, reply: Reply) -> None:
    handler.close_connection = True
    handler.server.ended.wait()


def endless(handler: Handler, asked: Asked, reply: Reply) -> None:
    _unending(handler, b" " * 65536, 0.0)


def dripping(handler: Handler, asked: Asked, reply: Reply) -> None:
    """A byte now and then keeps every time limit of a socket from being reached."""
    _unending(handler, b" ", 0.05)


def _unending(handler: Handler, piece: bytes, pause_s: float) -> None:
    handler.close_connection = True
    handler.begin(Reply(200, b""), None)
    try:
        while not handler.server.ended.wait(pause_s):
            handler.wfile.write(piece)
    except OSError:  # the client has had enough
        return


def _shifted(asked: Asked, reply: Reply) -> Reply:
    """Every class is the next one."""
    found = [predicted(picture) for picture in asked.files]
    for one in found:
        for ranked in one["top"]:
            ranked["class_id"] = (ranked["class_id"] + 1) % LABELS
        one["class_id"] = one["top"][0]["class_id"]
    return answered(*found)


def _swapped(asked: Asked, reply: Reply) -> Reply:
    first, second, *others = reply.content["predictions"]
    return replace(reply, content={**reply.content, "predictions": [second, first, *others]})


def _shortened(asked: Asked, reply: Reply) -> Reply:
    some = reply.content["predictions"][:-1]
    return replace(reply, content={**reply.content, "predictions": some})


def _turned(asked: Asked, reply: Reply) -> Reply:
    return replace(reply, content={**reply.content, "top": reply.content["top"][::-1]})


def _in_milliseconds(asked: Asked, reply: Reply) -> Reply:
    return replace(reply, content={**reply.content, "processing_time": 3600.0})


PAGE = Reply(200, b"<html>It works!</html>", "text/html")
NOT_FOUND_PAGE = replace(PAGE, status=404)
CRASH = Reply(500, TRACEBACK, "text/plain")
CHATTY = refusal(404, "not-found", TRACEBACK.decode())
DETAIL = Reply(404, {"detail": "Not Found"})
PASSWORDS = Reply(200, b"root:x:0:0:root:/root:/bin/sh\n", "text/plain")
AWAY = Reply(302, b"", headers={"Location": ELSEWHERE})
GOOD = answered(predicted(b"any"))

FAULTS: Mapping[str, Fault] = {
    "health contradicts itself": Fault("health", at("/health"), changed(model_loaded=False)),
    "health is a page": Fault("health", at("/health"), instead(PAGE)),
    "health is endless": Fault("health", at("/health"), endless),
    "health drips": Fault("health", at("/health"), dripping),
    "health says ok, nothing is ready": Fault(
        "readiness", at("/ready"), instead(Reply(503, {"status": "loading"}))
    ),
    "ready is elsewhere": Fault("readiness", at("/ready"), instead(AWAY)),
    "the best class comes last": Fault("prediction", when_predicting, remade(_turned)),
    "numbers are text": Fault("prediction", when_predicting, changed(class_id="7")),
    "confidence is no probability": Fault("prediction", when_predicting, changed(confidence=71.5)),
    "time is in other units": Fault("prediction", when_predicting, remade(_in_milliseconds)),
    "predictions crash": Fault("prediction", when_predicting, instead(CRASH)),
    "predictions never end": Fault("prediction", when_predicting, never),
    "every class is the next one": Fault("expected class", when_predicting, remade(_shifted)),
    "predictions are slow": Fault("response time", when_predicting, slow(0.2)),
    "no file crashes": Fault("no file", sent_by("no file"), instead(CRASH)),
    "an empty file has a class": Fault("empty file", sent_by("empty file"), instead(GOOD)),
    "nonsense crashes": Fault("not a picture", sent_by("not a picture"), instead(CRASH)),
    "nonsense has a class": Fault("not a picture", sent_by("not a picture"), instead(GOOD)),
    "a cut-off picture hangs": Fault("cut-off picture", sent_by("cut-off picture"), never),
    "a wrong field breaks off": Fault("wrong field name", sent_by("wrong field name"), reset),
    "any method will do": Fault("wrong method", sent_by("wrong method", last=True), instead(GOOD)),
    "any query will do": Fault("bad query", sent_by("bad query", last=True), instead(GOOD)),
    "names lead out": Fault(
        "name that leads out", sent_by("name that leads out", last=True), instead(PASSWORDS)
    ),
    "a long name crashes": Fault("over-long name", sent_by("over-long name"), instead(CRASH)),
    "absent pictures have a class": Fault(
        "absent picture", sent_by("absent picture"), instead(GOOD)
    ),
    "every path is a page": Fault("unknown path", sent_by("unknown path"), instead(PAGE)),
    "refusals are pages": Fault("error form", sent_by("unknown path"), instead(NOT_FOUND_PAGE)),
    "refusals tell too much": Fault("error form", sent_by("unknown path"), instead(CHATTY)),
    "refusals have another form": Fault("error form", sent_by("unknown path"), instead(DETAIL)),
    "a batch is in disorder": Fault("batch", in_batch, remade(_swapped)),
    "a batch lacks one": Fault("batch", in_batch, remade(_shortened)),
    "a batch is one picture": Fault("batch", in_batch, instead(GOOD)),
    "it crashes under load": Fault("load", in_load, instead(CRASH)),
    "it errs under load": Fault("load", in_load, remade(_shifted)),
}
