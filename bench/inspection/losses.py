"""What an operator does without in an image, and what to do instead."""

from __future__ import annotations

from collections.abc import Sequence

from bench.inspection.contents import ImageContents
from bench.inspection.facts import Loss, Tool


def losses(contents: ImageContents, tools: Sequence[Tool]) -> tuple[Loss, ...]:
    """What is missing that people reach for, most missed first."""
    del contents
    if any(tool.kind == "shell" for tool in tools):
        return ()
    return (
        Loss(
            lost="no shell: `docker exec -it CONTAINER sh` fails",
            instead="attach a container with tools to its process namespace",
        ),
    )
