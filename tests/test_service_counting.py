"""Which exchanges of a load count, and as what."""

from __future__ import annotations

from bench.service.counting import Counted, counted
from bench.service.exchanges import Exchange

S = 1_000_000_000


def exchange(
    due: float, answered: float, status: int = 200, late: float = 0, body: str = ""
) -> Exchange:
    times = (round(due * S), round((due + late) * S), round(answered * S))
    return Exchange(0, *times, status, body)


def test_a_closed_loop_counts_the_answers_that_come_in_the_counted_time() -> None:
    exchanges = [
        exchange(0.0, 0.5),  # warm-up
        exchange(0.5, 1.25),  # asked in the warm-up, answered after it
        exchange(1.25, 2.75),
        exchange(2.75, 3.5),  # answered too late
    ]
    found = counted(exchanges, "closed", 1, 2)
    assert found == Counted((round(0.75 * S), round(1.5 * S)), (), 0, {})


def test_an_open_loop_counts_the_arrivals_however_late_their_answers_are() -> None:
    exchanges = [
        exchange(0.0, 0.1),
        exchange(0.5, 1.5),  # arrived in the warm-up
        exchange(1.0, 9.0, late=0.25),
        exchange(2.5, 9.0),
        exchange(3.0, 3.1),  # arrived too late
    ]
    found = counted(exchanges, "open", 1, 2)
    assert found.latency_ns == (8 * S, round(6.5 * S))
    assert found.late_ns == (round(0.25 * S), 0)


def test_rejections_and_errors_are_told_apart_and_have_no_latency() -> None:
    exchanges = [
        exchange(0, 1),
        exchange(0, 1, 503),
        exchange(0, 1, 500),
        exchange(0, 1, 500),
        exchange(0, 1, 0, body="ClientConnectorError: Cannot connect to host 172.17.0.2"),
    ]
    found = counted(exchanges, "closed", 0, 2)
    assert len(found.latency_ns) == 1
    assert found.rejected == 1
    assert found.errors == {"status 500": 2, "ClientConnectorError": 1}


def test_times_are_told_from_the_first_request_that_is_due() -> None:
    exchanges = [exchange(1000, 1000.5), exchange(1000.5, 1001.5)]
    assert counted(exchanges, "closed", 1, 1).latency_ns == (S,)


def test_no_exchange_at_all_counts_nothing() -> None:
    assert counted([], "open", 1, 2) == Counted((), (), 0, {})
