"""What a killed command left is found by its maker's mark, and nobody else's is touched."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from builders.engine import ContainerSpec
from builders.fake_engine import FakeEngine
from builders.labels import KIND_SESSION, MAKER, of_kind
from builders.maker import has_ended, mark, own_mark, remove_abandoned
from builders.own_container import own_container

OWN = own_mark()[MAKER]
BOOT, NAMESPACE, PID, START = OWN.split(".")


def test_a_mark_names_boot_namespace_process_and_start() -> None:
    assert Path("/proc/sys/kernel/random/boot_id").read_text().strip() == BOOT
    assert NAMESPACE in Path("/proc/self/ns/pid").readlink().name
    assert str(os.getpid()) == PID
    assert START.isdigit()


@pytest.mark.parametrize(
    ("made_by", "ended"),
    [
        (OWN, False),
        (f"{BOOT}.{NAMESPACE}.{PID}.1", True),  # the number was given to another process
        (f"{BOOT}.{NAMESPACE}.4194305.1", True),  # above the largest number there can be
        (f"another-boot.{NAMESPACE}.{PID}.1", False),
        (f"{BOOT}.1.{PID}.1", False),  # another container's processes can't be seen
        ("", False),
        ("nonsense", False),
        (f"{BOOT}.{NAMESPACE}.x.1", False),
    ],
)
def test_only_what_surely_ended_has(made_by: str, ended: bool) -> None:
    assert has_ended(made_by) is ended


def test_without_proc_nothing_is_marked_or_judged(tmp_path: Path) -> None:
    assert mark(os.getpid(), tmp_path) == ""
    assert not has_ended(f"{BOOT}.{NAMESPACE}.4194305.1", tmp_path)


@pytest.mark.process
def test_a_process_that_was_killed_and_one_that_nobody_waited_for_have_ended() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        made_by = mark(process.pid)
        assert not has_ended(made_by)
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # a zombie now
        assert has_ended(made_by)
    assert has_ended(made_by)


def left_by(engine: FakeEngine, made_by: str) -> str:
    image = engine.add_image("some:image")
    labels = {**of_kind(KIND_SESSION), MAKER: made_by}
    return engine.create(ContainerSpec(image=image.image_id, command=(), labels=labels))


def test_what_a_killed_command_left_goes_and_a_living_one_s_stays() -> None:
    engine = FakeEngine()
    left_by(engine, f"{BOOT}.{NAMESPACE}.4194305.1")
    living = left_by(engine, OWN)
    engine.create_network("abandoned", {MAKER: f"{BOOT}.{NAMESPACE}.4194306.1"})
    assert remove_abandoned(engine) == 2
    assert engine.label_values(MAKER) == {OWN}
    assert engine.state(living) is not None
    assert remove_abandoned(engine) == 0


def test_own_containers_carry_the_mark() -> None:
    engine = FakeEngine()
    image = engine.add_image("some:image")
    spec = ContainerSpec(image=image.image_id, command=(), labels=of_kind(KIND_SESSION))
    with own_container(engine, spec):
        assert engine.label_values(MAKER) == {OWN}
