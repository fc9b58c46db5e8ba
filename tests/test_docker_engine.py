"""What only the real engine shows: limits, isolation, odd output; and words for its troubles."""

from __future__ import annotations

import http.server
import json
import os
import socket
import threading
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Optional

import docker  # noqa: TID251 - its list of errors is checked here
import pytest
import requests
import urllib3
from conftest import TEST_LABEL
from tiny_image import write_context

from builders import docker_engine
from builders.engine import BuildRequest, ContainerSpec, ContainerState, Engine, ImageInfo, Mount
from builders.engine_boundary import translating
from builders.errors import (
    EngineError,
    EngineUnavailable,
    ImageNotFound,
    RegistryUnreachable,
    SessionFailed,
    SlimbenchError,
)

# Every error of the SDK; one that is missing here came with a newer SDK and needs a decision.
BECOMES: Mapping[str, type[SlimbenchError]] = {
    "DockerException": EngineError,
    "APIError": EngineError,
    "NotFound": EngineError,
    "ImageNotFound": ImageNotFound,
    "BuildError": EngineError,
    "ContainerError": EngineError,
    "DeprecatedMethod": EngineError,
    "ImageLoadError": EngineError,
    "InvalidArgument": EngineError,
    "InvalidRepository": EngineError,
    "NullResource": EngineError,
    "StreamParseError": EngineError,
    "ContextAlreadyExists": EngineUnavailable,
    "ContextException": EngineUnavailable,
    "ContextNotFound": EngineUnavailable,
    "InvalidConfigFile": EngineUnavailable,
    "InvalidVersion": EngineUnavailable,
    "MissingContextParameter": EngineUnavailable,
    "TLSParameterError": EngineUnavailable,
}


def _sdk_errors() -> dict[str, type[Exception]]:
    return {
        name: error
        for name, error in vars(docker.errors).items()
        if isinstance(error, type) and issubclass(error, Exception)
    }


def test_no_error_of_the_sdk_is_unmapped() -> None:
    assert set(_sdk_errors()) <= set(BECOMES)


@pytest.mark.parametrize("name", sorted(BECOMES))
def test_errors_of_the_sdk_become_ours(name: str) -> None:
    kind = _sdk_errors().get(name)
    if kind is None:
        pytest.skip(f"this version of the SDK has no {name}")
    error = kind.__new__(kind)  # their constructors ask for different things
    error.args = ("the reason",)
    for attribute in ("msg", "name", "param"):
        setattr(error, attribute, "the reason")
    error.__dict__.setdefault("explanation", "the reason")
    error.__dict__.setdefault("response", None)

    words = r"thing: the engine can't do it: .*the reason"
    translated = translating(docker_engine.TRANSLATION, "do it", "thing")
    with pytest.raises(SlimbenchError, match=words) as got, translated:
        raise error

    assert type(got.value) is BECOMES[name]
    assert got.value.__cause__ is error


@pytest.mark.parametrize(
    "error",
    [
        requests.ConnectionError("broken"),
        requests.ReadTimeout("slow"),
        urllib3.exceptions.ProtocolError("cut off"),
    ],
)
def test_a_broken_connection_is_an_unavailable_engine(error: Exception) -> None:
    translated = translating(docker_engine.TRANSLATION, "list images")
    with pytest.raises(EngineUnavailable, match="check that the engine still runs"), translated:
        raise error


def test_without_a_socket_it_says_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    with pytest.raises(EngineUnavailable, match=r"none\.sock: there is no .*install_dev_tools\.sh"):
        docker_engine.connect()


def test_with_a_dead_socket_it_says_to_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "dead.sock"
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind(str(path))
    monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")
    with pytest.raises(EngineUnavailable, match=r"is not running; start it"):
        docker_engine.connect()


def test_with_nobody_listening_it_says_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{port}")
    with pytest.raises(EngineUnavailable, match=r"is not running; start it"):
        docker_engine.connect()


class _Answers(http.server.BaseHTTPRequestHandler):
    body = b""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
        """Nothing: tests stay quiet."""


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[_Answers]]:
    """A server on loopback that gives every question the same answer."""

    class Handler(_Answers):
        pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{server.server_port}")
    yield Handler
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("version", "api"), [("19.03.15", "1.40"), ("17.06.0", "1.30")])
def test_an_old_engine_is_refused(answering: type[_Answers], version: str, api: str) -> None:
    answering.body = json.dumps({"Version": version, "ApiVersion": api}).encode()
    with pytest.raises(EngineUnavailable, match=rf"{version} is too old; install .* 20\.10"):
        docker_engine.connect()


def test_an_engine_of_the_right_age_is_taken(answering: type[_Answers]) -> None:
    answering.body = json.dumps({"Version": "20.10.24+dfsg1", "ApiVersion": "1.41"}).encode()
    assert docker_engine.connect()


