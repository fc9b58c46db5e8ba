"""Load on a service, from well-kept tools: wrk in closed loops, aiohttp on a schedule in open ones.

docs/measurement.md tells why these two. Both run as programs of their own, on CPUs of their own,
and write down every exchange, so that all answers can be checked and nothing is aggregated.
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bench.service.exchanges import Attack, Exchange, read_exchanges
from bench.service.multipart import CONTENT_TYPE
from builders.errors import SlimbenchError

WRK = "wrk"
CLOSED_LOOP = Path(__file__).with_name("closed_loop.lua")
OPEN_LOOP = Path(__file__).with_name("open_loop.py")
ANSWER_TIMEOUT_S = 30.0  # of a request; wrk only counts it
SLACK_S = 60.0  # for starting, and for the last answers
_VERSION = re.compile(r"\d[\d.]*\d")


@dataclass(frozen=True)
class Target:
    """What is asked: a URL, the pictures' forms by number, and the tools' CPUs."""

    url: str
    forms: Sequence[bytes]
    cpus: str


class Generators(Protocol):
    """What puts load on a service."""

    def versions(self) -> Mapping[str, str]:
        """The tools' versions; raises SlimbenchError for one that is missing."""

    def closed(self, target: Target, concurrency: int, seconds: int) -> Attack:
        """So many requests under way at any time."""

    def opened(self, target: Target, rate: float, seconds: int) -> Attack:
        """So many requests a second, however slow the answers are."""


class InstalledTools:
    """wrk, and aiohttp in a program of ours."""

    def versions(self) -> Mapping[str, str]:
        """See `Generators`."""
        return {"wrk": _wrk_version(), "aiohttp": package_version("aiohttp")}

    def closed(self, target: Target, concurrency: int, seconds: int) -> Attack:
        """See `Generators`; raises SlimbenchError when wrk fails."""
        with _forms(target.forms) as folder:
            command = (
                *(WRK, f"--threads={concurrency}", f"--connections={concurrency}"),
                *(f"--duration={seconds}s", f"--timeout={ANSWER_TIMEOUT_S:g}s"),
                *(f"--script={CLOSED_LOOP}", target.url),
                *(str(folder), str(len(target.forms)), CONTENT_TYPE),
            )
            return _attack(command, target.cpus, seconds, folder)

    def opened(self, target: Target, rate: float, seconds: int) -> Attack:
        """See `Generators`; raises SlimbenchError when the program fails."""
        with _forms(target.forms) as folder:
            plan = {
                "url": target.url,
                "forms": [str(_form(folder, number)) for number in range(len(target.forms))],
                "content_type": CONTENT_TYPE,
                "rate": rate,
                "seconds": seconds,
                "timeout_s": ANSWER_TIMEOUT_S,
                "output": str(folder / "exchanges-1.tsv"),
            }
            path = folder / "plan.json"
            path.write_text(json.dumps(plan), encoding="utf-8")
            # Isolated: the folder that the program lies in isn't looked into for modules.
            command = (sys.executable, "-I", str(OPEN_LOOP), str(path))
            return _attack(command, target.cpus, seconds, folder)


@contextmanager
def _forms(forms: Sequence[bytes]) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="slimbench-load-") as name:
        folder = Path(name)
        for number, form in enumerate(forms):
            _form(folder, number).write_bytes(form)
        yield folder


def _form(folder: Path, number: int) -> Path:
    return folder / f"{number}.form"


def _attack(command: Sequence[str], cpus: str, seconds: int, folder: Path) -> Attack:
    before, begin_ns = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic_ns()
    _run(("taskset", "--cpu-list", cpus, *command), seconds + ANSWER_TIMEOUT_S + SLACK_S)
    elapsed_ns = time.monotonic_ns() - begin_ns
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    found = [one for path in folder.glob("exchanges-*.tsv") for one in _exchanges(path)]
    return Attack(tuple(sorted(found, key=_due)), round(used_s * 1e9), elapsed_ns)


def _exchanges(path: Path) -> Iterator[Exchange]:
    with path.open(encoding="utf-8", errors="replace", newline="\n") as lines:
        yield from read_exchanges(lines)


def _due(exchange: Exchange) -> int:
    return exchange.due_ns


def _run(command: Sequence[str], timeout_s: float) -> None:
    try:
        done = subprocess.run(  # noqa: S603 - an argument list, no shell
            command, capture_output=True, text=True, timeout=timeout_s, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise _failed(command, f"it didn't end within {timeout_s:g} s") from error
    except OSError as error:
        raise _failed(command, str(error.strerror)) from error
    if done.returncode != 0:
        raise _failed(command, *(done.stderr or done.stdout).strip().splitlines()[-1:])


def _failed(command: Sequence[str], *why: str) -> SlimbenchError:
    return SlimbenchError(f"the load tool failed: {' '.join(why)}", where=_tool(command))


def _tool(command: Sequence[str]) -> str:
    """Its name, without a folder of this machine."""
    return WRK if WRK in command else OPEN_LOOP.name


def package_version(name: str) -> str:
    """Of a Python package beside us; raises SlimbenchError where it is missing."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError as error:
        raise _missing(name, "pip install") from error


def _missing(name: str, install: str) -> SlimbenchError:
    step = f"{install} {name}, or run install_dev_tools.sh"
    return SlimbenchError(f"{name} isn't installed", next_step=step)


def _wrk_version() -> str:
    if shutil.which(WRK) is None:
        raise _missing(WRK, "apt-get install")
    # It ends with 1 and its usage, after the version.
    done = subprocess.run([WRK, "-v"], capture_output=True, text=True, check=False)  # noqa: S603
    found = _VERSION.search(done.stdout)
    return found[0] if found else "of unknown version"
