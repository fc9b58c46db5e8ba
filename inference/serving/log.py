"""The few lines that the service writes to standard error: none for a request that went well."""

from __future__ import annotations

import sys
import traceback


def say(sentence: str) -> None:
    """One line."""
    print(f"slimbench: {sentence}", file=sys.stderr, flush=True)


def say_failure(what: str, error: BaseException) -> None:
    """An error that nobody foresaw: its kind and place, not its text, which may quote a request."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    say(f"{what}: {type(error).__name__}{where}")
