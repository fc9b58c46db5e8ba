from __future__ import annotations

import math
import random
import statistics

import numpy
import pytest
import scipy.stats  # noqa: F401 - here, since older NumPys start lscpu when they are imported
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bench.statistics import (
    Interval,
    bootstrap_interval,
    carried,
    median,
    median_interval,
    modified_z_scores,
    outliers,
    percentile,
    relative_half_width,
)

SAMPLES = st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=60)
MANY = st.lists(st.floats(-1e9, 1e9), min_size=50, max_size=120)


@given(SAMPLES)
def test_the_median_is_that_of_the_standard_library(samples: list[float]):
    assert median(samples) == pytest.approx(statistics.median(samples), abs=1e-6)


def test_the_median_of_whole_nanoseconds_is_exact():
    assert median([3, 1, 2]) == 2
    assert median([5]) == 5


def test_no_samples_have_no_median():
    with pytest.raises(ValueError, match="no samples"):
        median([])


@settings(deadline=None)  # numpy's first call takes its time
@given(MANY, st.floats(0.1, 0.9))
def test_a_percentile_is_numpys_linear_one(samples: list[float], q: float):
    ours = percentile(samples, q)
    assert ours == pytest.approx(float(numpy.percentile(samples, 100 * q)), rel=1e-9, abs=1e-6)


@pytest.mark.parametrize(
    ("q", "enough"), [(0.5, 1), (0.75, 20), (0.9, 50), (0.95, 100), (0.99, 500), (0.05, 100)]
)
def test_a_percentile_needs_five_samples_expected_beyond_it(q: float, enough: int):
    assert carried(q, enough)
    assert not carried(q, enough - 1)
    assert percentile(range(enough), q) is not None
    assert percentile(range(enough - 1), q) is None


def test_no_samples_have_no_percentile():
    assert percentile([], 0.5) is None


@pytest.mark.parametrize("q", [0, 1, 95, -0.5, math.nan])
def test_a_quantile_lies_between_0_and_1(q: float):
    with pytest.raises(ValueError, match="between 0 and 1"):
        percentile(range(1000), q)


@given(SAMPLES, st.randoms())
def test_the_order_of_the_samples_does_not_matter(samples: list[float], shuffler: random.Random):
    shuffled = list(samples)
    shuffler.shuffle(shuffled)
    assert median(shuffled) == median(samples)
    assert percentile(shuffled, 0.9) == percentile(samples, 0.9)
    assert median_interval(shuffled) == median_interval(samples)


@pytest.mark.parametrize(
    ("n", "ranks"),
    # Ranks of the 95 % interval as tables of the sign test have them.
    [(6, (1, 6)), (8, (1, 8)), (9, (2, 8)), (10, (2, 9)), (20, (6, 15)), (100, (40, 61))],
)
def test_the_interval_has_the_tabulated_ranks(n: int, ranks: tuple[int, int]):
    assert median_interval(range(1, n + 1)) == ranks


@pytest.mark.parametrize("n", range(6))
def test_fewer_than_six_samples_carry_no_interval(n: int):
    assert median_interval(range(n)) is None


@given(st.integers(6, 80), st.floats(0.5, 0.99))
def test_the_interval_covers_what_it_promises_and_no_wider_one_is_taken(n: int, confidence: float):
    interval = median_interval(range(1, n + 1), confidence)
    assume(interval is not None)
    rank = int(interval.low)
    assert int(interval.high) == n + 1 - rank
    assert coverage(n, rank) >= confidence - 1e-12
    assert rank == n // 2 or coverage(n, rank + 1) < confidence


def coverage(n: int, rank: int) -> float:
    """P(the median lies between the rank-th smallest and largest), summed the other way round."""
    return sum(math.comb(n, below) for below in range(rank, n - rank + 1)) / 2**n


@given(st.lists(st.floats(-1e9, 1e9), min_size=6, max_size=60))
def test_the_interval_encloses_the_samples_median(samples: list[float]):
    interval = median_interval(samples)
    assert interval is not None
    assert interval.low - 1e-6 <= median(samples) <= interval.high + 1e-6
    assert {interval.low, interval.high} <= set(samples)


def test_many_samples_do_not_overflow():
    interval = median_interval(range(1, 5001))
    assert interval is not None
    # The normal approximation: half the samples, less 1.96 times half their number's root.
    assert interval.low == pytest.approx(2500 - 1.96 * math.sqrt(5000) / 2, abs=1.5)


