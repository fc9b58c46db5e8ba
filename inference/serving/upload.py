"""A multipart upload into memory, part by part as it arrives, each limit checked before it costs.

python-multipart's parser is used directly: FastAPI's own form parsing keeps larger files on disk,
where a service with a read-only file system has none, and knows no limit for a body's size.
The number and the size of a part's headers are limited by the parser itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Optional

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from inference import protocol
from inference.serving.refusals import BUSY, TOO_SLOW, WRONG_TYPE, ClientGone, Refusal
from inference.serving.settings import Settings

Receive = Callable[[], Awaitable[Any]]

FIELD = b"file"
MAX_BOUNDARY_BYTES = 70  # RFC 2046, 5.1.1
MAX_FILE_NAME_BYTES = 255  # what file systems take; the name itself is of no use here
EXTRA_PARTS = 16  # other fields that a form may send along; they are skipped


class Buffers:
    """Bytes of all uploads in memory together."""

    def __init__(self, most: int) -> None:
        self.used = 0
        self._most = most

    @contextmanager
    def account(self) -> Iterator[Callable[[int], None]]:
        """Gives a function that takes bytes; all that it took come back at the end."""
        taken = 0

        def take(size_bytes: int) -> None:
            nonlocal taken
            if self.used + size_bytes > self._most:
                raise Refusal(BUSY, "too many uploads are in memory")
            self.used += size_bytes
            taken += size_bytes

        try:
            yield take
        finally:
            self.used -= taken


async def read_files(
    headers: Mapping[str, str], receive: Receive, take: Callable[[int], None], settings: Settings
) -> list[bytes]:
    """The files of an upload.

    Args:
        headers: the request's, by lower-case name.
        receive: gives the body, message by message.
        take: told of every byte before it is kept.
        settings: the limits.

    Raises:
        Refusal: bad-request, wrong-type, too-large, cut-off, too-slow or busy.
        ClientGone: the connection was closed.
    """
    if int(headers.get("content-length", "0")) > settings.max_body_bytes:
        raise _too_large(settings)
    form = _Form(_boundary(headers.get("content-type", "")), settings.max_files)
    try:
        await asyncio.wait_for(_feed(form, receive, take, settings), settings.body_timeout_s)
    except asyncio.TimeoutError:
        message = f"the body took longer than {settings.body_timeout_s:g} s"
        raise Refusal(TOO_SLOW, message, headers={"Connection": "close"}) from None
    return form.complete()


async def _feed(
    form: _Form, receive: Receive, take: Callable[[int], None], settings: Settings
) -> None:
    size_bytes, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        chunk, more = message.get("body", b""), message.get("more_body", False)
        size_bytes += len(chunk)
        if size_bytes > settings.max_body_bytes:
            raise _too_large(settings)
        take(len(chunk))
        form.feed(chunk)


def _boundary(content_type: str) -> bytes:
    kind, options = parse_options_header(content_type)
    if kind != b"multipart/form-data":
        message = "send the picture as multipart/form-data, in a part named 'file'"
        raise Refusal(WRONG_TYPE, message)
    boundary = options.get(b"boundary", b"")
    if not 0 < len(boundary) <= MAX_BOUNDARY_BYTES:
        raise Refusal(protocol.BAD_REQUEST, "the content type has no usable boundary")
    return boundary


def _too_large(settings: Settings) -> Refusal:
    message = f"the body is larger than {settings.max_body_bytes} bytes"
    return Refusal(protocol.TOO_LARGE, message)


class _Form:
    """Parts named `file`, kept; others, skipped."""

    def __init__(self, boundary: bytes, max_files: int) -> None:
        self._files: list[bytearray] = []
        self._max_files = max_files
        self._parts = 0
        self._name = bytearray()
        self._value = bytearray()
        self._file: Optional[bytearray] = None  # where the current part's data goes
        self._ended = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_part_data": self._data,
                "on_header_field": self._header_field,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_end": self._end,
            },
        )

    def feed(self, chunk: bytes) -> None:
        """Parse a chunk; raises Refusal."""
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise Refusal(protocol.BAD_REQUEST, "the body is no valid multipart form") from error

    def complete(self) -> list[bytes]:
        """All files, once everything was fed; raises Refusal."""
        if not self._ended:
            raise Refusal(protocol.CUT_OFF, "the upload was cut off before its end")
        if not self._files:
            raise Refusal(protocol.BAD_REQUEST, "the form has no part named 'file'", status=422)
        return [bytes(one) for one in self._files]

    def _begin(self) -> None:
        self._parts += 1
        self._file = None
        if self._parts > self._max_files + EXTRA_PARTS:
            raise Refusal(protocol.TOO_LARGE, "the form has too many parts")

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        if bytes(self._name).lower() == b"content-disposition":
            _, options = parse_options_header(bytes(self._value))
            if len(options.get(b"filename", b"")) > MAX_FILE_NAME_BYTES:
                message = f"a file's name is longer than {MAX_FILE_NAME_BYTES} bytes"
                raise Refusal(protocol.BAD_REQUEST, message)
            if options.get(b"name") == FIELD:
                self._keep()
        self._name.clear()
        self._value.clear()

    def _keep(self) -> None:
        if len(self._files) == self._max_files:
            raise Refusal(protocol.TOO_LARGE, f"the form has more than {self._max_files} files")
        if self._file is None:  # not for a second header of the same name
            self._file = bytearray()
            self._files.append(self._file)

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._file is not None:
            self._file += memoryview(data)[start:end]

    def _end(self) -> None:
        self._ended = True
