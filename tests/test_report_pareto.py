"""The front of size against p95: who is in it, whatever the noise."""

from __future__ import annotations

from itertools import combinations
from typing import Literal

from chosen_rows import rows_of, sized
from full_record import FAT, ONNX, SLIM, full_record
from hypothesis import given
from hypothesis import strategies as st
from report_records import record, variant

from bench.statistics import Interval
from bench.tails import TailComparison
from reports.pareto import beats, front, pareto
from reports.tails import Tails, judge_tails

Verdict = Literal["faster", "slower", "same"]


ROWS = {(mb, ms): sized(f"{mb}-{ms}", mb, ms) for mb in (100, 200, 300) for ms in (10, 20, 30)}


@st.composite
def judged(draw: st.DrawFn) -> Tails:
    """Up to seven variants; a pair is told apart the right way round, or isn't, or isn't judged."""
    cells = draw(st.lists(st.sampled_from(sorted(ROWS)), max_size=7))
    rows = [ROWS[c].model_copy(update={"name": f"v{n}"}) for n, c in enumerate(cells)]
    pairs = {}
    for (one, (_, one_ms)), (other, (_, other_ms)) in combinations(list(zip(rows, cells)), 2):
        verdict = draw(st.sampled_from(["apart", "same", None]))
        if verdict is None:
            continue
        apart: Verdict = "slower" if other_ms > one_ms else "faster"
        found = TailComparison(
            baseline=one.name,
            candidate=other.name,
            ratio=other_ms / one_ms,
            interval=Interval(0.5, 2),
            verdict=apart if verdict == "apart" and one_ms != other_ms else "same",
        )
        pairs[one.name, other.name] = found
        pairs[other.name, one.name] = found.turned_round
    return Tails(tuple(rows), pairs, None)


@given(judged())
def test_nobody_in_the_front_is_beaten_by_another_and_everybody_else_is(tails: Tails) -> None:
    names = front(tails)
    inside = [row for row in tails.rows if row.name in names]
    outside = [row for row in tails.rows if row.name not in names]
    assert not any(beats(one, other, tails) for one in inside for other in inside)
    assert all(any(beats(one, row, tails) for one in inside) for row in outside)
    assert bool(names) == bool(tails.rows)


@given(judged())
def test_who_beats_nobody_larger_is_never_beaten_back(tails: Tails) -> None:
    for one, other in combinations(tails.rows, 2):
        assert not (beats(one, other, tails) and beats(other, one, tails))


def test_the_smallest_that_is_fastest_too_is_the_whole_front() -> None:
    assert pareto(full_record()) == ("onnx",)


def test_a_larger_image_must_show_that_it_is_faster() -> None:
    fast, equal = sized("fast", 300, 10), sized("equal", 200, 40)
    small = sized("small", 100, 40)
    assert pareto(rows_of(fast, equal, small)) == ("small", "fast")


def test_of_equal_sizes_the_faster_one_stands_or_both_where_they_are_the_same() -> None:
    assert pareto(rows_of(sized("slow", 100, 20), sized("fast", 100, 10))) == ("fast",)
    assert pareto(rows_of(sized("a", 100, 10), sized("b", 100, 10))) == ("a", "b")


def test_what_failed_mismatched_or_was_not_measured_takes_no_part() -> None:
    failed = sized("failed", 1, 1).model_copy(update={"status": "failed"})
    untimed = sized("untimed", 1, 1).model_copy(update={"samples": ()})
    unchecked = sized("unchecked", 1, 1).model_copy(update={"verification": None})
    unknown = sized("unknown", 1, 1).model_copy(update={"image": None})
    assert pareto(rows_of(FAT, failed, untimed, unchecked, unknown)) == ("fat",)
    assert pareto(record(variant("fat"))) == ()


def test_who_was_measured_under_other_conditions_than_the_reference_takes_no_part() -> None:
    other = ONNX.model_copy(update={"runtime_threads": 2})
    assert pareto(rows_of(FAT, SLIM, other)) == ("slim",)
    failed = FAT.model_copy(update={"status": "failed"})
    assert pareto(rows_of(failed, other, SLIM)) == ("onnx",)


def test_a_round_that_was_broken_off_counts_for_nothing() -> None:
    cut = full_record().model_copy(update={"stop": None})
    longer = ONNX.model_copy(update={"samples": (*ONNX.samples, ONNX.samples[0])})
    assert judge_tails(cut.model_copy(update={"variants": (FAT, SLIM, longer)})) == judge_tails(cut)


def test_too_few_containers_beat_nobody() -> None:
    """Five containers of 40 requests: enough for a p95, too few for its interval."""
    few = [
        row.model_copy(
            update={
                "samples": tuple(
                    one.model_copy(update={"latency_ns": one.latency_ns * 4})
                    for one in row.samples[:5]
                )
            }
        )
        for row in (FAT, SLIM)
    ]
    assert pareto(rows_of(*few)) == ("slim", "fat")
