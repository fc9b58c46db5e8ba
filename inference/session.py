"""`session`: answers requests until told to stop; `docs/protocol.md` is its description."""

from __future__ import annotations

import argparse
import platform
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from inference import protocol
from inference.channel import Channel, standard_channel
from inference.failures import InferenceError
from inference.interpreter_facts import describe
from inference.loading import import_runtime, load_classifier
from inference.process_facts import peak_rss_bytes
from inference.requests import BadRequest, Request, parse_request

if TYPE_CHECKING:
    from inference.classifier import Classifier


class _Stop(BaseException):
    """A signal asked the session to end."""


class _Signals:
    """Ends the session on a signal, but never in the middle of an answer."""

    def __init__(self) -> None:
        self._answering = False
        self._asked = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)

    def _stop(self, _number: int, _frame: Any) -> None:
        if not self._answering:
            raise _Stop
        self._asked = True

    @contextmanager
    def held(self) -> Iterator[None]:
        """Inside, a signal waits."""
        self._answering = True
        yield
        self._answering = False
        if self._asked:
            raise _Stop


def session(asked: argparse.Namespace, started_ns: int) -> int:
    """Get ready, answer, say goodbye; 1 when the model can't be used."""
    channel = standard_channel()
    signals = _Signals()
    status = 0
    try:
        channel.emit(
            protocol.STARTED,
            started_ns,
            protocol=protocol.PROTOCOL_VERSION,
            python=platform.python_version(),
        )
        _serve(channel, _get_ready(channel, asked), signals)
    except InferenceError as error:
        channel.emit(protocol.ERROR, id=None, code=error.code, message=_sentence(error))
        status = 1
    except _Stop:
        pass
    channel.emit(protocol.BYE)
    return status


def _get_ready(channel: Channel, asked: argparse.Namespace) -> Classifier:
    imported = import_runtime(asked)
    channel.emit(protocol.IMPORTED, versions=imported.versions)
    loaded = load_classifier(asked, imported)
    channel.emit(
        protocol.READY,
        backend=imported.name,
        model=loaded.folder.model,
        weights=loaded.folder.weights,
        threads=loaded.threads,
        device=loaded.device,
        fallback=loaded.fallback,
        notice=loaded.folder.notice,
        versions=imported.versions,
    )
    return loaded.classifier


def _serve(channel: Channel, classifier: Classifier, signals: _Signals) -> None:
    while True:
        line = channel.read_line()
        if line is None:
            return
        with signals.held():
            if not _answer(channel, classifier, line):
                return


def _answer(channel: Channel, classifier: Classifier, line: bytes) -> bool:
    """Answer one line; False when it asks to quit."""
    request = Request("")
    try:
        request = parse_request(line)
        if request.op == protocol.QUIT:
            return False
        if request.op == protocol.GET_STATS:
            _emit_stats(channel, request)
        elif request.op == protocol.DESCRIBE:
            channel.emit(protocol.DESCRIPTION, id=request.id, **describe())
        else:
            _emit_result(channel, classifier, request)
    except InferenceError as error:
        request_id = error.id if isinstance(error, BadRequest) else request.id
        channel.emit(protocol.ERROR, id=request_id, code=error.code, message=_sentence(error))
    return True


def _emit_stats(channel: Channel, request: Request) -> None:
    channel.emit(
        protocol.STATS,
        id=request.id,
        peak_rss_bytes=peak_rss_bytes(),
        cpu_ns=time.process_time_ns(),
    )


def _emit_result(channel: Channel, classifier: Classifier, request: Request) -> None:
    found = classifier.classify(request.paths, request.top)
    fields: dict[str, Any] = {"id": request.id, "elapsed_ns": found.elapsed_ns}
    if request.op == protocol.BATCH:
        channel.emit(protocol.BATCH_RESULT, **fields, tops=found.tops)
        return
    probs = {"probs": found.probs[0].tolist()} if request.probs else {}
    channel.emit(protocol.RESULT, **fields, top=found.tops[0], **probs)


def _sentence(error: InferenceError) -> str:
    return f"{error.path}: {error.message}" if error.path else error.message
