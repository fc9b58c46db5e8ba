"""What the benchmarks of services conclude from what they measured."""

from __future__ import annotations

import pytest

from bench.service.exchanges import Attack, Exchange
from benchmarks import serve, soak
from benchmarks.figure import Figure
from benchmarks.served import Rate
from benchmarks.soak import MB, Reading

S = 1_000_000_000


def named(figures: list[Figure], name: str) -> Figure:
    (found,) = [figure for figure in figures if figure.name == name]
    return found


def rates(bare: float, ours: float, reference: float) -> serve.Rates:
    """The second size or concurrency of each is the better one, but for one turn."""
    found = {}
    for name, best in (("bare loop", bare), ("ours", ours), ("reference", reference)):
        found[name, 1] = [Rate(best / 2, 5.0)] * 3
        found[name, 8] = [Rate(best, 5.0), Rate(best, 6.0), Rate(best * 9, 7.0)]
    return found


@pytest.mark.parametrize(
    ("measured", "holds"),
    [((100, 81, 26), (True, True)), ((100, 79, 26), (False, True)), ((80, 81, 28), (True, False))],
)
def test_the_best_medians_are_compared(
    measured: tuple[float, float, float], holds: tuple[bool, bool]
) -> None:
    bare, ours, reference = measured
    figures = serve.figures(rates(*measured))
    assert named(figures, "bare loop to ours").value == pytest.approx(bare / ours)
    assert named(figures, "reference to ours").value == pytest.approx(reference / ours)
    assert (figures[-2].holds, figures[-1].holds) == holds


def exchange(number: int, status: int = 200) -> Exchange:
    begin = number * S // 10
    return Exchange(0, begin, begin, begin + 20_000_000, status, "")


def readings(mb_per_h: float) -> list[Reading]:
    """A climb in the first tenth, then a line with a single outlier."""
    line = [200 + mb_per_h * at / 3600 for at in range(0, 600, 2)]
    memory_mb = [mb - 50 if place < 30 else mb for place, mb in enumerate(line)]
    memory_mb[200] += 30
    return [
        Reading(2.0 * place, round(mb * MB), round(mb * MB)) for place, mb in enumerate(memory_mb)
    ]


@pytest.mark.parametrize(("slope", "holds"), [(0.0, True), (9.0, True), (60.0, False)])
def test_a_slope_is_told_with_its_interval(slope: float, holds: bool) -> None:
    attack = Attack(tuple(map(exchange, range(6000))), S, 600 * S)
    figures = soak.figures(attack, readings(slope))
    assert named(figures, "slope of memory").value == pytest.approx(slope, abs=0.01)
    assert named(figures, "slope of memory").holds == holds
    low, high = (named(figures, f"slope, {end} end of 95 %").value for end in ("low", "high"))
    assert low <= slope + 0.01
    assert high >= slope - 0.01
    assert named(figures, "time").value == pytest.approx(10, abs=0.01)
    assert named(figures, "latency p50").value == pytest.approx(20)


def test_one_failed_request_misses_the_target() -> None:
    exchanges = (*map(exchange, range(600)), exchange(600, 503))
    figures = soak.figures(Attack(exchanges, S, 60 * S), readings(0))
    assert named(figures, "failed requests").value == 1
    assert not named(figures, "failed requests").holds
