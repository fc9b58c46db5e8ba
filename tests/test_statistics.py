from __future__ import annotations

import math
import random
import statistics

import numpy
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bench.statistics import median, median_interval, percentile

SAMPLES = st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=60)


@given(SAMPLES)
def test_the_median_is_that_of_the_standard_library(samples: list[float]):
    assert median(samples) == pytest.approx(statistics.median(samples), abs=1e-6)


def test_the_median_of_whole_nanoseconds_is_exact():
    assert median([3, 1, 2]) == 2
    assert median([5]) == 5


def test_no_samples_have_no_median():
    with pytest.raises(ValueError, match="no samples"):
        median([])


@given(SAMPLES, st.floats(0.01, 0.99))
def test_a_percentile_is_numpys_linear_one(samples: list[float], q: float):
    ours = percentile(samples, q)
    assume(ours is not None)
    assert ours == pytest.approx(float(numpy.percentile(samples, 100 * q)), rel=1e-9, abs=1e-6)


@pytest.mark.parametrize(
    ("q", "enough"), [(0.5, 2), (0.9, 10), (0.95, 20), (0.99, 100), (0.999, 1000), (0.05, 20)]
)
def test_a_percentile_needs_a_sample_expected_beyond_it(q: float, enough: int):
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
