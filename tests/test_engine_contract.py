"""What every engine must do: the same cases on the fake and on a real one."""

from __future__ import annotations

import io
import ipaddress
import json
import tarfile
import time
import uuid
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable, Optional

import pytest
from conftest import TEST_LABEL
from tiny_image import write_context

from bench.inspection.layers import ScannedLayer, scan_archive
from builders.engine import BuildRequest, ContainerSpec, Engine, Removed
from builders.errors import BuildFailed, EngineError, ImageNotFound, SessionFailed
from builders.fake_container import Output, Wait
from builders.fake_engine import FakeEngine
from builders.gpus import has_gpus
from builders.labels import TAG
from builders.own_images import StoredImages

ECHO = "cat"
BOTH_STREAMS = "echo out; echo err >&2; exit 3"
HANG = "echo begun; sleep 600"
TRAP = "trap 'exit 143' TERM; echo begun; while :; do sleep 0.1; done"
UNUSED_TAG = "slimbench-test/never-built:1"


def _program(spec: ContainerSpec) -> Generator[Output, Optional[str], int]:
    """The fake's side of the three scripts."""
    script = spec.command[-1]
    if script == ECHO:
        while (line := (yield Wait.LINE)) is not None:
            yield line
        return 0
    if script == BOTH_STREAMS:
        yield "out"
        yield ("stderr", "err")
        return 3
    assert script in (HANG, TRAP)
    yield "begun"
    yield Wait.FOREVER
    return 0


@dataclass(frozen=True)
class World:
    """An engine, an image with a shell that isn't labelled as the test's, and the test's labels."""

    engine: Engine
    image: str
    labels: dict[str, str]
    folder: Path
    unstartable: ContainerSpec
    use_elsewhere: Callable[[str], str]

    def spec(self, script: str) -> ContainerSpec:
        return ContainerSpec(self.image, ("sh", "-c", script), labels=self.labels, interactive=True)

    def request(self, dockerfile: str, tag: str = "") -> BuildRequest:
        name = uuid.uuid4().hex
        files = {"Dockerfile": dockerfile.encode(), "file": b"content"}
        context = write_context(self.folder / f"{name}.tar", files)
        return BuildRequest(context, "Dockerfile", tag or self.new_tag(), self.labels)

    def take_over(self, tag: str) -> None:
        """Make another user's tag one of the test's own, so that its end removes it."""
        self.engine.build(self.request(f"FROM {self.image}\n", tag), print)

    def new_tag(self) -> str:
        return f"slimbench-test/contract:{uuid.uuid4().hex}"


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.engine)])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    labels = {TEST_LABEL: uuid.uuid4().hex}
    made = _fake_world(labels, tmp_path) if request.param == "fake" else None
    made = made or _real_world(request, labels, tmp_path)
    yield made
    made.engine.remove_labelled(labels)


def _fake_world(labels: dict[str, str], folder: Path) -> World:
    engine = FakeEngine({"tiny": _program}, memory=(1 << 20, 1 << 20))
    engine.add_image("tiny", layers=[{"bin/sh": b"a shell"}])
    engine.add_image("without-program")
    unstartable = ContainerSpec("without-program", ("/nowhere",), labels)
    return World(engine, "tiny:latest", labels, folder, unstartable, engine.use_elsewhere)


def _real_world(request: pytest.FixtureRequest, labels: dict[str, str], folder: Path) -> World:
    import docker  # noqa: PLC0415, TID251 - to act as someone else

    engine: Engine = request.getfixturevalue("engine")
    image: str = request.getfixturevalue("tiny_image").tags[0]
    api = docker.APIClient(version="auto")

    def use_elsewhere(used: str) -> str:
        name: str = api.create_container(used, ["sleep", "600"])["Id"]
        request.addfinalizer(lambda: engine.remove_labelled(labels))
        request.addfinalizer(lambda: api.remove_container(name, force=True))
        return name

    unstartable = ContainerSpec(image, ("/nowhere",), labels)
    return World(engine, image, labels, folder, unstartable, use_elsewhere)


