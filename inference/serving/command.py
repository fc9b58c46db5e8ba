"""`serve`: the word's options, and its exit status."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from inference.channel import claim_stdout
from inference.failures import InferenceError
from inference.serving import settings as serving
from inference.serving.server import serve

# Options of every word that may also come from the environment, as containers are set up by it.
SHARED = ("threads",)


def run(words: Sequence[str], shared: argparse.ArgumentParser) -> int:
    """Serve; 0 after a signal, 1 when port or model can't be used, 2 for wrong usage.

    Args:
        words: the command line after `serve`.
        shared: the options that every word has.
    """
    parser = argparse.ArgumentParser(prog="python -m inference serve", parents=[shared])
    serving.add_options(parser, os.environ)
    for name in SHARED:
        serving.from_environment(parser, name)
    asked = parser.parse_args(words)
    try:
        settings = serving.from_options(asked)
    except ValueError as error:
        parser.error(str(error))
    claim_stdout()  # the service has nothing to say there, and libraries shall not
    try:
        serve(asked, settings)
    except InferenceError as error:
        print(error.as_json(), file=sys.stderr)
        return 1
    return 0
