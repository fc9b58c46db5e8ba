"""Pulling, and why it failed: told from the engine's words, all that it passes on of a registry.

`api` is the SDK's low-level client.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

import requests

from builders.errors import EngineError, ImageNotFound, PullFailed, RegistryUnreachable
from builders.image_exchange import Progress, PullEvent

# A proxy's page or refusal and a gateway's 5xx are no registry's answer either, and one that
# refuses for its rate limit gives nothing for hours.
_UNREACHABLE = re.compile(
    r"dial tcp|dial udp|no such host|connection re(?:fused|set)|i/o timeout|x509:|tls:|"
    r"TLS handshake|server misbehaving|\bEOF$|request canceled|context deadline exceeded|"
    r"unreachable|no route to host|proxyconnect|server gave HTTP response to HTTPS|"
    r"error parsing HTTP|unexpected (?:HTTP )?status.*\b50[234]\b|"
    r"http: server closed|Get \S+: Forbidden|Proxy Authentication Required|Service Unavailable|"
    r"Bad Gateway|Gateway Time-?out|toomanyrequests",
    re.IGNORECASE,
)
_NOT_FOUND = re.compile(r"manifest unknown|name unknown|not found|no such image", re.IGNORECASE)


def pull_image(api: Any, reference: str, progress: Progress) -> None:
    """Pull, telling each event; raises RegistryUnreachable, ImageNotFound or PullFailed."""
    try:
        for event in api.pull(reference, stream=True, decode=True):
            if "error" in event:
                raise pull_failure(reference, event["error"])
            progress(pull_event(event, time.monotonic_ns()))
    except requests.HTTPError as error:  # the SDK's APIError is one
        raise pull_failure(reference, getattr(error, "explanation", "") or str(error)) from error


def pull_event(event: Mapping[str, Any], received_ns: int) -> PullEvent:
    """One event of the engine's stream (engine API: POST /images/create)."""
    status = str(event.get("status", ""))
    layer = "" if status.startswith("Pulling from ") else str(event.get("id", ""))
    return PullEvent(layer, status, received_ns)


def pull_failure(reference: str, message: str) -> EngineError:
    """RegistryUnreachable, ImageNotFound or PullFailed for the engine's `message`."""
    if _UNREACHABLE.search(message):
        return RegistryUnreachable(
            f"no registry answers: {message}",
            where=reference,
            next_step="check the network, or use `base_source: bootstrap`",
        )
    if _NOT_FOUND.search(message):
        return ImageNotFound(
            f"the registry holds no such image: {message}",
            where=reference,
            next_step="check its name and digest",
        )
    return PullFailed(
        f"the pull failed: {message}",
        where=reference,
        next_step="check the reference, and `docker login` where the registry asks for it",
    )
