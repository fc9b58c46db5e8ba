"""The load tools: every answer is written down, and an open loop's arrivals don't wait."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator

import pytest
from stand_in_service import StandIn, error, listening, right_answer

from bench.service.cpus import generator_cpus
from bench.service.exchanges import Attack, Exchange, read_exchanges
from bench.service.generators import InstalledTools, Target, package_version
from bench.statistics import percentile
from builders.errors import SlimbenchError

FORMS = (b"first", b"second", b"third")
CPUS = ",".join(map(str, sorted(os.sched_getaffinity(0))))
TOOLS = InstalledTools()


@pytest.fixture(scope="module")
def wrk() -> None:
    """Debian's wrk; without it the tests are skipped, and fail when CI=true."""
    if shutil.which("wrk") is not None:
        return
    if os.environ.get("CI") == "true":
        pytest.fail("needs wrk: apt-get install wrk")
    pytest.skip("needs wrk: apt-get install wrk")


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with listening(StandIn()) as running:
        yield running


def target(stand_in: StandIn) -> Target:
    return Target(f"http://127.0.0.1:{stand_in.port}/predict?top=2", FORMS, CPUS)


def test_lines_of_the_tools_are_read_and_one_that_is_cut_off_is_not() -> None:
    lines = ['2\t10\t11\t30\t200\t{"a": 1}\n', "0\t40\t40\t50\t0\ttimed\tout\n", "1\t60\t60"]
    assert list(read_exchanges(iter(lines))) == [
        Exchange(2, 10, 11, 30, 200, '{"a": 1}'),
        Exchange(0, 40, 40, 50, 0, "timed\tout"),
    ]


@pytest.mark.process
def test_a_closed_loop_notes_every_answer(wrk: None, stand_in: StandIn) -> None:
    attack = TOOLS.closed(target(stand_in), 3, 1)
    assert {one.status for one in attack.exchanges} == {200}
    assert {one.picture for one in attack.exchanges} == {0, 1, 2}
    assert all(one.due_ns == one.sent_ns <= one.answered_ns for one in attack.exchanges)
    assert all('"class_id": 0' in one.body for one in attack.exchanges)
    # Nothing that was answered is missing, but for what was under way at the end.
    assert 0 <= stand_in.asked - len(attack.exchanges) <= 3
    assert list(attack.exchanges) == sorted(attack.exchanges, key=lambda one: one.due_ns)


@pytest.mark.process
def test_a_closed_loop_keeps_so_many_requests_under_way(wrk: None, stand_in: StandIn) -> None:
    attack = TOOLS.closed(target(stand_in), 4, 1)
    assert most_at_once(attack) == 4


@pytest.mark.process
def test_an_open_loop_keeps_its_times(stand_in: StandIn) -> None:
    attack = TOOLS.opened(target(stand_in), 50, 2)
    due = [one.due_ns for one in attack.exchanges]
    assert len(due) == stand_in.asked == 100
    assert {later - earlier for earlier, later in zip(due, due[1:])} == {20_000_000}
    assert all(one.due_ns <= one.sent_ns <= one.answered_ns for one in attack.exchanges)
    assert [one.picture for one in attack.exchanges[:4]] == [0, 1, 2, 0]
    assert {one.status for one in attack.exchanges} == {200}


@pytest.mark.process
def test_a_stall_is_seen_by_all_who_arrive_in_it(wrk: None) -> None:
    """Open loop: each arrival in the stall waits for its end, and the 99th percentile says so.

    Closed loop: the one request under way waits, and nobody else arrives: the stall is hidden.
    """
    opened, stall = attacked_with_stall(lambda running: TOOLS.opened(target(running), 150, 4))
    inside = [one for one in opened.exchanges if stall[0] <= one.due_ns < stall[1]]
    assert len(inside) >= 149
    assert all(one.answered_ns >= stall[1] for one in inside)
    closed, stall = attacked_with_stall(lambda running: TOOLS.closed(target(running), 1, 4))
    waiting = [one for one in closed.exchanges if one.due_ns < stall[1] <= one.answered_ns]
    assert len(waiting) == 1
    assert p99_ms(opened) > 900
    assert p99_ms(closed) < 100


