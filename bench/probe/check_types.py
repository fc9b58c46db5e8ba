"""What a check is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Union

from bench.probe.context import Context, Limits
from bench.probe.outcome_types import Load, Prediction


@dataclass(frozen=True)
class Came:
    """What a check saw where all was well; `detail` is there for the report."""

    text: str
    detail: Union[Prediction, Load, None] = None


class Missed(Exception):  # noqa: N818 - reads as the state it is
    """The check failed, and there is more to tell than words."""

    def __init__(self, came: Came) -> None:
        super().__init__(came.text)
        self.came = came


class Skipped(Exception):  # noqa: N818
    """The check has nothing to hold the service to; its text is the reason."""


@dataclass(frozen=True)
class Check:
    """A named check.

    Attributes:
        run: gives what came; raises Unexpected or Missed where the check fails, Skipped where
            there is nothing to check.
        expected: in words, for the limits that were asked for.
        needs: checks that must have passed; without them this one says nothing.
    """

    name: str
    run: Callable[[Context], Came]
    expected: Callable[[Limits], str]
    needs: tuple[str, ...] = ()
