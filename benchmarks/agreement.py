"""A start as slimbench measures it, against hyperfine measuring `docker run` of the same image.

    python -m benchmarks.agreement

Both start a container that answers one picture and ends; they take turns, `RUNS` starts at a time.
`docker run` begins earlier and ends later than our first answer: with the client's own time, the
stop and the removal, which are measured here too, the two must agree to within 5 %.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.answers import Answers
from bench.collect import collect_answers
from bench.mounted_pictures import mounted
from bench.pictures import generated
from bench.session import Launch, session
from bench.timed_requests import TimedRequests
from benchmarks.figure import Figure, finish
from benchmarks.same_image import ROOT, VARIANT
from builders.docker_engine import connect
from builders.labels import KIND, KIND_SESSION
from builders.matrix import Matrix
from builders.matrix_file import load_matrix
from builders.plan import tag
from builders.workspace import Workspace
from inference import protocol

TURNS, RUNS = 8, 5
ALLOWED = 0.05
READING = 'given=$1\nshift\nexec "$@" <"$given"\n'  # hyperfine 1.15, Debian's, gives no input


@dataclass(frozen=True)
class Start:
    """One start, in ms: to the first right answer, its stop, and what removal took."""

    total_ms: float
    stop_ms: float
    removal_ms: float


def our_start(matrix: Matrix, expected: Answers) -> Start:
    """One container that answers one picture, without the readings that a sample takes."""
    tolerance = matrix.verification.tolerances[matrix.variant(VARIANT).tolerance]
    assert isinstance(tolerance, float)
    paths = mounted(Path(answer.picture) for answer in expected.pictures)
    pictures = tuple(zip(paths.inside, expected.pictures))
    launch = Launch(tag(VARIANT), matrix.limits, paths.mounts)
    with session(connect(), launch) as running:
        requests = TimedRequests(running, pictures, matrix.verification.top_k, tolerance)
        (answer,) = requests.right_answers(1)
        stop = running.stop()
    removed_ns = time.monotonic_ns()
    return Start(
        total_ms=(answer.received_ns - running.startup.create_ns) / 1e6,
        stop_ms=(stop.ended_ns - stop.quit_ns) / 1e6,
        removal_ms=(removed_ns - stop.ended_ns) / 1e6,
    )


def hyperfine_ms(command: Sequence[str], given: Path) -> list[float]:
    """Times of `RUNS` runs of a command that reads a file; the script takes about 1 ms of each."""
    with tempfile.TemporaryDirectory() as folder:
        script, export = Path(folder) / "reading", Path(folder) / "times.json"
        script.write_text(READING, encoding="utf-8")
        words = ["hyperfine", "--shell=none", "--warmup=1", f"--runs={RUNS}"]
        measured = shlex.join(["sh", str(script), str(given), *command])
        subprocess.run(
            [*words, f"--export-json={export}", measured],
            check=True,
            capture_output=True,
        )
        (result,) = json.loads(export.read_text(encoding="utf-8"))["results"]
    return [seconds * 1000 for seconds in result["times"]]


def docker_run(matrix: Matrix, picture: Path) -> list[str]:
    """The same container from the engine's own command."""
    limits, (mount,) = matrix.limits, mounted([picture]).mounts
    return [
        *("docker", "run", "--rm", "--interactive", "--network=none"),
        f"--label={KIND}={KIND_SESSION}",
        f"--cpuset-cpus={limits.cpu_set}",
        f"--memory={limits.memory_bytes}",
        f"--volume={mount.source}:{mount.target}:ro",
        *(tag(VARIANT), "session", "--threads", str(limits.threads)),
    ]


def requests(matrix: Matrix, picture: Path) -> str:
    """What our session sends: one picture, then quit."""
    (path,) = mounted([picture]).inside
    asked = {protocol.OP: protocol.PREDICT, "id": 1, "path": path, "top": matrix.verification.top_k}
    return "".join(json.dumps(line) + "\n" for line in (asked, {protocol.OP: protocol.QUIT}))


def figures() -> list[Figure]:
    """Take turns and compare."""
    matrix = load_matrix(ROOT / "variants.yaml")
    model = Workspace.of(ROOT).artefacts / matrix.variant(VARIANT).model
    picture, *_ = generated(model)
    top_k = matrix.verification.top_k
    expected = collect_answers(connect(), tag(VARIANT), matrix.limits, [picture], top_k)
    ours: list[Start] = []
    run_ms: list[float] = []
    client_ms: list[float] = []
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as given:
        given.write(requests(matrix, picture))
        given.flush()
        for _ in range(TURNS):
            ours += [our_start(matrix, expected) for _ in range(RUNS)]
            run_ms += hyperfine_ms(docker_run(matrix, picture), Path(given.name))
            client_ms += hyperfine_ms(["docker", "version"], Path(given.name))
    return _compared(ours, median(run_ms), median(client_ms))


def _compared(ours: Sequence[Start], run_ms: float, client_ms: float) -> list[Figure]:
    total_ms = median(start.total_ms for start in ours)
    stop_ms = median(start.stop_ms for start in ours)
    removal_ms = median(start.removal_ms for start in ours)
    explained_ms = total_ms + stop_ms + removal_ms + client_ms
    return [
        Figure("slimbench, create to first answer", total_ms, "ms"),
        Figure("slimbench, stop", stop_ms, "ms"),
        Figure("slimbench, removal", removal_ms, "ms"),
        Figure("docker's client, by `docker version`", client_ms, "ms"),
        Figure("hyperfine, docker run", run_ms, "ms"),
        Figure("ratio, docker run to our first answer", run_ms / total_ms, "1"),
        Figure("left unexplained", abs(1 - explained_ms / run_ms), "1", ALLOWED),
    ]


if __name__ == "__main__":
    finish("agreement", figures())
