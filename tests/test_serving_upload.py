"""Uploads into memory: what is read, and a refusal for each thing that is no upload."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from running_service import BOUNDARY, multipart, part

from inference import protocol
from inference.serving.refusals import BUSY, TOO_SLOW, WRONG_TYPE, ClientGone, Refusal
from inference.serving.settings import Settings
from inference.serving.upload import Buffers, read_files

TYPE = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
END = f"--{BOUNDARY}--\r\n".encode()


def read(
    chunks: Sequence[bytes],
    headers: dict[str, str] | None = None,
    buffers: Buffers | None = None,
    ends: str = "whole",
    **settings: Any,
) -> list[bytes]:
    """Feed the chunks; the connection is then `whole`, `gone` or `stuck`."""
    left = list(chunks)

    async def receive() -> dict[str, Any]:
        if left:
            more = len(left) > 1 or ends != "whole"
            return {"type": "http.request", "body": left.pop(0), "more_body": more}
        if ends == "stuck":
            await asyncio.sleep(3600)
        return {"type": "http.disconnect"}

    async def run() -> list[bytes]:
        with (buffers or Buffers(2**30)).account() as take:
            return await read_files(headers or TYPE, receive, take, Settings(**settings))

    return asyncio.run(run())


def refusal(*chunks: bytes, **more: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read(chunks, **more)
    return caught.value


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + END


@given(
    files=st.lists(st.binary(max_size=300), min_size=1, max_size=4),
    cuts=st.lists(st.integers(0, 2000), max_size=12),
)
def test_files_come_out_as_they_went_in_however_they_were_cut(
    files: list[bytes], cuts: list[int]
) -> None:
    body, _ = multipart(files)
    places = sorted({0, len(body), *(cut for cut in cuts if cut < len(body))})
    chunks = [body[start:end] for start, end in zip(places, places[1:])]
    assert read(chunks) == files


def test_content_that_looks_like_a_boundary_is_kept() -> None:
    content = b"\r\n--" + BOUNDARY.encode()[:-1] + b"\r\n\r\n--"
    assert read([multipart([content])[0]]) == [content]


def test_other_fields_are_skipped() -> None:
    body = form(part(b"tick", 'name="agree"'), part(b"x", 'name="file"'), part(b"y", 'name="z"'))
    assert read([body]) == [b"x"]


def test_a_preamble_and_an_epilogue_are_no_files() -> None:
    assert read([form(part(b"x", 'name="file"')) + b"more\r\n"]) == [b"x"]


@pytest.mark.parametrize(
    "content_type",
    ["", "image/png", "application/x-www-form-urlencoded", "multipart/mixed; boundary=x", "\xff"],
)
def test_another_content_type_is_refused(content_type: str) -> None:
    told = refusal(b"x", headers={"content-type": content_type})
    assert (told.status, told.code) == (415, WRONG_TYPE)
    assert "multipart/form-data" in told.message


@pytest.mark.parametrize("boundary", ["", "boundary=", "boundary=" + "x" * 71])
def test_a_boundary_is_needed_and_short(boundary: str) -> None:
    told = refusal(b"x", headers={"content-type": f"multipart/form-data; {boundary}"})
    assert (told.status, told.code) == (400, protocol.BAD_REQUEST)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_cut_off_form_is_told(share: float) -> None:
    body = multipart([b"x" * 500])[0]
    told = refusal(body[: int(len(body) * share)])
    assert (told.status, told.code) == (400, protocol.CUT_OFF)


def test_an_empty_body_is_cut_off() -> None:
    assert refusal(b"").code == protocol.CUT_OFF


@pytest.mark.parametrize(
    "body",
    [b"nonsense\r\n", b"--another\r\n\r\nx", f"--{BOUNDARY}\r\nno colon\r\n\r\nx".encode()],
)
def test_what_is_no_form_is_refused(body: bytes) -> None:
    told = refusal(body)
    assert (told.status, told.code) == (400, protocol.BAD_REQUEST)


def test_a_form_without_a_file_is_refused() -> None:
    told = refusal(form(part(b"x", 'name="image"')))
    assert (told.status, told.code) == (422, protocol.BAD_REQUEST)
    assert "'file'" in told.message


def test_a_declared_size_is_refused_before_it_is_read() -> None:
    headers = {**TYPE, "content-length": "101"}
    told = refusal(headers=headers, max_body_bytes=100)
    assert (told.status, told.code) == (413, protocol.TOO_LARGE)


def test_a_size_that_was_not_declared_is_refused_as_it_comes() -> None:
    body = multipart([b"x" * 100])[0]
    told = refusal(body[:60], body[60:], max_body_bytes=100)
    assert (told.status, told.message) == (413, "the body is larger than 100 bytes")


def test_files_and_parts_are_bounded() -> None:
    assert len(read([multipart([b"x"] * 3)[0]], max_files=3)) == 3
    told = refusal(multipart([b"x"] * 4)[0], max_files=3)
    assert (told.status, told.message) == (413, "the form has more than 3 files")
    told = refusal(form(*[part(b"x", 'name="y"')] * 20), max_files=3)
    assert (told.status, told.message) == (413, "the form has too many parts")


def test_headers_and_names_of_parts_are_bounded() -> None:
    told = refusal(form(part(b"x", f'name="file"; filename="{"x" * 256}"')))
    assert (told.status, told.message) == (400, "a file's name is longer than 255 bytes")
    assert read([form(part(b"x", f'name="file"; filename="{"x" * 255}"'))]) == [b"x"]
    for long in (f'name="{"x" * 5000}"', "name=file" + "\r\nX: y" * 20):
        told = refusal(form(part(b"x", long)))
        assert (told.status, told.message) == (400, "the body is no valid multipart form")


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "C:\\\\x", "x%00y", "\u202e"])
def test_a_files_own_name_is_of_no_use(name: str) -> None:
    assert read([form(part(b"x", f'name="file"; filename="{name}"'))]) == [b"x"]


def test_a_slow_body_is_refused_and_closes_the_connection() -> None:
    told = refusal(b"--bound", ends="stuck", body_timeout_s=0.05)
    assert (told.status, told.code, told.headers) == (408, TOO_SLOW, {"Connection": "close"})


def test_a_client_that_leaves_is_no_error_of_ours() -> None:
    with pytest.raises(ClientGone):
        read([b"--bound"], ends="gone")


def test_all_uploads_together_are_bounded_and_give_back_what_they_took() -> None:
    buffers = Buffers(1000)
    body = multipart([b"x" * 400])[0]
    with buffers.account() as take:
        take(600)
        told = refusal(body, buffers=buffers)
        assert (told.status, told.code) == (503, BUSY)
        assert told.headers == {"Retry-After": "1"}
        assert buffers.used == 600
    assert read([body], buffers=buffers) == [b"x" * 400]
    assert buffers.used == 0
