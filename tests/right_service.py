"""The answers of slimbench's interface without a model: a picture's bytes decide its classes."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Optional
from urllib.parse import parse_qs, unquote, urlsplit

from bench.probe.pictures import SIGNATURE

LABELS = 1000


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
