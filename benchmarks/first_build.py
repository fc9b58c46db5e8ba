"""A first `slimbench build` of all variants, against `docker build` of each in turn.

    python -m benchmarks.first_build

Removes everything of ours from the engine, twice. Wheels and root file systems are in the cache
on both sides; slimbench's time includes making bases, exporter and model, the peer's does not.
"""

from __future__ import annotations

from benchmarks.docker_build import docker_builds_s, plans, slimbench_build_s
from benchmarks.figure import Figure, finish
from builders.docker_engine import connect
from builders.labels import KIND

if __name__ == "__main__":
    connect().remove_labelled({KIND: ""})
    ours = slimbench_build_s()
    connect().remove_labelled({KIND: ""})
    theirs = docker_builds_s(plans())
    finish(
        "first_build",
        [
            Figure("slimbench build, first", ours, "s"),
            Figure("docker build of each, first", theirs, "s"),
            Figure("ratio", ours / theirs, "1", 1.2),
        ],
    )
