import pytest
from report_records import ladder_of_seven, measured, samples, verified

from reports.columns import COLD_START, LATENCY_P95, TOP1
from reports.image_columns import SIZE
from reports.judgement import Gain, best, gain, same


def row(name="x", size_mb=100, start_ms=1000, n=10, **changes):
    made = measured(name, None, "", size_mb, start_ms, 10)
    return made.model_copy(update={"samples": samples(start_ms, 10, n=n), **changes})


def test_exact_values_are_the_same_only_when_equal():
    assert same(SIZE, row(), row()) is True
    assert same(SIZE, row(), row(size_mb=101)) is False


@pytest.mark.parametrize(
    ("later_ms", "expected"),
    # ten samples a, a+1, ... a+9: the interval of the median is a+1 to a+8
    [(0, True), (7, True), (8, False), (-7, True), (-8, False)],
)
def test_noisy_values_are_the_same_while_their_intervals_touch(later_ms, expected):
    assert same(COLD_START, row(start_ms=1000), row(start_ms=1000 + later_ms)) is expected


def test_too_few_samples_can_not_be_judged():
    assert same(COLD_START, row(), row(n=3)) is None
    assert gain(COLD_START, row(), row(n=3)) is None


def test_a_gain_is_before_minus_after_with_its_ratio():
    assert gain(SIZE, row(size_mb=300), row(size_mb=100)) == Gain(200e6, 3.0, same=False)
    assert gain(SIZE, row(size_mb=100), row(size_mb=200)) == Gain(-100e6, 0.5, same=False)


def test_a_gain_to_nothing_has_no_ratio():
    assert gain(SIZE, row(size_mb=100), row(size_mb=0)) == Gain(100e6, None, same=False)


def test_a_gain_from_an_unknown_value_is_unknown():
    assert gain(SIZE, row(image=None), row()) is None


def test_the_best_stand_together_when_they_can_not_be_told_apart():
    rows = [row("a", start_ms=1000), row("b", start_ms=1005), row("c", start_ms=1500)]
    assert best(COLD_START, rows) == {"a", "b"}


def test_nobody_is_best_where_nobody_is_worse():
    assert best(SIZE, [row("a"), row("b")]) == set()
    assert best(SIZE, []) == set()


def test_neither_direction_is_best_where_none_is_better():
    assert best(LATENCY_P95, [row("a"), row("b", start_ms=2)]) == set()
    assert best(TOP1, [row("a"), row("b", verification=verified(agreeing=3))]) == set()


@pytest.mark.parametrize(
    "unfit",
    [
        {"status": "failed"},
        {"verification": None},
        {"verification": verified(reason="00.png: other classes")},
        {"image": None},
    ],
    ids=["failed", "not verified", "wrong answers", "not inspected"],
)
def test_only_a_variant_that_answers_rightly_can_be_best(unfit):
    rows = [row("a", 300), row("b", 200), row("small", 1, **unfit)]
    assert best(SIZE, rows) == {"b"}


def test_a_single_lucky_start_is_not_best():
    rows = [row("a", start_ms=1500), row("b", start_ms=1000), row("lucky", start_ms=300, n=1)]
    assert best(COLD_START, rows) == {"b"}


def test_the_hand_written_ladder_has_two_smallest():
    assert best(SIZE, ladder_of_seven().variants) == {"slim", "multistage"}
