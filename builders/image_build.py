"""Building: the request, and its stream as log lines, the image's id, or what failed where.

`api` is the SDK's low-level client; errors other than a failed build pass through.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

import requests

from builders.engine import BuildRequest
from builders.errors import BuildFailed
from builders.labels import of_build

TAIL_LINES = 20
_STEP = re.compile(r"Step \d+/\d+ : ")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")  # the classic builder paints standard error red
_HOUSEKEEPING = ("Removing intermediate container ", " ---> Removed intermediate container ")


def build_image(
    api: Any,
    request: BuildRequest,
    log: Callable[[str], None],
    note_stage: Callable[[str], None],
) -> str:
    """Build and tag; the image's id; raises BuildFailed.

    Args:
        api: the engine's client.
        request: what to build.
        log: gets the output's lines.
        note_stage: gets the image id of every stage that was built to its end, the last's too.
    """
    output = BuildOutput(log, note_stage)
    try:
        _run(api, request, output)
    except requests.HTTPError as error:  # the SDK's APIError: refused before the first step
        words = getattr(error, "explanation", "") or str(error)
        raise output.failure(request.tag, words) from error
    if output.error or not output.image_id:
        raise output.failure(request.tag, output.error or "the engine named no image")
    return output.image_id


def _run(api: Any, request: BuildRequest, output: BuildOutput) -> None:
    with request.context.open("rb") as context:
        events = api.build(
            fileobj=context,
            custom_context=True,
            dockerfile=request.dockerfile,
            tag=request.tag,
            labels=of_build(request.labels, request.tag),
            buildargs=dict(request.build_args),
            network_mode=request.network,
            rm=True,
            forcerm=True,
            decode=True,
        )
        with closing(events):  # dropping the stream early makes the engine stop building
            for event in events:
                output.take(event)
    output.finish()


class BuildOutput:
    """Takes the stream's events one by one; `image_id` is empty until the build succeeded.

    Args:
        log: gets each finished line that isn't blank, without newline and colours.
        note_stage: gets the image id of every stage.
    """

    def __init__(self, log: Callable[[str], None], note_stage: Callable[[str], None]) -> None:
        self.image_id = ""
        self.error = ""
        self._log = log
        self._note_stage = note_stage
        self._pending = ""
        self._step = ""
        self._tail: deque[str] = deque(maxlen=TAIL_LINES)

    def take(self, event: Mapping[str, Any]) -> None:
        """One event of the stream: output, a pull's status, the image's id, or the error."""
        if "stream" in event:
            self._write(event["stream"])
        elif "status" in event and not event.get("progressDetail"):
            self._write(f"{event.get('id', '')} {event['status']}".strip() + "\n")
        elif "ID" in event.get("aux", {}):
            self.image_id = event["aux"]["ID"]
            self._note_stage(self.image_id)
        elif "error" in event:
            self.error = event["error"]

    def finish(self) -> None:
        """The stream has ended: hand on a last line that has no newline."""
        if self._pending:
            self._write("\n")

    def failure(self, tag: str, message: str) -> BuildFailed:
        """The error to raise: the step that failed, the engine's words, the last lines."""
        where = f"{tag}, {self._step}" if self._step else tag
        return BuildFailed(
            message.strip(),
            where=where,
            next_step="read the end of its build log",
            log_tail=tuple(self._tail),
        )

    def _write(self, text: str) -> None:
        *lines, self._pending = (self._pending + text).split("\n")
        for line in (_COLOUR.sub("", line).rstrip() for line in lines):
            # Behind a failure these would stand where its reason is looked for.
            if line and not line.startswith(_HOUSEKEEPING):
                self._take_line(line)

    def _take_line(self, line: str) -> None:
        if _STEP.match(line):
            self._step = line
        self._tail.append(line)
        self._log(line)
