"""Spoiled archives: each ends in facts or in one sentence, soon, and nothing is written.

    python -m benchmarks.fuzz_archive [--cases 100000] [--seed 1] [--crashes FOLDER]

A case is known by the seed and its number; those that fail are kept as archives in the folder,
each beside its traceback.
"""

from __future__ import annotations

import argparse
import os
import resource
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from types import FrameType
from typing import Optional

from bench.inspection.anatomy import anatomy
from bench.inspection.image_facts import image_facts
from bench.inspection.sources import from_archive
from benchmarks.archive_corpus import drafts
from benchmarks.archive_mutations import spoiled
from benchmarks.figure import Figure, finish
from builders.errors import SlimbenchError

CASES = 100_000
BATCH = 500
LIMIT_S = 10.0  # of one case; they take milliseconds
LIMIT_BYTES = 2 << 30  # of a process's address space
MAX_SENTENCE = 1000
_DRAFTS = drafts()
_WRITTEN: list[object] = []
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


@dataclass(frozen=True)
class Batch:
    """How some cases ended."""

    outcomes: Counter[str]
    slowest_s: float
    resident_bytes: int


class TooSlowError(Exception):
    """A case went on for longer than `LIMIT_S`."""


def case(seed: int, number: int) -> bytes:
    """The archive of a case."""
    rng = Random(f"{seed}/{number}")  # noqa: S311 - to be repeated, not to be secret
    return spoiled(rng.choice(_DRAFTS), rng)


def outcome(archive: bytes, number: int) -> str:
    """`facts` or `told`; raises what else it ends in, AssertionError for what can't be right."""
    try:
        contents = from_archive(_chunks(archive, number), "fuzz.tar", compress=number % 8 == 0)
        facts = image_facts(anatomy(contents))
    except SlimbenchError as error:
        return _told(error)
    assert facts.model_dump_json()
    assert sum(owner.size_bytes for owner in facts.owners) == facts.file_bytes
    assert facts.tree.size_bytes == facts.file_bytes
    return "facts"


def _told(error: SlimbenchError) -> str:
    sentence = str(error)
    assert error.where, sentence
    assert sentence.isprintable(), sentence
    assert len(sentence) < MAX_SENTENCE, sentence
    return "told"


def _chunks(archive: bytes, number: int) -> Iterator[bytes]:
    size = (1 << 16, 4096, 1000, 513)[number % 4]
    return (archive[start : start + size] for start in range(0, len(archive), size))


def run(numbers: Iterable[int], *, seed: int, crashes: Optional[Path] = None) -> Batch:
    """Run these cases, one after the other."""
    outcomes: Counter[str] = Counter()
    slowest_s = 0.0
    for number in numbers:
        archive = case(seed, number)
        started = time.monotonic()
        try:
            with _limited():
                outcomes[outcome(archive, number)] += 1
            assert not _WRITTEN, f"it opened {_WRITTEN}"
        except Exception:  # noqa: BLE001 - any other end is what is looked for
            outcomes["crashed"] += 1
            _WRITTEN.clear()
            _keep(archive, f"case-{seed}-{number}", crashes)
        slowest_s = max(slowest_s, time.monotonic() - started)
    resident_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
    return Batch(outcomes, slowest_s, resident_bytes)


@contextmanager
def _limited() -> Iterator[None]:
    def stop(_: int, __: Optional[FrameType]) -> None:
        raise TooSlowError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, LIMIT_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _keep(archive: bytes, name: str, folder: Optional[Path]) -> None:
    print(f"{name}: {traceback.format_exc()}", file=sys.stderr)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.tar").write_bytes(archive)
        (folder / f"{name}.txt").write_text(traceback.format_exc(), encoding="utf-8")


def _begin_worker() -> None:
    """Bound the memory, and note files that are opened for writing."""
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT_BYTES, LIMIT_BYTES))

    def hear(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open" and int(str(arguments[2])) & _WRITING:
            _WRITTEN.append(arguments[0])

    sys.addaudithook(hear)


def main() -> None:
    """All cases, on all cores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--crashes", type=Path, default=Path("fuzz-crashes"))
    asked = parser.parse_args()
    starts = range(0, asked.cases, BATCH)
    batches = (range(start, min(start + BATCH, asked.cases)) for start in starts)
    with ProcessPoolExecutor(os.cpu_count(), initializer=_begin_worker) as pool:
        done = list(pool.map(partial(run, seed=asked.seed, crashes=asked.crashes), batches))
    finish("fuzz_archive", figures(done))


def figures(batches: Iterable[Batch]) -> Iterator[Figure]:
    """How many cases there were, and how they ended."""
    batches = tuple(batches)
    outcomes = sum((batch.outcomes for batch in batches), Counter())
    cases = sum(outcomes.values())
    yield Figure("spoiled archives read", cases, "cases")
    for end in ("facts", "told"):
        yield Figure(f"of these ended in {end}", outcomes[end] / cases, "1")
    yield Figure("of these crashed", outcomes["crashed"], "cases", 0)
    yield Figure("slowest", max(batch.slowest_s for batch in batches), "s", LIMIT_S)
    largest = max(batch.resident_bytes for batch in batches)
    yield Figure("resident memory of a process", largest / 1e6, "MB", 400)


if __name__ == "__main__":
    main()
