"""An image history's commands as the Dockerfile has them, without what the builders add."""

from __future__ import annotations

import re

_SHELL = "/bin/sh -c "
_NO_OPERATION = "/bin/sh -c #(nop)"  # the classic builder's mark on all that isn't RUN
_BUILDKIT = re.compile(r"\s+# buildkit$")
_ARGUMENTS = re.compile(r"\|(\d{1,4}) ")


def as_written(created_by: str) -> str:
    """The step as its Dockerfile has it: `RUN pip install x`, `COPY dir:... in /app`.

    Both builders put the build arguments in front of a command (`|2 A=b C=d /bin/sh -c ...`),
    which would show addresses that mean nothing afterwards. What has another form stays as it is.
    """
    text = _BUILDKIT.sub("", created_by).strip()
    if text.startswith(_NO_OPERATION):
        return text[len(_NO_OPERATION) :].strip()
    command = _without_arguments(text[len("RUN ") :] if text.startswith("RUN ") else text)
    if command.startswith(_SHELL):
        return f"RUN {command[len(_SHELL) :].strip()}"
    return f"RUN {command}" if text.startswith("RUN ") else command


def _without_arguments(command: str) -> str:
    found = _ARGUMENTS.match(command)
    if found is None:
        return command
    _, shell, after = command.partition(f" {_SHELL}")
    if shell:  # values may hold blanks, so that words can't be counted
        return _SHELL + after
    words = command.split(" ")[1:]
    values, rest = words[: int(found[1])], words[int(found[1]) :]
    return " ".join(rest) if rest and all("=" in word for word in values) else command
