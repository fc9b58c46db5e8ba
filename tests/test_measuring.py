"""The rounds on the in-memory engine: their order, their end, what drops out and what goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import scipy.stats  # noqa: F401 - here, since older NumPys start lscpu when they are imported
from session_programs import PROBS, good_start, result, right_reply, saying, speaking
from whole_line import Line, by_name

from bench import outages, page_cache
from bench.page_cache import CacheDrop
from bench.record_types import Record
from bench.rounds import rounds
from builders.engine import ContainerSpec
from builders.errors import ConfigurationError, EngineUnavailable
from builders.fake_container import Ending, Program, Wait
from builders.labels import KIND, KIND_SESSION, VARIANT

BEFORE_ROUNDS = (
    4  # containers: verifying asks the reference, big and small; measuring the reference
)
AGAIN = "big (again)"


@pytest.fixture
def line(tmp_path: Path) -> Line:
    return Line(tmp_path)


def places(record: Record) -> list[tuple[int, int, str]]:
    """Round, position and name of every sample, in the order in which they were taken."""
    rows = [*record.variants, *([record.again] if record.again else [])]
    return sorted((one.round, one.position, row.name) for row in rows for one in row.samples)


def planned(record: Record, count: int) -> list[tuple[int, int, str]]:
    orders = rounds(record.sampled, count, record.conditions.seed)
    return [
        (number, position, name)
        for number, order in enumerate(orders)
        for position, name in enumerate(order)
    ]


def later(program: Program, after: int) -> Program:
    """Speaks rightly so many times, then runs the program."""
    good = speaking()
    runs = iter(range(10**6))

    def either(spec: ContainerSpec) -> Any:
        return good(spec) if next(runs) < after else program(spec)

    return either


def only_once(program: Program, at: int) -> Program:
    """Runs the program in the container of this number, and speaks rightly in all others."""
    good = speaking()
    numbers = count(1)

    def either(spec: ContainerSpec) -> Any:
        return program(spec) if next(numbers) == at else good(spec)

    return either


def test_rounds_are_taken_in_the_seeded_order(line: Line) -> None:
    record = line.run(fewest_cold_starts=5, most_cold_starts=5)
    assert record.sampled == ("big", "small")
    assert places(record) == planned(record, 5)
    created = [call[1] for call in line.small.engine.calls if call[0] == "create"][-10:]
    images = {rows.build.image_id: name for name, rows in by_name(record).items() if rows.build}
    taken = [images[spec.image] for spec in created]  # type: ignore[attr-defined]
    assert taken == [name for _, _, name in planned(record, 5)]
    assert record.measured_s > 0
    assert record.load1 is not None


def test_the_reference_may_take_part_twice(line: Line) -> None:
    record = line.run(reference_twice=True)
    assert [row.name for row in record.variants] == ["big", "small"]
    assert record.again is not None
    assert (record.again.name, record.again.status) == (AGAIN, "measured")
    assert record.sampled == ("big", "small", AGAIN)
    assert places(record) == planned(record, 2)
    assert record.conditions.reference_twice
    assert record.again.samples != by_name(record)["big"].samples
    assert line.run().again is None


def test_a_failing_second_reference_leaves_the_first(line: Line) -> None:
    line.programs["big"] = only_once(saying(("stderr", "out of luck"), ending=3), at=5)
    record = line.run(reference_twice=True)
    second = [name for _, _, name in planned(record, 2) if name != "small"][1]
    ended = {row.name: row for row in (*record.variants, record.again) if row}
    assert {name for name, row in ended.items() if row.status == "failed"} == {second}
    assert "out of luck" in ended[second].reason
    assert ended["small"].status == "measured"


def test_it_stops_when_all_medians_are_precise(line: Line) -> None:
    record = line.run(fewest_cold_starts=6, most_cold_starts=40, precision=1.0)
    assert record.stop is not None
    assert record.stop.reason == "precise"
    assert record.stop.samples == len(record.variants[0].samples) >= 6
    assert line.told == [record.stop.sentence]
    assert set(record.stop.half_widths) == {"big", "small"}


def test_it_stops_at_the_most(line: Line) -> None:
    record = line.run()
    assert record.stop is not None
    assert (record.stop.reason, record.stop.samples) == ("most rounds", 2)


def test_no_round_begins_when_time_is_up(line: Line) -> None:
    record = line.run(fewest_cold_starts=50, most_cold_starts=50, max_time_s=1e-6)
    assert record.stop is not None
    assert (record.stop.reason, record.stop.samples) == ("out of time", 0)
    assert {row.status for row in record.variants} == {"verified"}
    record = line.run(fewest_cold_starts=50, most_cold_starts=50, max_time_s=0.05)
    assert record.stop is not None
    assert record.stop.reason == "out of time"
    assert 0 < record.stop.samples < 50
    assert places(record) == planned(record, record.stop.samples)


def test_what_is_watched_is_what_happens(line: Line) -> None:
    record = line.run(fewest_cold_starts=3, most_cold_starts=3)
    names = [standing.name for standing in line.watched]
    orders = rounds(record.sampled, 3, 1)
    assert names == [name for order in orders for name in (*order, "")]
    assert [len(standing.rows) for standing in line.watched] == [2] * 9
    assert all(0 <= standing.share <= 1 for standing in line.watched)
    counts = [sum(len(row.samples) for row in standing.rows) for standing in line.watched]
    assert counts == [0, 1, 2, 2, 3, 4, 4, 5, 6]
    assert line.watched[-1].decision.reason == "most rounds"


HANGS = saying(*good_start(), Wait.FOREVER)
OUT_OF_MEMORY = saying(good_start()[0], ending=Ending(137, oom_killed=True))
GARBAGE = speaking(lambda request: "\x00 no JSON" if "path" in request else right_reply(request))


@pytest.mark.parametrize(
    ("program", "told"),
    [
        (HANGS, "it wrote no line within 60 s while answering predict"),
        (OUT_OF_MEMORY, "ended with exit code 137 (out of memory at 2 GiB) while getting ready"),
        (GARBAGE, "no JSON' where result was due while answering predict"),
        (saying(*good_start(), ending=139), "ended with exit code 139 (SIGSEGV)"),
    ],
)
def test_one_that_breaks_off_keeps_what_was_measured_and_the_others_go_on(
    line: Line, program: Program, told: str
) -> None:
    line.programs["small"] = later(program, after=3)  # verified, and two rounds
    record = line.run(fewest_cold_starts=4, most_cold_starts=4)
    rows = by_name(record)
    assert (rows["small"].status, rows["small"].failed_step) == ("failed", "measure")
    assert told in rows["small"].reason
    assert len(rows["small"].samples) == 2
    assert (rows["big"].status, len(rows["big"].samples)) == ("measured", 4)
    assert record.stop is not None
    assert set(record.stop.half_widths) == {"big"}


def test_a_wrong_answer_in_a_timed_request_voids_the_timing(line: Line) -> None:
    def reply(request: dict[str, Any]) -> str:
        wrong = request["id"] == 6  # the third counted request; stats was the second of all
        return (
            result(request, (0.2, 0.3, 0.5) if wrong else PROBS)
            if "path" in request
            else (right_reply(request))
        )

    line.programs["small"] = later(speaking(reply), after=3)
    rows = by_name(line.run(fewest_cold_starts=4, most_cold_starts=4))
    assert (rows["small"].status, rows["small"].samples) == ("failed", ())
    assert rows["small"].reason.startswith("2.png: request 5 was answered wrong: ")
    expected, got = "class 0 (class 0) with 0.500000", "class 2 (class 2) with 0.500000"
    assert f"expected {expected}, got {got}" in rows["small"].reason
    assert len(rows["big"].samples) == 4


def test_where_the_page_cache_cannot_be_emptied_every_row_says_so(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = CacheDrop(dropped=False, reason="only root may empty the page cache")
    monkeypatch.setattr(page_cache, "drop_page_cache", lambda one_kernel: refused)
    record = line.run(page_cache="cold")
    assert record.conditions.page_cache == "cold"
    for row in record.variants:
        assert (row.status, row.failed_step, row.samples) == ("failed", "measure", ())
        assert "only root may empty the page cache; measure with `--cache warm`" in row.reason
    assert record.stop is not None
    assert record.stop.reason == "nobody left"


class Ended(BaseException):
    """Stands for a kill: nothing of ours runs after it but what cleans up."""


def ending_at(number: int) -> Callable[[int], None]:
    def trouble(started: int) -> None:
        if started == number:
            raise Ended

    return trouble


ALL = BEFORE_ROUNDS + 3 * 4


@pytest.mark.parametrize("number", range(1, ALL + 1))
def test_a_run_that_was_broken_off_goes_on(line: Line, number: int) -> None:
    asked = {"fewest_cold_starts": 4, "most_cold_starts": 4, "reference_twice": True}
    line.trouble = ending_at(number)
    with pytest.raises(Ended):
        line.run(**asked)  # type: ignore[arg-type]
    before = line.saved()
    assert places(before) == planned(before, 4)[: max(number - BEFORE_ROUNDS - 1, 0)]
    line.trouble = ending_at(0)
    already = line.started
    record = line.run(resume=True, **asked)  # type: ignore[arg-type]
    assert places(record) == planned(record, 4)
    for row in before.variants:
        assert by_name(record)[row.name].samples[: len(row.samples)] == row.samples
    if before.sampled:
        assert (record.started_at, record.sampled) == (before.started_at, before.sampled)
        assert line.started - already == 1 + len(planned(record, 4)) - len(places(before))
    assert record.measured_s > before.measured_s
    assert {row.status for row in record.variants} == {"measured"}


def test_broken_off_again_and_again(line: Line) -> None:
    asked = {"fewest_cold_starts": 5, "most_cold_starts": 5}
    kept = 0
    for number in range(30):
        line.trouble = ending_at(line.started + 2 + number % 3)
        try:
            record = line.run(resume=True, **asked)  # type: ignore[arg-type]
        except Ended:
            assert len(places(line.saved())) >= kept
            kept = len(places(line.saved()))
        else:
            break
    else:
        pytest.fail("it never ended")
    assert places(record) == planned(record, 5)


def test_a_finished_run_has_nothing_to_go_on_with(line: Line) -> None:
    first = line.run()
    started = line.started
    assert line.run(resume=True) == first
    assert line.started == started
    assert line.told[-1].startswith("nothing is left to measure; the last run stopped after 2 ro")


def test_without_resume_it_begins_anew(line: Line) -> None:
    line.trouble = ending_at(BEFORE_ROUNDS + 3)
    with pytest.raises(Ended):
        line.run(fewest_cold_starts=4, most_cold_starts=4)
    half = line.saved()
    line.trouble = ending_at(0)
    record = line.run(fewest_cold_starts=4, most_cold_starts=4)
    assert places(record) == planned(record, 4)
    first = [by_name(one)["big"].samples[0] for one in (half, record)]
    assert first[0] != first[1]


def halfway(line: Line) -> None:
    line.trouble = ending_at(BEFORE_ROUNDS + 3)
    with pytest.raises(Ended):
        line.run(fewest_cold_starts=4, most_cold_starts=4)
    line.trouble = ending_at(0)


SAME = {"fewest_cold_starts": 4, "most_cold_starts": 4}


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({**SAME, "precision": 0.5}, "precision was 0.02 and is 0.5 now"),
        ({**SAME, "page_cache": "cold"}, "page cache was warm and is cold now"),
        ({}, "fewest cold starts was 4 and is 2 now"),
    ],
)
def test_it_goes_on_only_under_the_same_conditions(
    line: Line, other: dict[str, object], told: str
) -> None:
    halfway(line)
    before = line.saved()
    with pytest.raises(ConfigurationError) as caught:
        line.run(resume=True, **other)  # type: ignore[arg-type]
    expected = f"the last run can't go on: {told}; without --resume it begins anew"
    assert str(caught.value) == expected
    assert line.saved() == before


def test_it_goes_on_only_with_the_same_matrix(line: Line) -> None:
    halfway(line)
    matrix = line.small.root / "variants.yaml"
    matrix.write_text(matrix.read_text().replace("warmups: 1", "warmups: 2"))
    with pytest.raises(ConfigurationError, match="can't go on: the matrix has changed since; with"):
        line.run(resume=True, **SAME)  # type: ignore[arg-type]


def test_it_goes_on_only_with_the_same_variants(line: Line) -> None:
    halfway(line)
    told = "it measured big, small, and big are selected now"
    with pytest.raises(ConfigurationError, match=told):
        line.run("big", resume=True, **SAME)  # type: ignore[arg-type]


def test_it_goes_on_only_on_the_same_machine(line: Line) -> None:
    halfway(line)
    record = line.saved()
    other = record.environment.model_copy(update={"kernel": "5.0"})
    path = line.small.workspace.record
    path.write_text(record.model_copy(update={"environment": other}).model_dump_json())
    with pytest.raises(ConfigurationError, match=r"kernel was 5\.0 and is 6\.1\.0 now"):
        line.run(resume=True, **SAME)  # type: ignore[arg-type]


def test_it_goes_on_only_with_the_same_images(line: Line) -> None:
    halfway(line)
    line.small.engine.remove_labelled({VARIANT: "small"})
    told = "small: the last run can't go on: its image is gone; without --resume it begins anew"
    with pytest.raises(ConfigurationError, match=f"^{told}$"):
        line.run(resume=True, **SAME)  # type: ignore[arg-type]


def test_a_variant_that_was_rebuilt_meanwhile_keeps_the_run_from_going_on(line: Line) -> None:
    halfway(line)
    with (line.small.root / "dockerfiles" / "small.Dockerfile").open("a") as stream:
        stream.write("RUN strip\n")
    line.run(last="build")
    with pytest.raises(ConfigurationError, match=r"^small: .* it was built anew since; without"):
        line.run(resume=True, **SAME)  # type: ignore[arg-type]


def test_a_variant_that_failed_stays_out_when_the_run_goes_on(line: Line) -> None:
    line.programs["small"] = later(HANGS, after=2)
    line.trouble = ending_at(BEFORE_ROUNDS + 6)
    with pytest.raises(Ended):
        line.run(**SAME)  # type: ignore[arg-type]
    assert by_name(line.saved())["small"].status == "failed"
    line.trouble = ending_at(0)
    line.programs["small"] = speaking()
    record = line.run(resume=True, **SAME)  # type: ignore[arg-type]
    rows = by_name(record)
    assert (rows["small"].status, len(rows["small"].samples)) == ("failed", 1)
    orders = rounds(record.sampled, 4, 1)
    assert [one.position for one in rows["big"].samples] == [order.index("big") for order in orders]


class Outage:
    """An engine that is away from one call on, and back after so many questions who it is."""

    def __init__(self, line: Line, monkeypatch: pytest.MonkeyPatch, answers_after: int) -> None:
        self.away = False
        self._asked = 0
        self._answers_after = answers_after
        engine = line.small.engine
        for name in ("create", "attach", "start", "wait", "state", "remove", "remove_labelled"):
            monkeypatch.setattr(engine, name, self._unless_away(getattr(engine, name)))
        info = engine.info
        monkeypatch.setattr(engine, "info", lambda: self._asking(info))
        monkeypatch.setattr(outages, "PAUSE_S", 0)
        monkeypatch.setattr(outages, "OUTAGE_S", 0.2)

    def _unless_away(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any) -> Any:
            if self.away:
                raise EngineUnavailable("the engine is not running")
            return method(*arguments)

        return called

    def _asking(self, info: Callable[[], Any]) -> Any:
        if self.away:
            self._asked += 1
            if self._asked <= self._answers_after:
                raise EngineUnavailable("the engine is not running")
            self.away = False
        return info()


def test_an_engine_that_dies_during_a_sample_fails_that_row_and_the_others_go_on(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    outage = Outage(line, monkeypatch, answers_after=3)

    def dies(spec: ContainerSpec) -> Iterator[Any]:
        yield from good_start()
        outage.away = True
        yield Wait.FOREVER

    line.programs["small"] = later(dies, after=2)
    record = line.run(fewest_cold_starts=3, most_cold_starts=3)
    rows = by_name(record)
    assert (rows["small"].status, rows["small"].failed_step) == ("failed", "measure")
    assert rows["small"].reason == "the engine went away while it was measured"
    assert len(rows["small"].samples) == 1
    assert (rows["big"].status, len(rows["big"].samples)) == ("measured", 3)
    assert "the engine doesn't answer; waiting for it" in line.told


def test_a_sample_whose_container_was_never_made_is_taken_once_the_engine_is_back(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    outage = Outage(line, monkeypatch, answers_after=3)
    create = line.small.engine.create
    calls = iter(range(10**6))

    def creating(spec: ContainerSpec) -> str:
        outage.away = outage.away or next(calls) == BEFORE_ROUNDS + 2
        return create(spec)

    line.run(last="verify")
    monkeypatch.setattr(line.small.engine, "create", creating)
    record = line.run(fewest_cold_starts=3, most_cold_starts=3)
    assert {row.status for row in record.variants} == {"measured"}
    assert places(record) == planned(record, 3)
    assert "the engine doesn't answer; waiting for it" in line.told


def test_an_engine_that_does_not_come_back_ends_the_run_which_can_go_on_later(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    outage = Outage(line, monkeypatch, answers_after=10**9)

    def trouble(number: int) -> None:
        if number == BEFORE_ROUNDS + 4:
            outage.away = True

    line.trouble = trouble
    with pytest.raises(EngineUnavailable) as caught:
        line.run(**SAME)  # type: ignore[arg-type]
    assert caught.value.exit_code == 4
    before = line.saved()
    assert len(places(before)) == 3
    outage.away = False
    line.small.engine.remove_labelled({KIND: KIND_SESSION})  # as the next command would
    record = line.run(resume=True, **SAME)  # type: ignore[arg-type]
    assert places(record) == planned(record, 4)


def test_what_cannot_be_told_from_others_is_not_claimed(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outages, "own_mark", dict)
    assert outages.remove_own(line.small.engine)


def test_a_record_can_be_read_at_any_moment_of_a_run(line: Line) -> None:
    line.run(fewest_cold_starts=3, most_cold_starts=3, reference_twice=True)
    assert len(line.seen) == BEFORE_ROUNDS + 9
    for number, record in enumerate(line.seen):
        assert len(places(record)) == max(number - BEFORE_ROUNDS, 0)
        assert record.stop is None
