"""The words of `python -m inference`: `predict IMAGE` and `session`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inference.model_folder import ARTEFACTS, default_folder
from inference.predict import predict
from inference.session import session

MAX_THREADS = 1024


def main(words: Sequence[str], started_ns: int) -> int:
    """Do what the words say.

    Args:
        words: the command line after the program's name.
        started_ns: CLOCK_MONOTONIC of the entry point's first statement.

    Returns:
        The exit status: 0 fine, 1 a picture or model can't be used, 2 wrong usage.
    """
    asked = _parser().parse_args(words)
    for number in (signal.SIGTERM, signal.SIGINT):
        # As process 1 of a container, Python would otherwise ignore SIGTERM.
        signal.signal(number, _leave)
    try:
        if asked.command == "predict":
            return predict(asked)
        return session(asked, started_ns)
    except BrokenPipeError:  # nobody reads the answers any more
        return 1


def _leave(number: int, _frame: Any) -> None:
    sys.exit(128 + number)


def _parser() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--threads", type=_threads, default=_available_cpus(), help="default: the CPUs allowed"
    )
    shared.add_argument("--model-dir", type=Path, default=default_folder())
    shared.add_argument("--backend", choices=sorted(ARTEFACTS), help="default: what lies there")
    parser = argparse.ArgumentParser(prog="python -m inference")
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("predict", parents=[shared], help="rank the classes of one picture")
    one.add_argument("image")
    one.add_argument("--top", type=_count, default=5, help="how many classes (default 5)")
    commands.add_parser("session", parents=[shared], help="JSON lines, see docs/protocol.md")
    return parser


def _available_cpus() -> int:
    return len(os.sched_getaffinity(0))


def _count(word: str) -> int:
    if word.isdecimal() and int(word) >= 1:
        return int(word)
    raise argparse.ArgumentTypeError(f"'{word}' is no number of at least 1")


def _threads(word: str) -> int:
    if _count(word) <= MAX_THREADS:
        return int(word)
    raise argparse.ArgumentTypeError(f"'{word}' is more than {MAX_THREADS}")