def attacked_with_stall(attack) -> tuple[Attack, tuple[float, float]]:
    """An attack on a server that stalls for a second, and the stall in monotonic ns."""
    with listening(StandIn()) as stand_in:
        begun = time.monotonic() + 2.0
        stand_in.stall = (begun, begun + 1.0)
        found = attack(stand_in)
    return found, (begun * 1e9, (begun + 1.0) * 1e9)


def p99_ms(attack: Attack) -> float:
    found = percentile([(one.answered_ns - one.due_ns) / 1e6 for one in attack.exchanges], 0.99)
    assert found is not None
    return found


def most_at_once(attack: Attack) -> int:
    """The most requests that were under way at the same time."""
    edges = [(one.sent_ns, 1) for one in attack.exchanges]
    edges += [(one.answered_ns, -1) for one in attack.exchanges]
    under_way = most = 0
    for _, change in sorted(edges):
        under_way += change
        most = max(most, under_way)
    return most


@pytest.mark.process
@pytest.mark.parametrize("loop", ["closed", "open"])
def test_other_answers_are_noted_too(wrk: None, loop: str) -> None:
    answers = iter([error(503, "busy"), (0, ""), error(500, "x")])
    with listening(StandIn(predict=lambda top: next(answers, right_answer(top)))) as running:
        asked = target(running)
        attack = TOOLS.closed(asked, 1, 1) if loop == "closed" else TOOLS.opened(asked, 20, 1)
    statuses = [one.status for one in attack.exchanges]
    assert statuses[:3] == [503, 0, 500]
    assert set(statuses[3:]) == {200}


@pytest.mark.process
def test_where_nobody_listens_there_are_no_answers(wrk: None) -> None:
    asked = Target("http://127.0.0.1:9/predict", FORMS, CPUS)
    attack = TOOLS.opened(asked, 5, 1)
    assert [one.status for one in attack.exchanges] == [0] * 5
    assert all("ClientConnectorError" in one.body for one in attack.exchanges)
    with pytest.raises(SlimbenchError, match=r"^wrk: the load tool failed: unable to connect"):
        TOOLS.closed(asked, 1, 1)


@pytest.mark.process
def test_a_tool_that_fails_is_told(stand_in: StandIn) -> None:
    nowhere = Target(target(stand_in).url, FORMS, "4095")
    with pytest.raises(SlimbenchError, match=r"^open_loop\.py: the load tool failed: taskset: "):
        TOOLS.opened(nowhere, 5, 1)


@pytest.mark.process
def test_versions_are_told(wrk: None) -> None:
    versions = TOOLS.versions()
    assert set(versions) == {"wrk", "aiohttp"}
    assert all(version[0].isdigit() for version in versions.values())


def test_a_tool_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(SlimbenchError) as raised:
        TOOLS.versions()
    advice = "apt-get install wrk, or run install_dev_tools.sh"
    assert str(raised.value) == f"wrk isn't installed; {advice}"


def test_a_package_that_is_missing_is_named() -> None:
    with pytest.raises(SlimbenchError) as raised:
        package_version("no-such-client")
    advice = "pip install no-such-client, or run install_dev_tools.sh"
    assert str(raised.value) == f"no-such-client isn't installed; {advice}"


def test_the_tools_get_the_cpus_that_are_left() -> None:
    own = sorted(os.sched_getaffinity(0))
    others = generator_cpus(str(own[0]), one_kernel=True)
    assert (others.cpu_set, others.apart) == (
        (",".join(map(str, own[1:])), True) if len(own) > 1 else (str(own[0]), False)
    )
    assert others.count == max(len(own) - 1, 1)


def test_without_others_or_another_kernel_the_tools_get_all() -> None:
    for found in (generator_cpus("0-4095", one_kernel=True), generator_cpus("0", one_kernel=False)):
        assert (found.cpu_set, found.apart) == (CPUS, False)
