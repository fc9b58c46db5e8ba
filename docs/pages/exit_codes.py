"""The page of exit codes and of the failures behind them, from the tree of errors."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from builders.errors import EXIT_CODES, SlimbenchError
from reports.markup import table

_HEAD = """\
# Exit codes

Every expected failure is told in one sentence, with what, where and what to do next, and ends the
command with one of these. A variant that fails is a row with its reason; the others go on, and the
command ends with 1. `--debug` shows the traceback.
"""
_FAILURES = """
## Failures

Each kind of failure, those that it is told apart into below it.
"""


def page() -> str:
    """Markdown."""
    codes = table(
        ("code", "what it says"),
        [(str(code), meaning) for code, meaning in EXIT_CODES.items()],
        ("right", "left"),
    )
    failures = table(("failure", "code", "when"), _rows(SlimbenchError), ("left", "right", "left"))
    return "\n".join([_HEAD, codes, _FAILURES, failures, ""])


def _rows(kind: type[SlimbenchError], depth: int = 0) -> Iterator[tuple[str, str, str]]:
    name = f"{'&nbsp;' * 4 * depth}`{kind.__name__}`"
    yield name, str(kind.exit_code), (inspect.getdoc(kind) or "").partition("\n\n")[0]
    for narrower in kind.__subclasses__():
        if narrower.__module__ == SlimbenchError.__module__:
            yield from _rows(narrower, depth + 1)
