"""Fields of the form `Name: value`, as package databases and Python's metadata write them.

Both descend from RFC 822: a line that starts with a blank continues the field before it, and an
empty line ends the paragraph (deb-control(5); Python's core metadata specification).
"""

from __future__ import annotations

from collections.abc import Iterator

Fields = dict[str, list[str]]  # by lower-case name; a name may come several times


def paragraphs(text: str) -> Iterator[Fields]:
    """Every paragraph that has a field; lines that are none are passed over."""
    lines: list[list[str]] = []  # of each field; joined once, since a value may have millions
    for line in text.split("\n"):
        if not line.strip():
            yield from _fields(lines)
            lines = []
        elif line[0] not in {" ", "\t"}:
            lines.append([line])
        elif lines:
            lines[-1].append(line.strip())
    yield from _fields(lines)


def _fields(lines: list[list[str]]) -> Iterator[Fields]:
    fields: Fields = {}
    for head, *more in lines:
        name, colon, value = head.partition(":")
        if colon:
            fields.setdefault(name.lower(), []).append("\n".join((value.strip(), *more)))
    if fields:
        yield fields


def first(fields: Fields, name: str) -> str:
    """The first line of a field's first value, empty without one."""
    return printable(fields.get(name, [""])[0].partition("\n")[0])


def printable(text: str) -> str:
    """Without control characters, which would act on a terminal."""
    return text if text.isprintable() else "".join(filter(str.isprintable, text)).strip()
