"""What every check is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from bench.probe.client import Client, Part, Request

TOP = 5  # classes asked for


@dataclass(frozen=True)
class Limits:
    """What the user asks of the service; `requests` and `concurrency` are the load's."""

    expect_class: Optional[int] = None
    max_ms: Optional[float] = None
    requests: int = 100
    concurrency: int = 8


@dataclass(frozen=True)
class Context:
    """A service, the picture to send and what to hold the answers to."""

    client: Client
    picture: Part
    limits: Limits = Limits()


def prediction_of(*pictures: Part) -> Request:
    """The request that asks for the classes of these pictures, as one batch."""
    return Request("POST", f"/predict?top={TOP}", pictures)
