"""Dockerfiles of users: what they stand on, and our labels in every stage."""

from __future__ import annotations

import pytest

from builders.dockerfile import base_images, labelled
from builders.dockerfile_text import instructions

TWO_STAGES = """\
# syntax=docker/dockerfile:1
ARG PYTHON=3.11
FROM --platform=linux/amd64 python:${PYTHON} AS build
RUN pip install \\
    # between
    flask
from build as test
FROM scratch
FROM python:$PYTHON-slim
COPY --from=build /app /app
"""


def test_the_images_that_it_begins_from_are_named_once() -> None:
    assert base_images(TWO_STAGES, {}) == ("python:3.11", "python:3.11-slim")


def test_build_arguments_go_before_defaults() -> None:
    assert base_images(TWO_STAGES, {"PYTHON": "3.12"}) == ("python:3.12", "python:3.12-slim")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM scratch\n", ()),
        ("ARG BASE\nFROM ${BASE}\n", ()),
        ("FROM ${BASE:-debian:12}\n", ("debian:12",)),
        ('ARG BASE="debian:12"\nFROM $BASE\n', ("debian:12",)),
        ("FROM \\\n  debian:12 \\\n  AS one\nFROM one\n", ("debian:12",)),
        ("RUN echo \\\n  FROM nothing\n", ()),
        ("FROM debian:12\nFROM debian:12\n", ("debian:12",)),
    ],
)
def test_unknown_and_own_stages_are_none(text: str, expected: tuple[str, ...]) -> None:
    assert base_images(text, {}) == expected


def test_every_stage_is_labelled_behind_its_from() -> None:
    lines = labelled(TWO_STAGES, {"a.b": "c"}).splitlines()
    behind = [lines[number - 1] for number, line in enumerate(lines) if line == 'LABEL a.b="c"']
    assert behind == [
        "FROM --platform=linux/amd64 python:${PYTHON} AS build",
        "from build as test",
        "FROM scratch",
        "FROM python:$PYTHON-slim",
    ]
    assert [line for line in lines if not line.startswith("LABEL")] == TWO_STAGES.splitlines()


def test_a_from_over_several_lines_is_labelled_behind_its_last() -> None:
    assert labelled("FROM \\\n  debian:12\nRUN x\n", {"a": "b"}) == (
        'FROM \\\n  debian:12\nLABEL a="b"\nRUN x\n'
    )


def test_an_argument_that_a_stage_takes_up_again_keeps_its_value() -> None:
    text = "ARG BASE=one\nFROM ${BASE} AS a\nARG BASE\nFROM ${BASE:-two}\nFROM a\n"
    assert base_images(text, {}) == ("one",)


def test_here_documents_comments_and_another_escape_hold_no_instructions() -> None:
    text = (
        "# escape=`\nFROM `\n# FROM no\n  one\nRUN <<END\nFROM no\nEND\n"
        "COPY <<-A <<'B' /x/\nFROM no\n\tA\nFROM no\n B\nB\nfrom two\nRUN <<OPEN\nFROM no"
    )
    assert [(one.word, one.line, one.end) for one in instructions(text)] == [
        ("FROM", 2, 4),
        ("RUN", 5, 5),
        ("COPY", 8, 8),
        ("FROM", 14, 14),
        ("RUN", 15, 15),
    ]
    assert base_images(text, {}) == ("one", "two")