def test_an_image_that_is_not_there_is_none(world: World) -> None:
    assert world.engine.image(UNUSED_TAG) is None


def test_a_build_is_found_by_tag_id_and_labels(world: World) -> None:
    request = world.request(f"FROM {world.image}\nCOPY file /file\nUSER 65532\n")
    lines: list[str] = []

    built = world.engine.build(request, lines.append)

    base = world.engine.image(world.image)
    assert base is not None
    assert world.engine.image(request.tag) == world.engine.image(built.image_id) == built
    assert world.engine.images({TEST_LABEL: ""}).count(built) == 1
    assert world.engine.images(world.labels) == (built,)
    assert world.engine.images({**world.labels, "io.slimbench.absent": ""}) == ()
    assert built.tags == (request.tag,)
    assert built.diff_ids[:-1] == base.diff_ids
    assert built.user == "65532"
    assert [entry.empty for entry in built.history].count(False) == len(built.diff_ids)
    assert any(line.startswith("Step 2/") and "COPY file /file" in line for line in lines)


def test_every_name_is_listed_and_images_without_one_are_not(world: World) -> None:
    tag = world.new_tag()
    for content in ("first", "second"):  # which takes the name away
        world.engine.build(world.request(f"FROM {world.image}\nLABEL a={content}\n", tag), print)
    world.engine.tag(tag, f"{tag}-again")
    listed = world.engine.tags()
    assert {world.image, tag, f"{tag}-again"} <= set(listed)
    assert list(listed) == sorted(set(listed))
    assert all("<none>" not in name for name in listed)
    world.take_over(f"{tag}-again")


def test_a_rebuild_uses_the_cache(world: World) -> None:
    request = world.request(f"FROM {world.image}\nCOPY file /{uuid.uuid4().hex}\n")
    first: list[str] = []
    again: list[str] = []

    world.engine.build(request, first.append)
    world.engine.build(request, again.append)

    assert not any("Using cache" in line for line in first)
    assert any("Using cache" in line for line in again)


def test_build_arguments_choose_the_base_and_labels_are_inherited(world: World) -> None:
    base = world.engine.build(world.request(f"FROM {world.image}\nLABEL own=1\n"), print)
    request = world.request("ARG BASE\nFROM ${BASE}\nCOPY file /file\n")

    built = world.engine.build(replace(request, build_args={"BASE": base.tags[0]}), print)

    assert built.labels == {**world.labels, TAG: request.tag, "own": "1"}


def test_a_failing_step_is_named_with_its_last_lines(world: World) -> None:
    request = world.request(f"FROM {world.image}\nRUN false\n")
    lines: list[str] = []

    with pytest.raises(BuildFailed, match=r"non-zero code: 1") as caught:
        world.engine.build(request, lines.append)

    assert "RUN false" in caught.value.where
    assert request.tag in caught.value.where
    assert 0 < len(caught.value.log_tail) <= 20
    assert list(caught.value.log_tail) == lines[-len(caught.value.log_tail) :]
    assert world.engine.image(request.tag) is None


def test_an_unknown_base_fails_the_build(world: World) -> None:
    with pytest.raises(BuildFailed, match=r"127\.0\.0\.1:1"):
        world.engine.build(world.request("FROM 127.0.0.1:1/nothing:1\n"), print)


def test_builds_run_side_by_side(world: World) -> None:
    def build(number: int) -> tuple[str, str]:
        request = world.request(f"FROM {world.image}\nCOPY file /{number}\n")
        return request.tag, world.engine.build(request, print).tags[0]

    with ThreadPoolExecutor(4) as pool:
        built = list(pool.map(build, range(8)))

    assert len({asked for asked, _ in built}) == 8
    assert all(asked == got for asked, got in built)


