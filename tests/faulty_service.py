"""A service of the interface without a model, right but for one fault at a time.

A picture's classes come from its bytes, so that each picture has its own. Every fault names the one
check of `slimbench probe` that must fail for it, and no other may.
"""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Optional
from urllib.parse import parse_qs, unquote, urlsplit

from bench.probe.pictures import SIGNATURE
from bench.probe.refusals import REFUSALS

ELSEWHERE = "http://elsewhere.invalid/ready"
LABELS = 1000
TRACEBACK = (
    b'Traceback (most recent call last):\n  File "/app/main.py", line 3, in predict\nKeyError: 1\n'
)


@dataclass(frozen=True)
class Asked:
    """A request; `earlier` is how many came before it on its connection."""

    method: str
    target: str
    fields: tuple[tuple[str, bytes], ...] = ()
    earlier: int = 0

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def files(self) -> tuple[bytes, ...]:
        return tuple(content for name, content in self.fields if name == "file")


@dataclass(frozen=True)
class Reply:
    """An answer; `content` is sent as it stands when it is bytes, else as JSON."""

    status: int
    content: Any
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


# --- What is right ---


def refusal(status: int, code: str, message: str) -> Reply:
    return Reply(status, {"error": {"code": code, "message": message}})


def predicted(picture: bytes, top: int = 5) -> dict[str, Any]:
    """Classes that the picture's bytes decide."""
    number = zlib.crc32(picture)
    best = 0.5 + number % 400 / 1000
    probs = [best] + [(1 - best) / 2**rank for rank in range(1, top)]
    ids = [(number + rank) % LABELS for rank in range(top)]
    ranked = [
        {"rank": rank, "class_id": one, "label": f"class {one}", "prob": prob}
        for rank, (one, prob) in enumerate(zip(ids, probs), start=1)
    ]
    return {"class_id": ids[0], "confidence": best, "label": f"class {ids[0]}", "top": ranked}


def right(asked: Asked) -> Reply:
    """The interface's answer."""
    if asked.path in GETS:
        wrong = refusal(405, "wrong-method", f"{asked.path} takes GET")
        return Reply(200, GETS[asked.path]) if asked.method == "GET" else wrong
    if asked.path == "/predict":
        return _predict(asked)
    if asked.path.startswith("/inference/"):
        return _inference(unquote(asked.path[len("/inference/") :]))
    return refusal(404, "not-found", "there is no such page")


GETS: Mapping[str, Mapping[str, Any]] = {
    "/ready": {"status": "ready"},
    "/health": {
        "status": "ok",
        "model_loaded": True,
        "gpu_available": False,
        "model": "crc32",
        "backend": "zlib",
        "version": "1",
    },
}


def _predict(asked: Asked) -> Reply:
    if asked.method != "POST":
        return refusal(405, "wrong-method", "/predict takes POST")
    top = parse_qs(urlsplit(asked.target).query).get("top", ["5"])[0]
    if not re.fullmatch(r"[1-9]\d*", top):
        return refusal(422, "bad-request", "'top' is no whole number of at least 1")
    if not asked.files:
        return refusal(422, "bad-request", "the form has no field named 'file'")
    refused = next(filter(None, map(_refused, asked.files)), None)
    return refused or answered(*(predicted(picture, int(top)) for picture in asked.files))


def answered(*found: dict[str, Any]) -> Reply:
    timing = {"processing_time": 0.0, "gpu_utilization": None}
    content = found[0] if len(found) == 1 else {"predictions": list(found)}
    return Reply(200, {**content, **timing})


def _refused(picture: bytes) -> Optional[Reply]:
    if not picture:
        return refusal(422, "empty-file", "the file is empty")
    if not picture.startswith(SIGNATURE):
        return refusal(415, "not-an-image", "it is no PNG")
    if b"IEND" not in picture[-8:]:
        return refusal(400, "cut-off", "the picture is cut off")
    return None


def _inference(name: str) -> Reply:
    if re.search(r"[/\\]|%2F", name) or len(name) > 255:
        return refusal(400, "bad-request", "this is no name of a file")
    return refusal(404, "not-found", "there is no such file; put it into /images")


# --- What is wrong ---

Deed = Callable[["Handler", Asked, Reply], None]


@dataclass(frozen=True)
class Fault:
    """What is done wrong, on which requests, and the check that must notice."""

    check: str
    when: Callable[[Asked], bool]
    deed: Deed


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


# --- The server ---


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body are two packets
    server: Service
    earlier = 0

    def parse_request(self) -> bool:
        """Answer every method alike; False, as nothing is left to do."""
        if super().parse_request():
            self._answer()
        return False

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        fields = form_fields(body, self.headers.get("Content-Type", ""))
        asked = Asked(self.command, self.path, fields, self.earlier)
        self.earlier += 1
        self.server.asked.append(asked)
        self.server.authorizations.append(self.headers.get("Authorization"))
        if self.server.token and self.headers.get("Authorization") != f"Bearer {self.server.token}":
            echo = f"wrong token: {self.headers.get('Authorization')}"
            self.send(refusal(401, "unauthorised", echo))
            return
        fault, reply = self.server.fault, right(asked)
        if fault is not None and fault.when(asked):
            fault.deed(self, asked, reply)
        else:
            self.send(reply)

    def send(self, reply: Reply) -> None:
        is_raw = isinstance(reply.content, bytes)
        body = reply.content if is_raw else json.dumps(reply.content).encode()
        self.begin(reply, len(body))
        self.wfile.write(body)

    def begin(self, reply: Reply, length: Optional[int]) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.media_type)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if length is None:
            self.send_header("Connection", "close")
        else:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, *words: Any) -> None:
        """Nothing: tests look at what was asked."""


class Service(ThreadingHTTPServer):
    """A server in threads; `asked` and `authorizations` are what came."""

    daemon_threads = True

    def __init__(self, fault: Optional[Fault], token: Optional[str]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.fault = fault
        self.token = token
        self.asked: list[Asked] = []
        self.authorizations: list[Optional[str]] = []
        self.ended = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, *words: Any) -> None:
        """Nothing: clients may leave, and faults break off."""


def form_fields(body: bytes, content_type: str) -> tuple[tuple[str, bytes], ...]:
    """Name and content of each part of a form."""
    boundary = content_type.partition("boundary=")[2].encode()
    if not boundary:
        return ()
    found = []
    for part in body.split(b"--" + boundary)[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        name = re.search(rb'name="([^"]*)"', head)
        found.append((name[1].decode() if name else "", content[:-2]))
    return tuple(found)


@contextmanager
def service(fault: Optional[Fault] = None, token: Optional[str] = None) -> Iterator[Service]:
    """A running service; it ends with its user, whatever its fault."""
    server = Service(fault, token)
    thread = threading.Thread(target=partial(server.serve_forever, 0.02), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.ended.set()
        server.shutdown()
        server.server_close()
