"""Percentiles over containers: resampling whole containers, and who can be told apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.noise_floor import NoiseFloor
from bench.statistics import BOOTSTRAP_RESAMPLES, FEWEST_SAMPLES, Interval, percentile
from bench.tails import Containers, compare_tails, resampled, tail_floor

Q = 0.95
SEED = 7
durations = st.floats(min_value=0.1, max_value=1000, allow_nan=False)
few_containers = st.lists(
    st.lists(durations, min_size=25, max_size=40).map(tuple), min_size=6, max_size=8
).map(tuple)


def containers(
    base: float, number: int = 20, requests: int = 12, spread: float = 0.02
) -> Containers:
    """Drawn from one distribution; `base` scales it and seeds it."""
    random = np.random.default_rng([number, requests, int(base * 1000)])
    centres = base * random.lognormal(0, spread, number)
    return tuple(tuple(map(float, c * random.lognormal(0, 0.1, requests))) for c in centres)


def drawn(those: Containers, seed: int, stream: int, resamples: int) -> list[float]:
    """The first resamples, by laying out whole containers as often as they are drawn."""
    random = np.random.default_rng([seed, stream])
    even = np.full(len(those), 1 / len(those))
    times = random.multinomial(len(those), even, size=1000)[:resamples]
    pools = ([v for n, one in zip(row, those) for v in one * int(n)] for row in times)
    return [percentile(pool, Q) or 0.0 for pool in pools]


@settings(max_examples=20, deadline=None)
@given(few_containers, st.integers(0, 5))
def test_a_resample_is_the_percentile_of_whole_containers(those: Containers, stream: int) -> None:
    found = resampled.__wrapped__(those, Q, SEED, stream)
    assert len(found) == BOOTSTRAP_RESAMPLES
    wanted = drawn(those, SEED, stream, 20)
    assert found[:20] == pytest.approx(wanted)


def test_streams_are_independent_and_seeds_repeatable() -> None:
    those = containers(10)
    assert (resampled(those, Q, 1, 0) == resampled.__wrapped__(those, Q, 1, 0)).all()
    assert (resampled(those, Q, 1, 0) != resampled(those, Q, 1, 1)).any()
    assert (resampled(those, Q, 1, 0) != resampled(those, Q, 2, 0)).any()


def test_what_is_far_apart_is_told_apart_either_way_round() -> None:
    (found,) = compare_tails({"slow": containers(20), "fast": containers(10)}, None, Q, SEED)
    assert (found.baseline, found.candidate, found.verdict) == ("slow", "fast", "faster")
    assert found.interval.low < found.ratio < found.interval.high < 1
    back = found.turned_round
    assert (back.baseline, back.candidate, back.verdict) == ("fast", "slow", "slower")
    assert back.interval == pytest.approx((1 / found.interval.high, 1 / found.interval.low))
    assert back.turned_round.ratio == pytest.approx(found.ratio)


def test_a_difference_within_the_noise_floor_is_the_same() -> None:
    rows = {"a": containers(10), "b": containers(12)}
    (free,) = compare_tails(rows, None, Q, SEED)
    (held,) = compare_tails(rows, NoiseFloor(ratio=1.5, interval=Interval(1.4, 1.6)), Q, SEED)
    assert (free.verdict, held.verdict) == ("slower", "same")


def test_more_pairs_widen_the_intervals() -> None:
    two = {"a": containers(10), "b": containers(10.1)}
    (alone,) = compare_tails(two, None, Q, SEED)
    crowd = {**two, **{f"c{n}": containers(11 + n) for n in range(6)}}
    among = compare_tails(crowd, None, Q, SEED)[0]
    assert (among.baseline, among.candidate) == ("a", "b")
    assert among.interval.low < alone.interval.low
    assert among.interval.high > alone.interval.high


@pytest.mark.parametrize(
    "too_few", [containers(10, number=5, requests=30), containers(10, number=9, requests=11)]
)
def test_too_few_containers_or_requests_are_left_out(too_few: Containers) -> None:
    rows = {"a": containers(10), "few": too_few, "b": containers(20), "none": ()}
    found = compare_tails(rows, None, Q, SEED)
    assert [(one.baseline, one.candidate) for one in found] == [("a", "b")]
    assert tail_floor(containers(10), too_few, Q, SEED) is None


def test_no_duration_at_all_is_no_ratio() -> None:
    rows = {"a": containers(10), "zero": ((0.0,) * 12,) * 20}
    assert compare_tails(rows, None, Q, SEED) == ()


def test_containers_may_have_served_different_numbers_of_requests() -> None:
    ragged = tuple(one[: 12 - number % 3] for number, one in enumerate(containers(10)))
    (found,) = compare_tails({"a": containers(10), "b": ragged}, None, Q, SEED)
    assert found.verdict == "same"


def test_identical_variants_are_seldom_told_apart() -> None:
    """In 100 runs of two equal variants; containers differ by luck, by 5 % of their latency."""
    wrong = 0
    for run in range(100):
        a, b = (containers(10 + run / 100 + half, 20, 12, 0.05) for half in (0.001, 0.002))
        (found,) = compare_tails({"a": a, "b": b}, None, Q, SEED)
        wrong += found.verdict != "same"
    assert wrong <= 12  # 5 % are 5; more than 12 of 100 has a probability below 1 in 500


def test_six_containers_are_the_fewest() -> None:
    six = containers(10, number=FEWEST_SAMPLES, requests=20)
    assert len(compare_tails({"a": six, "b": containers(20)}, None, Q, SEED)) == 1