def test_lines_go_in_and_come_out(world: World) -> None:
    container = world.engine.create(world.spec(ECHO))
    stream = world.engine.attach(container)
    world.engine.start(container)

    stream.write_line("one")
    first = stream.read_line(10)
    stream.write_line("zwei ü")
    second = stream.read_line(10)
    stream.close_input()

    assert first is not None
    assert second is not None
    assert (first.stream, first.text, second.text) == ("stdout", "one", "zwei ü")
    assert 0 < first.received_ns <= second.received_ns
    assert stream.read_line(10) is None
    assert world.engine.wait(container, 10).exit_code == 0
    stream.close()


def test_streams_exit_code_and_logs(world: World) -> None:
    container = world.engine.create(world.spec(BOTH_STREAMS))
    stream = world.engine.attach(container)
    created = world.engine.state(container)
    world.engine.start(container)

    lines = [stream.read_line(10), stream.read_line(10)]
    ended = world.engine.wait(container, 10)

    assert {(line.stream, line.text) for line in lines if line} == {
        ("stdout", "out"),
        ("stderr", "err"),
    }
    assert (created.running, created.started_at_ns) == (False, 0)
    assert (ended.running, ended.exit_code, ended.oom_killed) == (False, 3, False)
    # In no order: the engine may note a short container's start after its end.
    assert ended.started_at_ns > 0
    assert ended.finished_at_ns > 0
    assert sorted(world.engine.logs(container).splitlines()) == ["err", "out"]


def test_a_hanging_container_times_out_and_can_be_killed(world: World) -> None:
    container = world.engine.create(world.spec(HANG))
    stream = world.engine.attach(container)
    world.engine.start(container)
    begun = stream.read_line(10)

    with pytest.raises(SessionFailed, match=r"no line within 0\.3 s"):
        stream.read_line(0.3)
    with pytest.raises(SessionFailed, match=r"still runs after 0\.3 s"):
        world.engine.wait(container, 0.3)
    assert world.engine.state(container).running
    world.engine.remove(container)

    assert begun is not None
    assert begun.text == "begun"
    assert stream.read_line(10) is None
    with pytest.raises(EngineError):
        world.engine.state(container)
    world.engine.remove(container)  # gone already: no error


def test_a_signal_reaches_the_first_process_of_a_running_container(world: World) -> None:
    container = world.engine.create(world.spec(TRAP))
    with pytest.raises(EngineError):
        world.engine.signal(container, "SIGTERM")
    stream = world.engine.attach(container)
    world.engine.start(container)
    assert stream.read_line(10) is not None
    world.engine.signal(container, "SIGTERM")
    assert world.engine.wait(container, 10).exit_code == 143


def test_a_container_has_an_address_on_its_network_while_it_runs(world: World) -> None:
    network = f"slimbench-test-{uuid.uuid4().hex}"
    world.engine.create_network(network, world.labels)
    container = world.engine.create(replace(world.spec(HANG), network=network))
    assert world.engine.state(container).address == ""
    world.engine.start(container)
    assert ipaddress.ip_address(world.engine.state(container).address).is_private
    alone = world.engine.create(world.spec(HANG))
    world.engine.start(alone)
    assert world.engine.state(alone).address == ""


def test_statistics_tell_the_memory_of_a_running_container(world: World) -> None:
    container = world.engine.create(world.spec(TRAP))
    assert list(world.engine.memory_statistics(container)) == []
    before_ns = time.monotonic_ns()
    world.engine.start(container)
    readings = []
    for reading in world.engine.memory_statistics(container):
        readings.append(reading)
        if len(readings) == 2:
            break
    assert all(0 < reading.used_bytes < 1 << 30 for reading in readings)
    assert before_ns < readings[0].read_at_ns < readings[1].read_at_ns