@pytest.mark.parametrize("body", [b"<html>a proxy's page</html>", b"{}"])
def test_something_else_than_an_engine_is_refused(answering: type[_Answers], body: bytes) -> None:
    answering.body = body
    with pytest.raises(EngineUnavailable, match="no usable engine answers"):
        docker_engine.connect()


@pytest.mark.parametrize("host", ["ftp://nowhere", "tcp://", "unix://relative/but:strange"])
def test_a_strange_address_is_refused(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("DOCKER_HOST", host)
    with pytest.raises(EngineUnavailable, match=r"DOCKER_HOST|no engine's socket"):
        docker_engine.connect()


class Bench:
    """Runs scripts in the tiny image, under labels of the test's own."""

    def __init__(self, engine: Engine, image: ImageInfo, labels: dict[str, str]) -> None:
        self.engine = engine
        self.image = image.tags[0]
        self.labels = labels

    def spec(self, script: str, **more: Any) -> ContainerSpec:
        return ContainerSpec(self.image, ("sh", "-c", script), self.labels, **more)

    def run(self, spec: ContainerSpec) -> tuple[ContainerState, str]:
        container = self.engine.create(spec)
        self.engine.start(container)
        state = self.engine.wait(container, 60)
        return state, self.engine.logs(container)


@pytest.fixture
def bench(engine: Engine, tiny_image: ImageInfo) -> Iterator[Bench]:
    labels = {TEST_LABEL: uuid.uuid4().hex}
    yield Bench(engine, tiny_image, labels)
    engine.remove_labelled(labels)


@pytest.mark.engine
def test_the_engine_describes_itself(engine: Engine) -> None:
    info = engine.info()
    assert info.version.split(".")[0].isdigit()
    assert info.cpus >= 1
    assert info.memory_bytes > 0
    assert info.cgroup_version in ("1", "2")
    if info.shares_host_kernel:
        assert info.kernel == os.uname().release


@pytest.mark.engine
def test_bytes_that_are_not_utf8_are_replaced(bench: Bench) -> None:
    lines = _lines(bench, r"printf 'a\377b\n'; printf 'no newline'")
    assert lines == ["a\N{REPLACEMENT CHARACTER}b", "no newline"]


@pytest.mark.engine
def test_a_line_of_a_million_characters_comes_whole(bench: Bench) -> None:
    script = r"head -c 1000000 /dev/zero | tr '\0' x; echo; echo after"
    assert _lines(bench, script) == ["x" * 1_000_000, "after"]


def _lines(bench: Bench, script: str) -> list[str]:
    container = bench.engine.create(bench.spec(script))
    stream = bench.engine.attach(container)
    bench.engine.start(container)
    read: list[str] = []
    while (line := stream.read_line(20)) is not None:
        read.append(line.text)
    stream.close()
    return read


@pytest.mark.engine
def test_closed_streams_keep_no_file_open(bench: Bench) -> None:
    def open_files() -> int:
        return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - the folder changes meanwhile

    _lines(bench, "echo warm")
    before = open_files()
    for _ in range(5):
        _lines(bench, "echo more")
    assert open_files() <= before


@pytest.mark.engine
def test_a_mount_is_read_only_unless_asked(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("seen")
    tmp_path.chmod(0o777)
    script = "cat /data/file; echo changed > /data/file || exit 9"
    state, output = bench.run(bench.spec(script, mounts=(Mount(tmp_path, "/data"),)))
    writable = (Mount(tmp_path, "/data", read_only=False),)
    write_state, _ = bench.run(bench.spec("echo new > /data/written", mounts=writable))

    assert state.exit_code != 0
    assert "seen" in output
    assert "Read-only file system" in output
    assert (tmp_path / "file").read_text() == "seen"
    assert write_state.exit_code == 0
    assert (tmp_path / "written").read_text() == "new\n"


@pytest.mark.engine
def test_a_missing_mount_source_is_refused_and_not_made(bench: Bench, tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    with pytest.raises(EngineError, match="missing"):
        bench.engine.create(bench.spec("true", mounts=(Mount(missing, "/data"),)))
    assert not missing.exists()


@pytest.mark.engine
def test_no_network_means_no_interface(bench: Bench) -> None:
    _, without = bench.run(bench.spec("ls /sys/class/net"))
    _, bridged = bench.run(bench.spec("ls /sys/class/net", network="bridge"))
    stubs = set(bridged.split()) - {"eth0"}  # the loopback, and what kernels show everywhere
    assert "eth0" in bridged.split()
    assert set(without.split()) == stubs


@pytest.mark.engine
def test_nothing_more_is_allowed_than_needed(bench: Bench) -> None:
    _, output = bench.run(bench.spec("cat /proc/self/status"))
    status = dict(line.split(":\t", 1) for line in output.splitlines() if ":\t" in line)
    assert int(status["CapEff"], 16) == int(status["CapBnd"], 16) == 0
    assert status["NoNewPrivs"] == "1"


@pytest.mark.engine
def test_a_read_only_file_system_lets_nothing_be_written_but_in_memory(bench: Bench) -> None:
    script = "echo a > /written; echo $?; echo b > /scratch/written && cat /scratch/written"
    _, output = bench.run(bench.spec(script, tmpfs=("/scratch",)))
    assert output.split() == ["0", "b"]
    _, output = bench.run(bench.spec(script, tmpfs=("/scratch",), read_only_root=True))
    assert "Read-only file system" in output
    assert "b" in output.split()


@pytest.mark.engine
def test_limits_are_applied(bench: Bench) -> None:
    root = "/sys/fs/cgroup"
    if bench.engine.info().cgroup_version == "1":
        files = (f"{root}/memory/memory.limit_in_bytes", f"{root}/cpuset/cpuset.cpus")
    else:
        files = (f"{root}/memory.max", f"{root}/cpuset.cpus")
    _, output = bench.run(
        bench.spec(f"cat {files[0]} {files[1]}", memory_bytes=64 * 1024**2, cpu_set="0")
    )
    assert output.split() == [str(64 * 1024**2), "0"]


@pytest.mark.engine
def test_running_out_of_memory_is_told(bench: Bench) -> None:
    hungry = r"x=$(head -c 300000000 /dev/zero | tr '\0' x); echo ${#x}"
    state, output = bench.run(bench.spec(hungry, memory_bytes=32 * 1024**2))
    assert state.oom_killed
    assert "300000000" not in output


@pytest.mark.engine
def test_environment_user_and_entrypoint_are_passed_on(bench: Bench) -> None:
    more: dict[str, Any] = {"environment": {"GREETING": "two words"}, "user": "1234"}
    entrypoint: Optional[tuple[str, ...]] = ("sh", "-c")
    script = 'echo "$GREETING"; cat /proc/self/status'
    spec = ContainerSpec(bench.image, (script,), bench.labels, entrypoint=entrypoint, **more)
    _, output = bench.run(spec)
    assert output.startswith("two words\n")
    assert "\nUid:\t1234\t" in output


@pytest.mark.engine
def test_a_named_alias_is_reached_on_our_network(bench: Bench) -> None:
    name = f"slimbench-test-{uuid.uuid4().hex}"
    bench.engine.create_network(name, bench.labels)
    spec = bench.spec("sleep 60", network=name, network_alias="wheels")
    container = bench.engine.create(spec)
    bench.engine.start(container)
    inspected = docker.APIClient(version="auto").inspect_container(container)
    assert "wheels" in inspected["NetworkSettings"]["Networks"][name]["Aliases"]
    with pytest.raises(EngineError, match="active endpoints"):
        bench.engine.remove_network(name)


@pytest.mark.engine
def test_a_container_without_input_reads_its_end(bench: Bench) -> None:
    state, output = bench.run(bench.spec("cat; echo done"))
    assert (state.exit_code, output) == (0, "done\n")


@pytest.mark.engine
def test_someone_elses_running_container_of_our_image_goes_on(
    bench: Bench, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    context = write_context(tmp_path / "c.tar", {"Dockerfile": f"FROM {bench.image}\n".encode()})
    tag = f"slimbench-test/theirs:{uuid.uuid4().hex}"
    built = bench.engine.build(BuildRequest(context, "Dockerfile", tag, bench.labels), print)
    api = docker.APIClient(version="auto")
    theirs = api.create_container(tag, ["sleep", "600"])["Id"]
    request.addfinalizer(lambda: bench.engine.remove_labelled(bench.labels))
    request.addfinalizer(lambda: api.remove_container(theirs, force=True))
    api.start(theirs)

    removed = bench.engine.remove_labelled(bench.labels)

    assert (removed.containers, removed.images) == (0, 0)
    assert bench.engine.state(theirs).running
    assert bench.engine.image(tag) == built


@pytest.mark.engine
def test_a_dockerfile_that_cannot_be_read_fails_the_build(bench: Bench, tmp_path: Path) -> None:
    context = write_context(tmp_path / "c.tar", {"Dockerfile": b"FROM scratch\nFLY away\n"})
    request = BuildRequest(context, "Dockerfile", "slimbench-test/bad:1", bench.labels)
    with pytest.raises(EngineError, match=r"(?i)unknown instruction: FLY"):
        bench.engine.build(request, print)


@pytest.mark.engine
def test_a_registry_that_does_not_answer_is_told_apart(engine: Engine) -> None:
    with pytest.raises(RegistryUnreachable, match="no registry answers"):
        engine.pull("127.0.0.1:1/nothing:1")


@pytest.mark.engine
def test_waiting_ends_in_time_when_the_container_does_not(bench: Bench) -> None:
    container = bench.engine.create(bench.spec("sleep 600"))
    bench.engine.start(container)
    with pytest.raises(SessionFailed, match=r"still runs after 0\.2 s"):
        bench.engine.wait(container, 0.2)
