"""`kill -9` at random moments of a real run, which then goes on: what is lost, and what is left.

    python -m benchmarks.kill_loop

Two variants are measured in a project of their own, with `bench --resume`, and killed again and
again until they are done; then anew, until there were `KILLS` kills. After each kill the record
is read: it must hold every sample that an earlier one held, and every round that the killed
command said was over. What a killed command leaves in the engine must be gone once the next one
has begun its work, and each finished run must have all samples in the order of its seed.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

import yaml

from bench.record import load
from bench.record_types import Record
from bench.rounds import rounds
from benchmarks.figure import Figure, finish
from builders.docker_engine import connect
from builders.errors import RecordError
from builders.labels import MAKER
from builders.maker import mark
from builders.workspace import Workspace

ROOT = Path(__file__).parent.parent
VARIANTS = ("onnx", "distroless-onnx")
NAMES = len(VARIANTS) + 1  # the reference takes part twice
COPIED = ("variants.yaml", "dockerfiles", "inference", "artifacts")
KILLS = 60
ROUNDS = 5
FEW = {
    "fewest_cold_starts": ROUNDS,
    "most_cold_starts": ROUNDS,
    "reference_twice": True,
    "warmups": 1,
    "requests": 3,
}
LATEST_S = 8.0  # a run takes about twice as long from its beginning, so that all of it is hit
AT_WORK_S = 4.0  # by then a command has removed what was left, and builds or measures
SEED = 20240614
PLACES = list[tuple[int, int, str]]


@dataclass
class Loop:
    """The project, and what was seen so far."""

    root: Path
    moments: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311
    seen: Counter[str] = field(default_factory=Counter)
    killed: set[str] = field(default_factory=set)  # marks of the killed commands
    kept: PLACES = field(default_factory=list)

    @property
    def path(self) -> Path:
        """The record."""
        return Workspace.of(self.root).record

    def step(self) -> None:
        """Begin or go on, and kill it if it isn't done before."""
        log = self.root / "said"
        with log.open("w") as errors, self._started(errors) as process:
            mine, begun = mark(process.pid), time.monotonic()
            try:
                process.wait(self.moments.uniform(0.2, LATEST_S))
            except subprocess.TimeoutExpired:
                if time.monotonic() - begun > AT_WORK_S:
                    self.seen["left"] += self._left()
                process.kill()
        if process.returncode == 0:
            self._finished()
        else:
            self.seen["kills"] += 1
            self.killed.add(mine)
            self._after_kill(log.read_text())

    def _started(self, errors: Any) -> subprocess.Popen[bytes]:
        matrix = str(self.root / "variants.yaml")
        words = ["-f", matrix, "bench", "--resume", "--no-scenarios"]
        command = [sys.executable, "-m", "slimbench", *words]
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=errors)

    def _left(self) -> int:
        return len(connect().label_values(MAKER) & self.killed)

    def _after_kill(self, said: str) -> None:
        record = self._record()
        places = places_of(record) if record else []
        over = max(
            (int(line.split()[1]) for line in said.splitlines() if _is_round(line)), default=0
        )
        self.seen["lost"] += len(set(self.kept) - set(places))
        self.seen["lost"] += max(over * NAMES - len(places), 0)
        self.seen["during the rounds"] += bool(record and record.sampled)
        self.seen["with samples"] += bool(places)
        self.kept = places

    def _record(self) -> Optional[Record]:
        if not self.path.exists():
            return None
        try:
            return load(self.path)
        except RecordError:
            self.seen["unreadable"] += 1
            return None

    def _finished(self) -> None:
        record = load(self.path)
        plan = rounds(record.sampled, ROUNDS, record.conditions.seed)
        planned = [(n, at, name) for n, order in enumerate(plan) for at, name in enumerate(order)]
        self.seen["finished"] += 1
        self.seen["wrong"] += places_of(record) != planned
        self.seen["left"] += self._left()
        self.path.unlink()
        self.kept = []


def places_of(record: Record) -> PLACES:
    """Round, position and variant of each sample, in the order in which they are taken."""
    rows = (*record.variants, *((record.again,) if record.again else ()))
    taken = ((one, row.name) for row in rows for one in row.samples)
    return sorted((sample.round, sample.position, name) for sample, name in taken)


def _is_round(line: str) -> bool:
    return line.startswith("round ") and " of at most " in line


def write_project(root: Path) -> None:
    """The repository's project with two variants and few rounds."""
    for name in COPIED:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, root / name)
    content = yaml.safe_load((root / "variants.yaml").read_text(encoding="utf-8"))
    kept = {name: content["variants"][name] for name in VARIANTS}
    del kept[VARIANTS[0]]["after"]
    content.update(reference=VARIANTS[0], variants=kept)
    content["measurement"].update(FEW)
    (root / "variants.yaml").write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def build(root: Path) -> None:
    """Have the images, so that a run begins with a check."""
    words = ["-f", str(root / "variants.yaml"), "build"]
    subprocess.run([sys.executable, "-m", "slimbench", *words], cwd=ROOT, check=True)


def figures(seen: Counter[str]) -> list[Figure]:
    """What was counted; nothing may be lost or left."""
    return [
        Figure("kills", seen["kills"], "1"),
        Figure("kills once the rounds had begun", seen["during the rounds"], "1"),
        Figure("kills with samples in the record", seen["with samples"], "1"),
        Figure("runs that went on to their end", seen["finished"], "1"),
        Figure("records that couldn't be read", seen["unreadable"], "1", 0),
        Figure("finished samples lost", seen["lost"], "1", 0),
        Figure("finished runs without all samples in their order", seen["wrong"], "1", 0),
        Figure("containers and networks left after the next command", seen["left"], "1", 0),
    ]


def main() -> Counter[str]:
    """Kill, and go on, until there were enough kills and the last run is finished."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "project"
        root.mkdir()
        write_project(root)
        build(root)
        loop = Loop(root)
        while loop.seen["kills"] < KILLS or loop.kept:
            loop.step()
        return loop.seen


if __name__ == "__main__":
    finish("kill_loop", figures(main()))