def test_statistics_end_with_the_container(world: World) -> None:
    container = world.engine.create(world.spec(BOTH_STREAMS))
    world.engine.start(container)
    world.engine.wait(container, 10)
    assert list(world.engine.memory_statistics(container)) == []


def test_writing_to_an_ended_container_fails(world: World) -> None:
    container = world.engine.create(world.spec(BOTH_STREAMS))
    stream = world.engine.attach(container)
    world.engine.start(container)
    while stream.read_line(10) is not None:
        pass
    world.engine.wait(container, 10)

    with pytest.raises(SessionFailed, match="standard input is closed"):
        stream.write_line("too late")


def test_a_command_that_is_not_there_fails_the_start(world: World) -> None:
    container = world.engine.create(world.unstartable)

    with pytest.raises(EngineError):
        world.engine.start(container)

    assert not world.engine.state(container).running


def test_creating_from_a_missing_image_says_so(world: World) -> None:
    with pytest.raises(ImageNotFound, match=UNUSED_TAG):
        world.engine.create(ContainerSpec(UNUSED_TAG, (), world.labels))


def test_gpus_are_given_where_there_is_a_runtime_for_them(world: World) -> None:
    spec = replace(world.spec(ECHO), gpus=True)
    if has_gpus(world.engine.info()):
        assert not world.engine.state(world.engine.create(spec)).running
        return
    with pytest.raises(EngineError, match="the engine has no NVIDIA runtime"):
        world.engine.create(spec)


def test_two_containers_of_one_name_are_refused(world: World) -> None:
    spec = replace(world.spec(ECHO), name=f"slimbench-test-{uuid.uuid4().hex}")
    world.engine.create(spec)

    with pytest.raises(EngineError):
        world.engine.create(spec)


def test_a_network_is_made_once_and_only_ours_is_reused(world: World) -> None:
    name = f"slimbench-test-{uuid.uuid4().hex}"
    world.engine.create_network(name, world.labels)
    world.engine.create_network(name, world.labels)
    spec = replace(world.spec(BOTH_STREAMS), network=name, network_alias="server")
    container = world.engine.create(spec)
    world.engine.start(container)

    assert world.engine.wait(container, 10).exit_code == 3
    with pytest.raises(EngineError, match="without our labels"):
        world.engine.create_network(name, {"io.slimbench.other": "1"})
    world.engine.remove(container)
    world.engine.remove_network(name)
    world.engine.remove_network(name)  # gone already: no error
    with pytest.raises(EngineError, match=name):
        world.engine.start(world.engine.create(spec))


def test_a_saved_image_is_an_archive_with_a_manifest(world: World) -> None:
    built = world.engine.build(world.request(f"FROM {world.image}\nCOPY file /file\n"), print)

    archive = b"".join(world.engine.save([built.tags[0]]))

    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        manifest = json.load(tar.extractfile("manifest.json") or io.BytesIO())
        config = json.load(tar.extractfile(manifest[0]["Config"]) or io.BytesIO())
    assert manifest[0]["RepoTags"] == list(built.tags)
    assert len(manifest[0]["Layers"]) == len(built.diff_ids)
    assert config["rootfs"]["diff_ids"] == list(built.diff_ids)
    assert [entry.get("empty_layer", False) for entry in config["history"]] == [
        entry.empty for entry in built.history
    ]


def test_several_images_are_saved_in_one_archive_with_shared_layers_once(world: World) -> None:
    below = world.engine.build(world.request(f"FROM {world.image}\nCOPY file /below\n"), print)
    above = world.engine.build(world.request(f"FROM {below.tags[0]}\nCOPY file /above\n"), print)

    archive = b"".join(world.engine.save([above.image_id, below.image_id]))

    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        manifest = json.load(tar.extractfile("manifest.json") or io.BytesIO())
    read = [item for item in scan_archive([archive], "saved") if isinstance(item, ScannedLayer)]
    assert len(manifest) == 2
    assert sorted(layer.contents.diff_id for layer in read) == sorted(above.diff_ids)