def test_intervals_cover_the_median_as_often_as_they_say():
    drawn = random.Random(20240612)
    runs = [median_interval([drawn.expovariate(1) for _ in range(15)]) for _ in range(2000)]
    covered = sum(run is not None and run.low <= math.log(2) <= run.high for run in runs)
    assert covered / len(runs) >= 0.95


def noisy(n: int, seed: int = 7) -> list[float]:
    drawn = random.Random(seed)
    return [100 * drawn.lognormvariate(0, 0.05) for _ in range(n)]


def test_a_bootstrap_interval_is_the_same_each_time_whatever_the_order():
    samples = noisy(20)
    interval = bootstrap_interval(samples, 1)
    assert interval == bootstrap_interval(samples[::-1], 1)
    assert interval != bootstrap_interval(noisy(20, seed=8), 1)


def test_a_bootstrap_interval_is_about_that_of_order_statistics():
    samples = noisy(101)
    interval, exact = bootstrap_interval(samples, 1), median_interval(samples)
    assert interval is not None
    assert exact is not None
    assert interval.low < median(samples) < interval.high
    assert interval.low == pytest.approx(exact.low, rel=0.01)
    assert interval.high == pytest.approx(exact.high, rel=0.01)


@pytest.mark.parametrize("n", range(6))
def test_fewer_than_six_samples_carry_no_bootstrap_interval(n: int):
    assert bootstrap_interval(range(n), 1) is None
    assert relative_half_width(range(n), 1) is None


def test_equal_samples_have_an_interval_of_one_point():
    assert bootstrap_interval([3.0] * 6, 1) == Interval(3.0, 3.0)
    assert relative_half_width([3.0] * 6, 1) == 0
    assert relative_half_width([0.0] * 6, 1) is None


@pytest.mark.parametrize("n", [10, 30])
def test_bootstrap_intervals_cover_the_median_about_as_often_as_they_say(n: int):
    runs = [bootstrap_interval(noisy(n, seed), 1) for seed in range(300)]
    covered = sum(run is not None and run.low <= 100 <= run.high for run in runs)
    assert covered / len(runs) >= 0.92  # 95 % less 2.4 standard deviations of 300 draws


@settings(deadline=None, max_examples=30)  # the first one imports scipy
@given(st.lists(st.floats(1, 1e9), min_size=6, max_size=30), st.sampled_from([0.5, 2.0, 1024.0]))
def test_a_relative_half_width_has_no_unit(samples: list[float], factor: float):
    width = relative_half_width(samples, 1)
    scaled = relative_half_width([factor * sample for sample in samples], 1)
    assert width == pytest.approx(scaled, rel=1e-9)


def test_modified_z_scores_are_those_of_the_formula():
    # Median 5, absolute deviations 4 2 0 2 4: MAD 2.
    assert modified_z_scores([1, 3, 5, 7, 9]) == pytest.approx([-1.349, -0.6745, 0, 0.6745, 1.349])
    assert modified_z_scores([]) == ()


def test_an_outlier_is_found_by_its_place():
    samples = [100.0, 101, 99, 250, 100.5, 98.5, 40, 101.5]
    assert outliers(samples) == (3, 6)
    assert outliers(samples[:3]) == ()


def test_mostly_equal_samples_still_have_outliers():
    # MAD is 0; the mean absolute deviation is 0.05, so the odd one scores 1 / (1.2533 * 0.05).
    samples = [5.0] * 19 + [6.0]
    assert modified_z_scores(samples)[-1] == pytest.approx(15.958, abs=0.001)
    assert outliers(samples) == (19,)
    assert modified_z_scores([5.0] * 4) == (0, 0, 0, 0)


@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=40), st.integers(1, 50))
def test_scores_have_no_unit_and_no_zero(samples: list[int], factor: int):
    moved = [factor * sample + 12345 for sample in samples]
    assert modified_z_scores(moved) == pytest.approx(modified_z_scores(samples))
    assert outliers(moved) == outliers(samples)


def test_normal_samples_have_few_outliers():
    drawn = random.Random(20240612)
    samples = [drawn.gauss(100, 3) for _ in range(5000)]
    assert len(outliers(samples)) <= 10  # 5000 P(|z| > 3.5) = 2.3
