"""Pushing, and taking names away; `api` is the SDK's low-level client."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import Any

import requests

from builders.engine_boundary import succeeds
from builders.errors import PushFailed


def push_image(api: Any, name: str) -> None:
    """Push; raises PushFailed."""
    try:
        for event in api.push(name, stream=True, decode=True):
            if "error" in event:
                raise push_failure(name, event["error"])
    except requests.HTTPError as error:  # the SDK's APIError is one
        raise push_failure(name, getattr(error, "explanation", "") or str(error)) from error


def push_failure(name: str, message: str) -> PushFailed:
    """The error for the engine's `message`."""
    return PushFailed(
        f"the push failed: {message.strip()}",
        where=name,
        next_step="check that the registry runs and takes the image",
    )


def remove_name(api: Any, name: str) -> None:
    """Take a name away, and the image with its last one; its untagged parents stay."""
    removal = partial(api.remove_image, name, force=False, noprune=True)
    succeeds(removal, unless=(HTTPStatus.NOT_FOUND,))
