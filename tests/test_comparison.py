"""Pairs told apart or not: the formulas, and how often they err on made-up runs."""

from __future__ import annotations

import math
import random
from itertools import chain, permutations

import pytest
import scipy.stats  # noqa: F401 - here, since older NumPys start lscpu when they are imported
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.comparison import Comparison, by_container, compare_all, holm, mann_whitney_p
from bench.noise_floor import NoiseFloor, noise_floor
from bench.ratio import ratio_interval, ratio_of_medians
from bench.statistics import Interval

SLOW_FIRST = settings(deadline=None, max_examples=50)  # the first example imports scipy
P_VALUES = st.lists(st.floats(0, 1), max_size=30)
NO_FLOOR = None


def a_run(seed: int, n: int, slower: dict[str, float]) -> dict[str, list[float]]:
    """Interleaved rounds of variants with the machine's noise, the last argument's apart.

    Lognormal noise of 3 %, every 50th sample 20 to 100 % too long, and a machine that drifts: its
    speed makes a random walk of 0.3 % a round, which all variants of a round share.
    """
    drawn, drift = random.Random(seed), 1.0
    samples: dict[str, list[float]] = {name: [] for name in slower}
    for _ in range(n):
        drift *= drawn.lognormvariate(0, 0.003)
        for name, factor in slower.items():
            accident = drawn.uniform(1.2, 2) if drawn.random() < 0.02 else 1
            samples[name].append(8e8 * drift * factor * accident * drawn.lognormvariate(0, 0.03))
    return samples


def compared(seed: int, n: int, slower: dict[str, float]) -> tuple[Comparison, ...]:
    """What a run with the A/A pair `a` and `a again` comes to."""
    samples = a_run(seed, n, slower)
    return compare_all(samples, noise_floor(samples["a"], samples["a again"], 1), 1, "total_ns")


def test_equal_variants_are_called_the_same():
    same = {"a": 1.0, "a again": 1.0, "b": 1.0, "c": 1.0}
    pairs = [pair for seed in range(50) for pair in compared(seed, 20, same)]
    different = [pair for pair in pairs if pair.verdict != "same"]
    assert len(pairs) == 300
    assert len(different) / len(pairs) <= 0.05


@pytest.fixture(scope="module")
def five_percent() -> list[Comparison]:
    """`b`, which takes 5 % longer, against the reference and its double, in 100 runs."""
    runs = [compared(seed, 30, {"a": 1.0, "a again": 1.0, "b": 1.05}) for seed in range(100)]
    return [pair for run in runs for pair in run if pair.candidate == "b"]


def test_a_variant_that_takes_5_percent_longer_is_called_slower(five_percent: list[Comparison]):
    verdicts = [pair.verdict for pair in five_percent]
    assert len(verdicts) == 200
    assert verdicts.count("slower") / len(verdicts) >= 0.9
    assert "faster" not in verdicts


def test_intervals_hold_the_true_ratio(five_percent: list[Comparison]):
    intervals = [pair.interval for pair in five_percent if pair.interval is not None]
    held = [interval for interval in intervals if interval.low <= 1.05 <= interval.high]
    assert len(intervals) == 200
    assert len(held) / len(intervals) >= 0.9


def test_a_comparison_says_everything():
    samples = {"fat": [100.0 + i for i in range(10)], "slim": [50.0 + i for i in range(9)]}
    (found,) = compare_all(samples, NoiseFloor(ratio=1.01, interval=Interval(0.99, 1.03)), 7, "t")
    assert (found.baseline, found.candidate, found.metric) == ("fat", "slim", "t")
    assert (found.baseline_n, found.candidate_n) == (10, 9)
    assert found.ratio == pytest.approx(54 / 104.5)
    assert found.interval is not None
    assert found.interval.low < found.ratio < found.interval.high < 1
    assert found.p_value == found.corrected_p < 0.001
    assert found.noise_floor == pytest.approx(math.sqrt(1.03 / 0.99))
    assert found.verdict == "faster"
    assert Comparison.model_validate_json(found.model_dump_json()) == found


