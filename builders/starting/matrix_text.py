"""The matrix as text: each line with where it was found, and what to change where it is a guess."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Union

from builders.problems import shortened
from builders.starting.folder import Folder
from builders.starting.recipe import Found
from builders.starting.scalar import scalar
from builders.starting.service import Command, Http
from builders.starting.variants import Variants

_HEAD = """\
# Written by `slimbench init`. Behind a value stands where it was found: look whether it is right.
# `slimbench run` builds, checks and measures the variants. Every key: docs/your-own-service.md.
version: 1
"""
_EXPECT = """\
    # What a right answer is. Left out, it is all that the reference answers; to hold single values:
    # expect:
    #   json: {$.some.key: the value that must be there}
    #   same: [$.a.number] # what the reference answers there
    #   tolerance: 1.0e-6 # largest difference of a number
"""
_MEASUREMENT = """\
measurement: # enough for a first look; leave it out for precise figures
  fewest_cold_starts: 6
  most_cold_starts: 30
  max_time: 1min
"""


def matrix_text(folder: Folder, service: Union[Http, Command], variants: Variants) -> str:
    """The whole file."""
    parts = [
        _HEAD
        + f"reference: {variants.names[0]} # the other variants' answers are compared with its",
        "service: # how every image is asked\n" + "\n".join(_service(service)) + "\n" + _EXPECT,
        _MEASUREMENT,
        *variants.parts,
        "\n".join(_unlocked(folder)),
    ]
    return "\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n"


def _service(service: Union[Http, Command]) -> Iterator[str]:
    if isinstance(service, Command):
        yield from _command(service)
        return
    port, ready = service.port, service.ready
    yield "  http:"
    yield f"    port: {port.value} # in the container; {_place(port)}"
    yield f"    ready: {scalar(ready.value)} # answers 200 once it serves; {_place(ready)}"
    yield from _request(service)


def _request(service: Http) -> Iterator[str]:
    taking, sent = service.taking, service.sent
    if taking and sent:
        yield "    request:"
        yield f"      path: {scalar(taking.value)} # {_place(taking)}"
        yield "      headers: {Content-Type: application/json}"
        yield f"      body: {scalar(sent)} # a file, sent as it stands; or json: {{...}}"
        return
    yield "    request: # change it to what your service is for; this asks the path above"
    yield f"      path: {scalar(service.ready.value)}"
    if taking:
        yield f"      # path: {shortened(taking.value)} # {_place(taking)}"
        yield "      # json: {what: it takes}"


def _command(service: Command) -> Iterator[str]:
    words = shortened(" ".join(service.words.value)) or "what its base runs"
    yield f"  command: # the image runs {words}; {_place(service.words)}"
    if service.sample is None:
        yield "    arguments: [] # after the image's entrypoint; change it to what it takes"
        return
    inside = f"/data/{_plain(service.sample)}"
    yield f"    arguments: [{scalar(inside)}] # after the image's entrypoint; a guess"
    yield f"    files: {scalar({inside: service.sample})} # path in the container: file of yours"


def _plain(name: str) -> str:
    """A file's name that can be a path in a container, whatever it is called here."""
    return re.sub(r"[^\w.-]+", "-", name, flags=re.ASCII).replace("..", "-") or "sample"


def _place(found: Found[object]) -> str:
    return shortened(found.where) or "a guess"


def _unlocked(folder: Folder) -> Iterator[str]:
    if folder.loose:
        told = shortened(", ".join(folder.loose))
        yield f"# {told}: without hashes, so pip asks its index in each build."
        yield "# Locked by `pip-compile --generate-hashes`, its wheels are downloaded once and"
        yield "# served to the builds, which then need no index: docs/your-own-service.md."
