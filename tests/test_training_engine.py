"""One training on a real engine: a shell script in its place, with the engine's own statistics."""

from __future__ import annotations

from pathlib import Path

import pytest
from real_project import docker
from tiny_image import write_context

from bench.training_run import TrainingLaunch, take_training
from builders.engine import BuildRequest, Engine, ImageInfo
from builders.errors import SessionFailed
from builders.matrix import Limits
from builders.training_settings import TrainingSettings
from inference import protocol

pytestmark = pytest.mark.engine

SECONDS = 4  # long enough for the engine to tell of it
PROGRAM = f"""#!/bin/sh
[ "$*" = "train --seed 7 --epochs 1 --threads 1 --wait" ] || exit 9
echo '{{"event": "started", "t_ns": 1, "protocol": {protocol.PROTOCOL_VERSION}}}'
echo '{{"event": "imported", "t_ns": 5, "versions": {{"torch": "toy"}}}}'
head -c 30000000 /dev/zero > /dev/shm/held
sleep {SECONDS}
echo '{{"event": "epoch", "t_ns": 6, "epoch": 1, "loss": 0.5}}'
echo '{{"event": "trained", "t_ns": 7, "seed": 7, "epochs": 1, "threads": 1, "accuracy": 0.5,
 "weights": {{"bias": 0.25}}, "peak_rss_bytes": 8, "cpu_ns": 9}}' | tr -d '\\n'
echo
cat
echo '{{"event": "bye", "t_ns": 8}}'
"""


@pytest.fixture(scope="module")
def image(
    engine: Engine,
    tiny_image: ImageInfo,
    session_labels: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    folder: Path = tmp_path_factory.mktemp("training")
    dockerfile = f'FROM {tiny_image.image_id}\nCOPY train /bin/train\nENTRYPOINT ["train"]\n'
    files = {"Dockerfile": dockerfile.encode(), "train": PROGRAM.encode()}
    context = write_context(folder / "context.tar", files)
    request = BuildRequest(context, "Dockerfile", "slimbench-test/training:1", session_labels)
    return engine.build(request, print).image_id


def launch(image: str, engine: Engine, seed: int = 7) -> TrainingLaunch:
    settings = TrainingSettings(epochs=1, seed=seed)
    limits = Limits(cpu_set="0", threads=1, memory="256MiB")
    return TrainingLaunch(image, limits, settings, engine.info().shares_host_kernel)


def test_the_engine_tells_of_its_memory_and_the_kernel_of_its_time(
    engine: Engine, image: str
) -> None:
    found = take_training(engine, launch(image, engine), (0, 0))
    assert found.weights == {"bias": 0.25}
    assert len(found.memory) >= 2  # about one a second, the first after one or two
    assert max(point.used_bytes for point in found.memory) >= 30_000_000
    after = [point.after_ns for point in found.memory]
    assert after == sorted(after)
    assert after[-1] <= found.running_ns
    assert 0 < found.container_ns <= found.running_ns
    if engine.info().shares_host_kernel:
        assert found.cpu_ns is not None
        assert 0 < found.cpu_ns < found.running_ns
        assert found.cgroup_peak_bytes is not None
        assert found.cgroup_peak_bytes >= 30_000_000


def test_one_that_ends_badly_is_removed(engine: Engine, image: str) -> None:
    with pytest.raises(SessionFailed, match="ended with exit code 9 while getting ready"):
        take_training(engine, launch(image, engine, seed=8), (0, 0))
    assert docker("ps", "-aq", "--filter", f"ancestor={image}").output == ""
