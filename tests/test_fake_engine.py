"""What only the fake can do: programs as scripts, a registry in memory, a list of all calls."""

from __future__ import annotations

import io
import itertools
import json
import tarfile
from collections.abc import Generator
from pathlib import Path
from typing import Optional

import pytest
from tiny_image import write_context

from builders.engine import BuildRequest, ContainerSpec
from builders.errors import EngineError, ImageNotFound, RegistryUnreachable, SessionFailed
from builders.fake_container import Ending, Output, Wait
from builders.fake_engine import FakeEngine
from builders.fake_images import FakeImage

DIGEST = "registry.example/python@sha256:" + "0" * 64


def session(spec: ContainerSpec) -> Generator[Output, Optional[str], int]:
    """Answers each line, and reports the end of its input."""
    yield "ready"
    yield ("stderr", f"threads {spec.environment.get('THREADS')}")
    while (line := (yield Wait.LINE)) is not None:
        yield f"answer to {line}"
    yield "bye"
    return 0


def killed_for_memory(spec: ContainerSpec) -> Generator[Output, Optional[str], Ending]:
    yield "working"
    return Ending(exit_code=137, oom_killed=True)


def test_a_session_is_scripted() -> None:
    engine = FakeEngine({"app": session}, clock=itertools.count(1).__next__)
    engine.add_image("app")
    spec = ContainerSpec("app", (), {}, interactive=True, environment={"THREADS": "1"})
    container = engine.create(spec)
    stream = engine.attach(container)
    engine.start(container)
    stream.write_line("question")
    stream.close_input()

    lines = [stream.read_line(0) for _ in range(5)]

    assert [line and (line.stream, line.text, line.received_ns) for line in lines] == [
        ("stdout", "ready", 1),
        ("stderr", "threads 1", 2),
        ("stdout", "answer to question", 3),
        ("stdout", "bye", 4),
        None,
    ]


def test_a_program_is_found_by_any_name_of_its_image() -> None:
    engine = FakeEngine({"app": session})
    image = engine.add_image("app")
    by_id = engine.create(ContainerSpec(image.image_id, (), {}))
    engine.start(by_id)
    assert engine.wait(by_id, 0).exit_code == 0
    assert engine.logs(by_id).splitlines()[-1] == "bye"


def test_an_ending_says_more_than_an_exit_code() -> None:
    engine = FakeEngine({"app": killed_for_memory})
    engine.add_image("app")
    container = engine.create(ContainerSpec("app", (), {}))
    engine.start(container)
    state = engine.state(container)
    assert (state.oom_killed, state.exit_code, state.running) == (True, 137, False)


def test_input_that_was_never_opened_takes_no_line() -> None:
    engine = FakeEngine({"app": session})
    engine.add_image("app")
    stream = engine.attach(engine.create(ContainerSpec("app", (), {})))
    with pytest.raises(SessionFailed, match="image app: its standard input is closed"):
        stream.write_line("question")


def test_a_closed_stream_has_ended() -> None:
    engine = FakeEngine({"app": session})
    engine.add_image("app")
    container = engine.create(ContainerSpec("app", (), {}, interactive=True))
    stream = engine.attach(container)
    engine.start(container)
    stream.close()
    assert stream.read_line(0) is None


def test_without_a_registry_nothing_is_pulled() -> None:
    with pytest.raises(RegistryUnreachable, match=DIGEST):
        FakeEngine().pull(DIGEST)


def test_a_registry_holds_what_it_was_given() -> None:
    engine = FakeEngine(registry={DIGEST: FakeImage(labels={"a": "b"})})
    pulled = engine.pull(DIGEST)
    assert pulled.repo_digests == (DIGEST,)
    assert pulled.tags == ()
    assert engine.image(DIGEST) == pulled
    assert engine.images({"a": ""}) == ()  # it has no tag
    with pytest.raises(ImageNotFound, match="registry holds no such image"):
        engine.pull("registry.example/other:1")


def test_calls_tell_what_was_asked(tmp_path: Path) -> None:
    engine = FakeEngine({"app": session})
    context = write_context(tmp_path / "c.tar", {"Dockerfile": b"FROM scratch\nCOPY a /a\n"})
    request = BuildRequest(context, "Dockerfile", "app", {"ours": "1"})
    engine.build(request, print)
    spec = ContainerSpec("app", (), {})
    container = engine.create(spec)
    engine.start(container)
    engine.remove(container)
    engine.remove_labelled({"ours": ""})

    assert engine.calls == [
        ("build", request),
        ("create", spec),
        ("start", container),
        ("remove", container),
        ("remove_labelled", {"ours": ""}),
    ]


def test_stages_refer_to_each_other_and_layers_to_their_steps(tmp_path: Path) -> None:
    text = (
        b"# comment\nFROM scratch AS one\nRUN a \\\n  && b\n"
        b'FROM one as two\nCOPY x /x\nUSER 7\nENTRYPOINT ["run", "it"]\nLABEL k=v\n'
    )
    context = write_context(tmp_path / "c.tar", {"sub/Dockerfile": text})
    engine = FakeEngine()
    built = engine.build(BuildRequest(context, "sub/Dockerfile", "app", {}), print)
    assert [entry.empty for entry in built.history] == [False, False, True, True, True]
    assert (built.user, built.entrypoint, built.labels) == ("7", ("run", "it"), {"k": "v"})
    assert built.tags == ("app:latest",)
    assert built.engine_size_bytes > 0


def test_a_step_before_any_base_fails(tmp_path: Path) -> None:
    context = write_context(tmp_path / "c.tar", {"Dockerfile": b"RUN true\n"})
    with pytest.raises(EngineError, match="no build stage"):
        FakeEngine().build(BuildRequest(context, "Dockerfile", "app", {}), print)


def test_a_saved_image_holds_the_files_it_was_given() -> None:
    engine = FakeEngine()
    engine.add_image("app", layers=[{"bin/sh": b"shell"}, {"etc/x": b"y"}])
    with tarfile.open(fileobj=io.BytesIO(b"".join(engine.save(["app"])))) as saved:
        manifest = json.load(saved.extractfile("manifest.json") or io.BytesIO())
        first = saved.extractfile(manifest[0]["Layers"][0]) or io.BytesIO()
        with tarfile.open(fileobj=io.BytesIO(first.read())) as layer:
            assert layer.getnames() == ["bin/sh"]


def test_a_moved_tag_leaves_the_older_image_without_a_name() -> None:
    engine = FakeEngine()
    older = engine.add_image("app", layers=[{"a": b"1"}], labels={"ours": "1"})
    newer = engine.add_image("app", layers=[{"a": b"2"}], labels={"ours": "1"})
    found = engine.image(older.image_id)
    assert found is not None
    assert found.tags == ()
    assert engine.images({"ours": "1"}) == (newer,)
