"""Collecting answers: one container, every picture, every probability."""

from __future__ import annotations

from pathlib import Path

import pytest
from session_programs import IMAGE, LIMITS, PROBS, engine_running, event, leftovers, speaking

from bench.answers import RankedClass
from bench.collect import collect_answers
from bench.mounted_pictures import mounted
from builders.engine import Mount
from builders.errors import SessionFailed


def test_collects_every_answer_in_one_container():
    engine = engine_running(speaking())
    pictures = [Path("/b/x.png"), Path("/a/y.png")]
    answers = collect_answers(engine, IMAGE, LIMITS, pictures, 2)
    assert [answer.picture for answer in answers.pictures] == ["/b/x.png", "/a/y.png"]
    assert answers.pictures[0].probs == PROBS
    assert answers.pictures[0].top == (
        RankedClass(1, 0, "class 0", 0.5),
        RankedClass(2, 1, "class 1", 0.3),
    )
    assert answers.runtime_versions == {"toy": "1.0"}
    assert answers.runtime_threads == 3
    assert len([name for name, _ in engine.calls if name == "create"]) == 1
    assert leftovers(engine) == 0


def test_a_picture_that_cant_be_answered_for_is_named():
    def reply(request):
        return event("error", id=request["id"], code="not-an-image", message="no picture")

    engine = engine_running(speaking(reply))
    with pytest.raises(SessionFailed, match=r"not-an-image: no picture while .* /data/0/x\.png"):
        collect_answers(engine, IMAGE, LIMITS, [Path("/b/x.png")], 2)
    assert leftovers(engine) == 0


def test_folders_are_mounted_once_each_and_read_only(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    found = mounted([one / "a.png", two / "a.png", one / "b.png"])
    assert found.mounts == (Mount(one, "/data/0"), Mount(two, "/data/1"))
    assert all(mount.read_only for mount in found.mounts)
    assert found.inside == ("/data/0/a.png", "/data/1/a.png", "/data/0/b.png")


def test_links_are_followed_on_the_host(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "cat.png").touch()
    (tmp_path / "link.png").symlink_to(tmp_path / "real" / "cat.png")
    found = mounted([tmp_path / "link.png"])
    assert found.mounts == (Mount(tmp_path / "real", "/data/0"),)
    assert found.inside == ("/data/0/cat.png",)
