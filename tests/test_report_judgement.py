import pytest
from report_records import ladder_of_seven, measured, record, samples, verified

from reports.columns import JUDGED, LATENCY_P95, TOP1
from reports.image_columns import SIZE
from reports.judgement import Gain
from reports.judgement import best as best_judged
from reports.judgement import gain as gain_judged
from reports.start_columns import COLD_START, IMPORTS
from reports.verdicts import judge


def row(name="x", size_mb=100, start_ms=1000, n=20, **changes):
    made = measured(name, None, "", size_mb, start_ms, 10)
    return made.model_copy(update={"samples": samples(start_ms, 10, n=n), **changes})


def best(column, rows):
    return best_judged(column, rows, judge(record(*rows), JUDGED))


def gain(column, before, after):
    before, after = (
        one.model_copy(update={"name": name})
        for one, name in [(before, "before"), (after, "after")]
    )
    return gain_judged(column, before, after, judge(record(before, after), JUDGED))


def test_exact_values_are_the_same_only_when_equal():
    assert gain(SIZE, row(), row()) == Gain(0.0, 1.0, same=True)
    assert gain(SIZE, row(), row(size_mb=101)) == Gain(-1e6, pytest.approx(100 / 101), same=False)


@pytest.mark.parametrize(
    ("later_ms", "alike"),
    # Of 20 samples 1 ms apart: shifted by 4 ms, p is 0.053, by 5 ms 0.019.
    [(0, True), (4, True), (5, False), (-4, True), (-5, False)],
)
def test_noisy_values_are_the_same_unless_a_test_tells_them_apart(later_ms, alike):
    found = gain(COLD_START, row(), row(start_ms=1000 + later_ms))
    assert found == Gain(-later_ms, pytest.approx(1009.5 / (1009.5 + later_ms)), same=alike)


def test_too_few_samples_are_told_but_not_judged():
    assert gain(COLD_START, row(n=3), row(start_ms=500, n=3)) == Gain(
        500.0, pytest.approx(1001 / 501), same=None
    )


def test_rows_with_other_numbers_of_samples_are_not_compared():
    assert gain(COLD_START, row(), row(n=19)) is None
    assert gain(SIZE, row(), row(n=19)) is not None


def test_a_noisy_column_that_is_not_judged_has_neither_gain_nor_best():
    rows = [row("a", start_ms=1000), row("b", start_ms=2000)]
    assert gain(IMPORTS, *rows) is None
    assert best(IMPORTS, rows) == set()


def test_a_gain_is_before_minus_after_with_its_ratio():
    assert gain(SIZE, row(size_mb=300), row(size_mb=100)) == Gain(200e6, 3.0, same=False)
    assert gain(SIZE, row(size_mb=100), row(size_mb=200)) == Gain(-100e6, 0.5, same=False)


def test_a_gain_to_nothing_has_no_ratio():
    assert gain(SIZE, row(size_mb=100), row(size_mb=0)) == Gain(100e6, None, same=False)


def test_a_gain_from_an_unknown_value_is_unknown():
    assert gain(SIZE, row(image=None), row()) is None


def test_the_best_stand_together_when_they_can_not_be_told_apart():
    rows = [row("a", start_ms=1000), row("b", start_ms=1002), row("c", start_ms=1500)]
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


def test_nobody_is_best_where_not_all_compare_with_the_first():
    """Two pairs, each of its own number of samples."""
    rows = [row("a", start_ms=1500), row("b", start_ms=1000)]
    others = [row("c", start_ms=900, n=12), row("d", start_ms=2000, n=12)]
    assert best(COLD_START, [*rows, *others]) == set()


def test_the_hand_written_ladder_has_two_smallest():
    assert best(SIZE, ladder_of_seven().variants) == {"slim", "multistage"}
