"""Builds of the in-memory engine: enough of a Dockerfile to tell what was built from what.

FROM and ARG are followed, LABEL, USER and ENTRYPOINT read, each RUN, COPY and ADD makes a layer
that holds one file named after its step, and `RUN false` fails. The rest only shows in the history.
"""

from __future__ import annotations

import json
import re
import shlex
import tarfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Optional

from builders.engine import BuildRequest, HistoryEntry
from builders.errors import BuildFailed
from builders.fake_images import FakeImage, archive, sha256
from builders.labels import of_build

LAYER_MAKERS = ("RUN", "COPY", "ADD")
_CONTINUED = re.compile(r"\\\n")
_AS = re.compile(r"\s+AS\s+", re.IGNORECASE)
_VARIABLE = re.compile(r"\$\{?(\w+)\}?")


class FakeBuild:
    """One build; afterwards `stages` holds each stage's image, the result last.

    Args:
        request: what to build.
        find: the image of a reference in the engine, or None.
        cached: step keys of earlier builds; this one's are added.
        log: gets each line of output.
    """

    def __init__(
        self,
        request: BuildRequest,
        find: Callable[[str], Optional[FakeImage]],
        cached: set[str],
        log: Callable[[str], None],
    ) -> None:
        self.stages: list[FakeImage] = []
        self._request = request
        self._find = find
        self._cached = cached
        self._log = log
        self._lines: list[str] = []
        self._name = ""  # of the stage being built
        self._names: dict[str, FakeImage] = {}
        self._arguments: dict[str, str] = {}
        self._context_digest = sha256(request.context.read_bytes())

    def run(self) -> None:
        """Take every step; raises BuildFailed."""
        steps = [*self._instructions(), *self._label_steps()]
        for number, step in enumerate(steps, start=1):
            self._say(f"Step {number}/{len(steps)} : {step}")
            word, _, rest = step.partition(" ")
            self._take(word.upper(), rest.strip(), step)
        self._say(f"Successfully tagged {self._request.tag}")

    def _take(self, word: str, rest: str, step: str) -> None:
        if word == "ARG":
            name, _, default = rest.partition("=")
            self._arguments[name] = self._request.build_args.get(name, default)
        elif word == "FROM":
            self._begin_stage(rest, step)
        elif not self.stages:
            raise self._failed("no build stage in current context", step)
        else:
            self._change_stage(word, rest, step)

    def _begin_stage(self, rest: str, step: str) -> None:
        rest = _VARIABLE.sub(lambda match: self._arguments.get(match[1], ""), rest)
        reference, _, name = (word.strip() for word in _AS.sub("\n", rest).partition("\n"))
        base = FakeImage() if reference == "scratch" else self._names.get(reference)
        base = base or self._find(reference)
        if base is None:
            raise self._failed(f"pull access denied for {reference}", step)
        self.stages.append(base)
        self._name = name
        self._names[name] = base

    def _change_stage(self, word: str, rest: str, step: str) -> None:
        if word == "RUN" and rest == "false":
            raise self._failed("The command '/bin/sh -c false' returned a non-zero code: 1", step)
        before = self.stages[-1]
        key = sha256(f"{before.image_id} {step} {self._context_digest}".encode())
        if key in self._cached:
            self._say(" ---> Using cache")
        self._cached.add(key)
        self.stages[-1] = _after(before, word, rest, key)
        self._names[self._name] = self.stages[-1]

    def _instructions(self) -> Iterator[str]:
        with tarfile.open(self._request.context) as context:
            member = context.extractfile(self._request.dockerfile)
            text = member.read().decode() if member else ""
        lines = (line.strip() for line in _CONTINUED.sub(" ", text).splitlines())
        return (line for line in lines if line and not line.startswith("#"))

    def _label_steps(self) -> list[str]:
        """As the classic builder does: the request's labels are a last step of the last stage."""
        labels = of_build(self._request.labels, self._request.tag)
        pairs = (shlex.quote(f"{key}={value}") for key, value in labels.items())
        return ["LABEL " + " ".join(pairs)] if labels else []

    def _say(self, line: str) -> None:
        self._lines.append(line)
        self._log(line)

    def _failed(self, message: str, step: str) -> BuildFailed:
        return BuildFailed(
            message,
            where=f"{self._request.tag}, {step}",
            next_step="read the end of its build log",
            log_tail=tuple(self._lines[-20:]),
        )


def _after(image: FakeImage, word: str, rest: str, key: str) -> FakeImage:
    """The image after one more step; `key` names what the step depends on."""
    makes_layer = word in LAYER_MAKERS
    entry = HistoryEntry(created_by=f"{word} {rest}", empty=not makes_layer)
    image = replace(image, history=(*image.history, entry))
    if makes_layer:
        step_file = {f"steps/{key.split(':')[1]}": rest.encode()}
        return replace(image, layers=(*image.layers, archive(step_file)))
    if word == "LABEL":
        return replace(image, labels={**image.labels, **_pairs(rest)})
    if word == "USER":
        return replace(image, user=rest)
    if word == "ENTRYPOINT" and rest.startswith("["):
        return replace(image, entrypoint=tuple(json.loads(rest)))
    return image


def _pairs(rest: str) -> Mapping[str, str]:
    """LABEL's words as a mapping."""
    return {key: value for key, _, value in (word.partition("=") for word in shlex.split(rest))}
