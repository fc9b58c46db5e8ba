"""`python -m inference`: the entry point of every image; see `inference.commands`."""

import time

STARTED_NS = time.monotonic_ns()  # before any other import: the interpreter is up from here on

import sys  # noqa: E402

from inference.commands import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], STARTED_NS))
