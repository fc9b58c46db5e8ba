"""What the page says otherwise of a service of the user's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bench.record_types import Asked, Record
from reports.columns import ANSWERED
from reports.frame import comparison
from reports.markup import code, escape
from reports.verdicts import Verdicts

PHASES_RULE = """\
One phase begins where the one before ends, from the create call to the first right answer; in each
single start they sum to the cold start. **Create** and **engine start**: the engine's work, until
the service's process begins. These are medians over the starts, and the sum of medians isn't the
median of the sums. Stop is `docker stop` until the end; it comes after, is no part of the cold
start, and has a dash where the service didn't end within 10 s of being asked to."""

HINTS_RULE = """\
Advice for the largest image, from inspecting it alone: nothing in it was run. Savings are of the
uncompressed image; a file counts for one hint only."""

_HTTP_DEFINITIONS = """\
- **cold start**: create call to first right answer, in a fresh container; median of all starts. The
  readiness path is asked every few milliseconds, and the request is sent once it answers 200.
- **latency**: a request to its whole answer as the host sees it, over a connection of its own,
  one request at a time, after warm-up. **p50**: the median over the containers of each one's
  median request. **p95**: over the requests of all containers.
- **peak memory**: resident memory of all processes of a container together, each at its own peak,
  the largest of any container. Pages that processes share count for each of them."""

_COMMAND_DEFINITIONS = """\
- **cold start**: create call until the engine says that the container has ended, in a fresh
  container each; median of all runs.
- **latency**: the same without the engine's work before it: from the begin of the process to its
  end. Where the kernel doesn't tell the begin, from the answer to the create call.
- **peak memory**: resident memory of all processes of a container together, the largest that was
  seen in any, read every 20 ms; what came in the last of them before the end is missed."""

_DEFINITIONS = """\
- 1 MB is 1,000,000 bytes. **size**: sum of the uncompressed layer archives. **compressed**: the
  same, each compressed with gzip, about what a pull transfers. An engine's own size may differ.
- **tools**: shells, package managers, compilers, version control, downloaders, editors and
  debuggers found in the final file system, without running anything.
- **files**, **wasted**, **efficiency**, **stored twice**: content of the final file system; content
  in some layer that a later one replaces or deletes; files ÷ (files + wasted); what would go if
  identical files were stored once.
- **setuid**, **setgid**, **capabilities**: files that run with more rights than who starts them.
  **secrets**: what looks like one, in files of any layer, environment, labels or commands.
{}
- The image is there already: pulling is no part of a cold start. Nor is reading its files from disk
  while the page cache is warm, so that a first start on a new node takes longer.
- **same**: not told apart in this run, by one test for all pairs.
- **outputs match**: the answer is what was expected, every number within the tolerance. Every timed
  answer was checked in the same way; a wrong one fails its variant.
- **max abs diff**: the largest difference of any number from the expected one."""


def definitions(asked: Asked) -> str:
    """What each figure of the page means."""
    return _DEFINITIONS.format(_HTTP_DEFINITIONS if asked.kind == "http" else _COMMAND_DEFINITIONS)


def verified(record: Record, asked: Asked, verdicts: Verdicts) -> Iterator[str]:
    """What was asked, what had to come, and what came."""
    what = "request" if asked.kind == "http" else "command with the arguments"
    told = code(asked.request) if asked.request else "its own"
    yield (
        f"Every container got one {what} {told}, when it was checked and when it was timed."
        f" Right is: {escape(asked.expected)}. The reference is {code(record.reference)}."
    )
    yield comparison(record, ANSWERED, verdicts)


def conditions(asked: Asked) -> Mapping[str, str]:
    """What every container of such a service gets, beside the limits."""
    return {
        "asked by": "HTTP" if asked.kind == "http" else "running its command",
        "request": asked.request,
        "readiness path": asked.ready,
        "longest start, answer or run": f"{asked.timeout_s:g} s",
        "user": asked.user or "the image's own",
        "capabilities": "as `docker run` gives them" if asked.capabilities == "default" else "none",
        "root file system": "read-only" if asked.read_only else "writable",
        "environment variables set": ", ".join(asked.environment),
    }