def test_saving_a_missing_image_says_so_at_once(world: World) -> None:
    with pytest.raises(ImageNotFound, match=UNUSED_TAG):
        world.engine.save([UNUSED_TAG])


def test_an_image_gets_a_second_name(world: World) -> None:
    built = world.engine.build(world.request(f"FROM {world.image}\n"), print)
    second = world.new_tag()

    world.engine.tag(built.image_id, second)

    found = world.engine.image(second)
    assert found is not None
    assert set(found.tags) == {*built.tags, second}
    with pytest.raises(ImageNotFound, match=UNUSED_TAG):
        world.engine.tag(UNUSED_TAG, second)
    world.take_over(second)


def test_removal_by_label_takes_all_of_ours_and_nothing_else(world: World) -> None:
    base = world.engine.build(world.request(f"FROM {world.image}\nCOPY file /base\n"), print)
    stages = f"FROM {base.tags[0]} AS one\nCOPY file /one\nFROM {base.tags[0]}\nCOPY file /two\n"
    last = world.engine.build(world.request(stages), print)
    network = f"slimbench-test-{uuid.uuid4().hex}"
    world.engine.create_network(network, world.labels)
    running = world.engine.create(replace(world.spec(HANG), network=network))
    world.engine.start(running)
    foreign = {TEST_LABEL: uuid.uuid4().hex}
    other = world.engine.create(replace(world.spec(ECHO), labels=foreign))

    removed = world.engine.remove_labelled(world.labels)

    assert (removed.containers, removed.networks) == (1, 1)
    assert removed.images >= 3  # the base, the stage without a name, the last one
    assert removed.size_bytes > 0
    assert world.engine.image(last.image_id) is None
    assert world.engine.image(base.image_id) is None
    assert world.engine.image(world.image) is not None
    assert not world.engine.state(other).running
    again = world.engine.remove_labelled(world.labels)
    assert (again.containers, again.networks, again.images, again.size_bytes) == (0, 0, 0, 0)
    assert world.engine.remove_labelled(foreign).containers == 1


def test_removal_by_label_leaves_what_someone_else_uses(world: World) -> None:
    used = world.engine.build(world.request(f"FROM {world.image}\nCOPY file /used\n"), print)
    unused = world.engine.build(world.request(f"FROM {world.image}\nCOPY file /unused\n"), print)
    theirs = world.use_elsewhere(used.tags[0])

    removed = world.engine.remove_labelled(world.labels)

    assert (removed.containers, removed.images) == (0, 1)
    assert world.engine.image(used.tags[0]) == used
    assert world.engine.image(unused.tags[0]) is None
    assert world.engine.state(theirs).exit_code == 0


def test_removal_by_label_leaves_an_image_that_a_user_made_from_ours(world: World) -> None:
    ours = world.engine.build(world.request(f"FROM {world.image}\nCOPY file /ours\n"), print)
    request = replace(world.request(f"FROM {ours.tags[0]}\nCOPY file /theirs\n"), labels={})
    theirs = world.engine.build(request, print)

    world.engine.remove_labelled(world.labels)

    assert theirs.labels == ours.labels
    assert world.engine.image(ours.tags[0]) is None
    assert world.engine.image(request.tag) == theirs
    world.take_over(request.tag)


def test_removal_by_label_leaves_a_name_that_a_user_gave_to_ours(world: World) -> None:
    ours = world.engine.build(world.request(f"FROM {world.image}\nCOPY file /ours\n"), print)
    theirs = world.new_tag()
    world.engine.tag(ours.image_id, theirs)

    removed = world.engine.remove_labelled(world.labels)

    assert (removed.images, removed.size_bytes) == (0, 0)
    assert world.engine.image(ours.tags[0]) is None
    assert world.engine.image(theirs) == replace(ours, tags=(theirs,))
    assert world.engine.remove_labelled(world.labels) == Removed(0, 0, 0, 0)
    world.take_over(theirs)


