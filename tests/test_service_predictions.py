"""What is taken for a right answer of a service, and what isn't."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from session_programs import expected_answers
from stand_in_service import prediction

from bench.service.multipart import BOUNDARY, CONTENT_TYPE, multipart
from bench.service.predictions import require_right
from builders.errors import WrongAnswer

EXPECTED = expected_answers("/pictures/cat.png").pictures[0]
RIGHT = prediction((0.5, 0.3, 0.2), 2)


def require(content: Any) -> None:
    body = content if isinstance(content, str) else json.dumps(content)
    require_right(body, EXPECTED, 1e-4, "the first request")


def test_the_expected_classes_pass() -> None:
    require(RIGHT)
    require(prediction((0.50009, 0.29995, 0.2), 3))
    require({**RIGHT, "added_later": 1})


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (prediction((0.3, 0.5, 0.2), 2), "classes 0 and 1 changed places, though 0.2 apart"),
        (prediction((0.5, 0.31, 0.19), 2), "the probability of class 1 differs by 0.01"),
        ({**RIGHT, "confidence": 0.6}, "confidence 0.600000 isn't that of its first class"),
        ({**RIGHT, "class_id": 1}, "class_id 1 isn't that of its first class"),
        ({**RIGHT, "label": "dog"}, "class_id 0 isn't that of its first class"),
        ({**RIGHT, "top": []}, "class_id 0 isn't that of its first class"),
        ({"error": {"code": "busy"}}, "instead of classes"),
        ("<html>", "answered '<html>' instead of classes"),
        ("", "answered '' instead of classes"),
    ],
)
def test_anything_else_is_wrong(content: Any, reason: str) -> None:
    with pytest.raises(WrongAnswer) as raised:
        require(content)
    assert reason in str(raised.value)


def test_the_picture_and_the_request_are_named() -> None:
    with pytest.raises(WrongAnswer, match=r"^cat\.png: the first request was answered wrong"):
        require(prediction((0.3, 0.5, 0.2), 2))


def test_a_form_is_what_a_browser_sends(tmp_path: Path) -> None:
    picture = tmp_path / 'odd"name.jpg'
    picture.write_bytes(b"\xff\xd8 picture")
    form = multipart(picture)
    assert CONTENT_TYPE.endswith(BOUNDARY)
    head, _, rest = form.partition(b"\r\n\r\n")
    assert head.splitlines() == [
        f"--{BOUNDARY}".encode(),
        b'Content-Disposition: form-data; name="file"; filename="picture.jpg"',
        b"Content-Type: image/jpeg",
    ]
    assert rest == b"\xff\xd8 picture" + f"\r\n--{BOUNDARY}--\r\n".encode()