def test_a_clear_but_small_difference_is_within_the_noise_floor():
    samples = {"a": [100 + i / 100 for i in range(20)], "b": [101 + i / 100 for i in range(20)]}
    (told,) = compare_all(samples, NO_FLOOR, 1, "t")
    assert (told.verdict, told.noise_floor) == ("slower", None)
    wide = NoiseFloor(ratio=1.0, interval=Interval(0.98, 1.02))
    (level,) = compare_all(samples, wide, 1, "t")
    assert level.corrected_p < 0.001
    assert level.verdict == "same"
    (other_way,) = compare_all({"b": samples["b"], "a": samples["a"]}, wide, 1, "t")
    assert other_way.verdict == "same"


def test_a_large_ratio_by_chance_is_the_same():
    samples = {"a": [1.0, 9, 2, 8, 3, 7, 5], "b": [2.5, 6, 1.5, 9.5, 8.5, 7.5, 9.7]}
    (found,) = compare_all(samples, NO_FLOOR, 1, "t")
    assert found.ratio == 1.5
    assert found.verdict == "same"


def test_every_pair_is_compared_once_and_in_the_order_given():
    samples = {name: [1.0 + i for i in range(8)] for name in ("c", "a", "b")}
    samples["none"] = []
    pairs = compare_all(samples, NO_FLOOR, 1, "t")
    assert [(one.baseline, one.candidate) for one in pairs] == [("c", "a"), ("c", "b"), ("a", "b")]
    assert compare_all({"a": [1.0] * 8}, NO_FLOOR, 1, "t") == ()


@pytest.mark.parametrize(("n", "verdict"), [(3, None), (4, "slower")])
def test_so_few_samples_that_nothing_could_show_have_no_verdict(n: int, verdict: object):
    # 2 of 20 orders of 3 and 3 samples set them apart, 2 of 70 of 4 and 4.
    samples = {"a": [1.0 + i for i in range(n)], "b": [11.0 + i for i in range(n)]}
    (found,) = compare_all(samples, NO_FLOOR, 1, "t")
    assert found.p_value == pytest.approx(2 / math.comb(2 * n, n))
    assert found.verdict == verdict
    assert found.interval is None


def test_more_pairs_need_more_samples():
    six = {str(name): [10.0 * name + i + 1 for i in range(6)] for name in range(8)}
    assert {pair.verdict for pair in compare_all(six, NO_FLOOR, 1, "t")} == {None}
    seven = {str(name): [10.0 * name + i + 1 for i in range(7)] for name in range(8)}
    assert {pair.verdict for pair in compare_all(seven, NO_FLOOR, 1, "t")} == {"slower"}


def test_the_p_value_is_exact_for_few_samples():
    one, other = [1.1, 2.7, 3.2, 6.0], [2.0, 5.5, 7.1]
    every = [*one, *other]

    def u(values: tuple[float, ...]) -> float:
        return sum(x > y for x in values[:4] for y in values[4:])

    middle, seen = 6, u(tuple(every))
    orders = [u(order) for order in permutations(every)]
    at_least_as_far = sum(abs(value - middle) >= abs(seen - middle) for value in orders)
    assert mann_whitney_p(one, other) == pytest.approx(at_least_as_far / len(orders))


def test_all_equal_samples_are_no_evidence():
    assert mann_whitney_p([5, 5, 5], [5, 5]) == 1
    (found,) = compare_all({"a": [5.0] * 9, "b": [5.0] * 9}, NO_FLOOR, 1, "t")
    assert (found.ratio, found.interval, found.verdict) == (1, Interval(1, 1), "same")


def test_holm_by_hand():
    # Holm's own procedure: 4 x 0.01, 3 x 0.02 = 0.06, then 2 x 0.025 may not be below it.
    assert holm([0.02, 0.01, 0.3, 0.025]) == pytest.approx((0.06, 0.04, 0.3, 0.06))
    assert holm([]) == ()