def test_what_a_label_says_is_told_for_containers_and_networks(world: World) -> None:
    key = f"io.slimbench.test-{uuid.uuid4().hex}"
    network = f"slimbench-test-{uuid.uuid4().hex}"
    world.engine.create_network(network, {**world.labels, key: "a network"})
    world.engine.create(replace(world.spec(ECHO), labels={**world.labels, key: "a container"}))
    assert world.engine.label_values(key) == {"a network", "a container"}
    assert world.engine.label_values(f"{key}-else") == frozenset()


def test_removal_by_no_label_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match="needs a label"):
        world.engine.remove_labelled({})
    assert world.engine.image(world.image) is not None


def two_stages(world: World, base: str) -> BuildRequest:
    """A build with a stage before the last one; its labels are inherited from the base."""
    first = f"FROM {base} AS first\nCOPY file /{uuid.uuid4().hex}\n"
    return world.request(f"{first}FROM {base}\nCOPY --from=first /bin /copied\n")


def test_what_is_stored_is_told_with_stages_and_each_layer_once(world: World) -> None:
    assert world.engine.stored(world.labels) == StoredImages(frozenset(), 0)
    base = world.engine.build(world.request(f"FROM {world.image}\nCOPY file /base\n"), print)
    alone = world.engine.stored(world.labels)
    last = world.engine.build(two_stages(world, base.tags[0]), print)
    both = world.engine.stored(world.labels)
    assert alone.ids == {base.image_id}
    assert alone.size_bytes >= base.engine_size_bytes
    assert both.ids > {base.image_id, last.image_id}
    assert alone.size_bytes < both.size_bytes <= alone.size_bytes + 2 * last.engine_size_bytes


def test_what_was_built_goes_with_its_stages_and_nothing_else(world: World) -> None:
    base = world.engine.build(world.request(f"FROM {world.image}\nCOPY file /base\n"), print)
    before = world.engine.stored(world.labels).ids
    last = world.engine.build(two_stages(world, base.tags[0]), print)
    assert world.engine.built() >= {base.image_id, last.image_id}
    made = world.engine.stored(world.labels).ids - before
    assert len(made) > 1  # the first stage has no name

    gone = world.engine.remove_built(world.labels, keep=before)

    assert gone == len(made)
    assert world.engine.stored(world.labels).ids == before
    assert world.engine.image(base.tags[0]) == base
    assert world.engine.image(world.image) is not None


def test_what_was_there_before_stays_though_a_build_took_it_from_the_cache(world: World) -> None:
    base = world.engine.build(world.request(f"FROM {world.image}\nCOPY file /base\n"), print)
    request = two_stages(world, base.tags[0])
    world.engine.build(request, print)
    before = world.engine.stored(world.labels).ids
    world.engine.build(replace(request, tag=world.new_tag()), print)
    world.engine.remove_built(world.labels, keep=before)
    assert world.engine.stored(world.labels).ids == before


def test_what_was_built_stays_while_someone_uses_it(world: World) -> None:
    used = world.engine.build(world.request(f"FROM {world.image}\nCOPY file /used\n"), print)
    theirs = world.use_elsewhere(used.tags[0])
    assert world.engine.remove_built(world.labels, keep=()) == 0
    assert world.engine.image(used.tags[0]) == used
    assert world.engine.state(theirs).exit_code == 0


def test_what_was_built_under_other_labels_stays(world: World) -> None:
    built = world.engine.build(world.request(f"FROM {world.image}\nCOPY file /mine\n"), print)
    assert world.engine.remove_built({**world.labels, "absent": ""}, keep=()) == 0
    assert world.engine.image(built.tags[0]) == built
    with pytest.raises(ValueError, match="needs a label"):
        world.engine.remove_built({}, keep=())
