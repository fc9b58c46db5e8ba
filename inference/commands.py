"""The words of `python -m inference`: `predict IMAGE`, `session`, `serve` and `train`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inference import protocol
from inference.device import add_options
from inference.failures import InferenceError
from inference.model_folder import ARTEFACTS, default_folder
from inference.predict import predict
from inference.session import session
from inference.train import train

MAX_THREADS = 1024
SERVE = "serve"


def main(words: Sequence[str], started_ns: int) -> int:
    """Do what the words say.

    Args:
        words: the command line after the program's name.
        started_ns: CLOCK_MONOTONIC of the entry point's first statement.

    Returns:
        The exit status: 0 fine, 1 a picture or model can't be used, 2 wrong usage.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        # As process 1 of a container, Python would otherwise ignore SIGTERM.
        signal.signal(number, _leave)
    if words[:1] == [SERVE]:
        return _serve(words[1:])
    asked = _parser().parse_args(words)
    try:
        if asked.command == "predict":
            return predict(asked)
        if asked.command == "train":
            return train(asked, started_ns)
        return session(asked, started_ns)
    except BrokenPipeError:  # nobody reads the answers any more
        return 1


def _leave(number: int, _frame: Any) -> None:
    sys.exit(128 + number)


def _serve(words: Sequence[str]) -> int:
    try:
        from inference.serving.command import run  # noqa: PLC0415 - only serve images have it
    except ImportError as error:
        message = f"this image has no service, for it lacks {error.name}: build it to serve"
        print(InferenceError(protocol.BAD_REQUEST, message).as_json(), file=sys.stderr)
        return 2
    return run(words, _loading())


def _computing() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument(
        "--threads", type=_threads, default=_available_cpus(), help="default: the CPUs allowed"
    )
    return parser


def _loading() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False, parents=[_computing()])
    parser.add_argument("--model-dir", type=Path, default=default_folder())
    parser.add_argument("--backend", choices=sorted(ARTEFACTS), help="default: what lies there")
    add_options(parser)
    return parser


def _parser() -> argparse.ArgumentParser:
    shared = _loading()
    parser = argparse.ArgumentParser(prog="python -m inference")
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("predict", parents=[shared], help="rank the classes of one picture")
    one.add_argument("image")
    one.add_argument("--top", type=_count, default=5, help="how many classes (default 5)")
    commands.add_parser("session", parents=[shared], help="JSON lines, see docs/protocol.md")
    commands.add_parser(SERVE, help="over HTTP, see docs/service.md")  # its options: `_serve`
    training = commands.add_parser("train", parents=[_computing()], help="see docs/training.md")
    training.add_argument("--seed", type=_seed, default=0, help="of the toy data (default 0)")
    training.add_argument("--epochs", type=_count, default=20, help="default 20")
    training.add_argument(
        "--wait", action="store_true", help="end with standard input, so that it can be looked at"
    )
    return parser


def _available_cpus() -> int:
    return len(os.sched_getaffinity(0))


def _count(word: str) -> int:
    if word.isdecimal() and int(word) >= 1:
        return int(word)
    raise argparse.ArgumentTypeError(f"'{word}' is no number of at least 1")


def _seed(word: str) -> int:
    if word.isdecimal():
        return int(word)
    raise argparse.ArgumentTypeError(f"'{word}' is no number of at least 0")


def _threads(word: str) -> int:
    if _count(word) <= MAX_THREADS:
        return int(word)
    raise argparse.ArgumentTypeError(f"'{word}' is more than {MAX_THREADS}")