@given(P_VALUES, st.randoms())
def test_holm_lies_between_no_correction_and_bonferronis(
    values: list[float], shuffler: random.Random
):
    corrected = holm(values)
    for raw, ours in zip(values, corrected):
        assert raw <= ours <= min(1.0, len(values) * raw)
    together = list(zip(values, corrected))
    shuffler.shuffle(together)
    assert holm([raw for raw, _ in together]) == tuple(ours for _, ours in together)


DURATIONS = st.lists(st.floats(1, 1e12), min_size=6, max_size=20)


@SLOW_FIRST
@given(DURATIONS, DURATIONS)
def test_a_pair_is_judged_the_same_whichever_comes_first(one: list[float], other: list[float]):
    (forth,) = compare_all({"a": one, "b": other}, NO_FLOOR, 1, "t")
    (back,) = compare_all({"b": other, "a": one}, NO_FLOOR, 1, "t")
    assert forth.ratio == pytest.approx(1 / back.ratio)
    assert forth.p_value == pytest.approx(back.p_value)
    swapped = {"faster": "slower", "slower": "faster", "same": "same"}
    assert back.verdict == swapped[str(forth.verdict)]


def test_a_comparison_turned_round_is_that_of_the_pair_turned_round():
    samples = {"a": [100.0 + i for i in range(10)], "b": [50.0 + i for i in range(9)]}
    (forth,) = compare_all(samples, NO_FLOOR, 1, "t")
    back = forth.turned_round
    assert (back.baseline, back.candidate) == ("b", "a")
    assert (back.baseline_n, back.candidate_n) == (9, 10)
    assert (forth.verdict, back.verdict) == ("faster", "slower")
    assert back.ratio == pytest.approx(104.5 / 54)
    assert forth.interval is not None
    assert back.interval == pytest.approx((1 / forth.interval.high, 1 / forth.interval.low))
    assert back.turned_round.ratio == pytest.approx(forth.ratio)


def test_only_positive_durations_have_a_ratio():
    with pytest.raises(ValueError, match="positive"):
        ratio_of_medians([1.0, 0.0], [1.0])
    with pytest.raises(ValueError, match="positive"):
        noise_floor([1.0] * 6, [-1.0] * 6, 1)


def test_few_samples_have_no_ratio_interval_and_no_floor():
    assert ratio_interval([1.0] * 5, [1.0] * 50, 1) is None
    assert noise_floor([1.0] * 50, [1.0] * 5, 1) is None


def test_the_floor_is_what_the_pair_might_have_shown_or_did():
    quiet = NoiseFloor(ratio=1.0001, interval=Interval(0.98, 1.02))
    assert quiet.floor == pytest.approx(math.sqrt(1.02 / 0.98))
    for ratio in (1.1, 1 / 1.1):
        apart = NoiseFloor(ratio=ratio, interval=Interval(ratio * 0.99, ratio * 1.01))
        assert apart.floor == pytest.approx(1.1)


def test_a_pair_that_is_apart_raises_the_floor_for_all():
    a = [100.0 + i % 5 for i in range(20)]
    floor = noise_floor(a, [value * 1.2 for value in a], 1)
    (found,) = compare_all({"a": a, "b": [value * 1.15 for value in a]}, floor, 1, "t")
    assert found.corrected_p < 0.001
    assert found.verdict == "same"


def test_requests_of_a_container_count_once():
    assert by_container([[3.0, 1, 2], [], [10.0, 20]]) == (2, 15)


def test_requests_counted_singly_would_raise_false_alarms():
    """Each container of two identical variants has its own luck, which its requests share."""
    drawn = random.Random(3)

    def variant() -> list[list[float]]:
        luck = [drawn.lognormvariate(0, 0.03) for _ in range(10)]
        return [[1e7 * one * drawn.lognormvariate(0, 0.01) for _ in range(20)] for one in luck]

    pairs = [(variant(), variant()) for _ in range(100)]
    singly = [mann_whitney_p([*chain(*one)], [*chain(*other)]) < 0.05 for one, other in pairs]
    once = [mann_whitney_p(by_container(one), by_container(other)) < 0.05 for one, other in pairs]
    assert sum(singly) > 40
    assert sum(once) <= 10
