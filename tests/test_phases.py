"""Stamps to phases: they sum to the total, on one clock and on two, and never go negative."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.phases import Timeline, phases
from builders.errors import SessionFailed

MS = 1_000_000

ONE_CLOCK = Timeline(
    create_ns=1000 * MS,
    created_ns=1010 * MS,
    process_ns=1100 * MS,
    started_ns=1120 * MS,
    imported_ns=1400 * MS,
    ready_ns=1500 * MS,
    ready_received_ns=1505 * MS,
    answered_ns=1530 * MS,
    quit_ns=1900 * MS,
    ended_ns=1925 * MS,
    one_clock=True,
)
DURATIONS = st.integers(min_value=0, max_value=10**12)


def test_phases_of_one_clock():
    found = phases(ONE_CLOCK)
    assert found.create_ns == 10 * MS
    assert found.engine_start_ns == 90 * MS
    assert found.engine_ns == 100 * MS
    assert found.interpreter_ns == 20 * MS
    assert found.launch_ns == 120 * MS
    assert found.imports_ns == 280 * MS
    assert found.model_load_ns == 100 * MS
    assert found.first_answer_ns == 30 * MS
    assert found.stop_ns == 25 * MS
    assert found.total_ns == 530 * MS


def test_launch_is_whole_where_the_process_start_is_unknown():
    found = phases(replace(ONE_CLOCK, process_ns=None))
    assert found.engine_ns is None
    assert found.interpreter_ns is None
    assert (found.create_ns, found.engine_start_ns) == (10 * MS, None)
    assert found.total_ns == phases(ONE_CLOCK).total_ns


def test_two_clocks_give_durations_only():
    ahead = 10**15
    apart = replace(
        ONE_CLOCK,
        one_clock=False,
        started_ns=ONE_CLOCK.started_ns + ahead,
        imported_ns=ONE_CLOCK.imported_ns + ahead,
        ready_ns=ONE_CLOCK.ready_ns + ahead,
    )
    found = phases(apart)
    assert (found.engine_ns, found.interpreter_ns) == (None, None)
    assert (found.create_ns, found.engine_start_ns) == (10 * MS, None)
    assert found.launch_ns == 125 * MS  # with the ready line's way to the host
    assert found.first_answer_ns == 25 * MS
    assert (found.imports_ns, found.model_load_ns) == (280 * MS, 100 * MS)
    assert found.total_ns == 530 * MS


@given(
    create=st.integers(0, 10**15),
    steps=st.lists(DURATIONS, min_size=7, max_size=7),
    delivery=DURATIONS,
    skew=st.integers(-(10**15), 10**15),
    known=st.booleans(),
    one_clock=st.booleans(),
)
def test_parts_sum_to_the_total(create, steps, delivery, skew, known, one_clock):
    creation, start, interpreter, imports, load, answer, stop = steps
    skew = 0 if one_clock else skew
    engine = creation + start
    began = create + engine
    started = began + interpreter
    ready = started + imports + load
    answered = ready + delivery + answer
    found = phases(
        Timeline(
            create_ns=create,
            created_ns=create + creation,
            process_ns=began if known else None,
            started_ns=started + skew,
            imported_ns=started + imports + skew,
            ready_ns=ready + skew,
            ready_received_ns=ready + delivery,
            answered_ns=answered,
            quit_ns=answered,
            ended_ns=answered + stop,
            one_clock=one_clock,
        )
    )
    assert found.total_ns == answered - create
    assert (found.imports_ns, found.model_load_ns, found.stop_ns) == (imports, load, stop)
    assert found.create_ns == creation
    split = found.engine_ns is not None
    assert split == (known and one_clock)
    if split:
        assert (found.engine_start_ns, found.interpreter_ns) == (start, interpreter)
        assert found.engine_ns + found.interpreter_ns == found.launch_ns


@pytest.mark.parametrize(
    ("change", "phase"),
    [
        ({"create_ns": 1121 * MS, "created_ns": 1122 * MS, "process_ns": None}, "launch"),
        ({"created_ns": 999 * MS}, "create"),
        ({"process_ns": 1009 * MS}, "engine_start"),
        ({"process_ns": 999 * MS, "created_ns": 1000 * MS}, "engine"),
        ({"process_ns": 1121 * MS}, "interpreter"),
        ({"imported_ns": 1119 * MS}, "imports"),
        ({"imported_ns": 1501 * MS}, "model_load"),
        ({"answered_ns": 1499 * MS}, "first_answer"),
        ({"ended_ns": 1899 * MS}, "stop"),
    ],
)
def test_a_negative_phase_is_a_failure_and_not_zero(change, phase):
    with pytest.raises(SessionFailed) as caught:
        phases(replace(ONE_CLOCK, **change))
    assert f"phase {phase} came out at -1.000 ms" in str(caught.value)
    assert "clock" in caught.value.next_step
