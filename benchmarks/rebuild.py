"""`slimbench build` with nothing changed, against `docker build` of all with everything cached.

    python -m benchmarks.rebuild

Both are run in turns, five times each; the figure is the ratio of the medians.
"""

from __future__ import annotations

from statistics import median

from benchmarks.docker_build import docker_builds_s, plans, slimbench_build_s
from benchmarks.figure import Figure, finish

ROUNDS = 5

if __name__ == "__main__":
    slimbench_build_s()
    planned = plans()
    docker_builds_s(planned)
    pairs = [(slimbench_build_s(), docker_builds_s(planned)) for _ in range(ROUNDS)]
    ours, theirs = (median(times) for times in zip(*pairs))
    finish(
        "rebuild",
        [
            Figure("slimbench build, unchanged", ours, "s"),
            Figure("docker build of each, all cached", theirs, "s"),
            Figure("ratio", ours / theirs, "1", 1.5),
        ],
    )
