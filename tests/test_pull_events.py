"""An engine's events to times: what overlaps, what is missing, what was no pull."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.pull_events import pull_times
from builders.errors import EngineError
from builders.image_exchange import PullEvent

BASE, APP = "0123456789ab", "ba9876543210"
WHOLE = [
    (10, "", "Pulling from slimbench/onnx"),
    (20, BASE, "Pulling fs layer"),
    (21, APP, "Pulling fs layer"),
    (30, APP, "Downloading"),
    (31, BASE, "Downloading"),
    (50, APP, "Download complete"),
    (70, BASE, "Verifying Checksum"),
    (71, BASE, "Download complete"),
    (80, BASE, "Extracting"),
    (85, BASE, "Extracting"),
    (120, BASE, "Pull complete"),
    (121, APP, "Extracting"),
    (150, APP, "Pull complete"),
    (160, "", "Status: Downloaded newer image for slimbench/onnx"),
]


def events(*told: tuple[int, str, str]) -> list[PullEvent]:
    return [PullEvent(layer, status, received_ns) for received_ns, layer, status in told]


def without(status: str, layer: str) -> list[PullEvent]:
    return events(*(one for one in WHOLE if one[1:] != (layer, status)))


def test_download_is_one_span_and_unpacking_one_for_each_layer():
    found = pull_times(events(*WHOLE), [BASE, APP])
    assert found.download_ns == 71 - 20
    assert found.unpack_ns == {BASE: 40, APP: 29}


def test_other_layers_and_words_are_passed_over():
    more = events(*WHOLE, (200, "another layer", "Already exists"), (201, BASE, "Retrying in 5 s"))
    assert pull_times(more, [BASE, APP]) == pull_times(events(*WHOLE), [BASE, APP])


@pytest.mark.parametrize("layer", [BASE, APP])
def test_without_an_end_there_is_no_download_time(layer: str):
    assert pull_times(without("Download complete", layer), [BASE, APP]).download_ns is None


@pytest.mark.parametrize("status", ["Extracting", "Pull complete"])
def test_without_both_ends_a_layer_has_no_unpacking_time(status: str):
    assert pull_times(without(status, APP), [BASE, APP]).unpack_ns == {BASE: 40}


def test_an_engine_that_tells_nothing_gives_no_times():
    found = pull_times([], [BASE])
    assert (found.download_ns, found.unpack_ns) == (None, {})


def test_a_layer_that_was_there_makes_it_no_pull():
    held = events(*WHOLE, (161, BASE, "Already exists"))
    with pytest.raises(EngineError, match="the engine held a layer already"):
        pull_times(held, [BASE, APP])


def test_a_layer_that_stands_twice_is_unpacked_twice():
    again = events(*WHOLE, (170, BASE, "Extracting"), (175, BASE, "Pull complete"))
    assert pull_times(again, [BASE, APP]).unpack_ns == {BASE: 45, APP: 29}


@given(
    st.lists(
        st.tuples(
            st.integers(0, 1000),
            st.sampled_from([BASE, APP, ""]),
            st.sampled_from(sorted({status for _, _, status in WHOLE})),
        )
    )
)
def test_no_time_is_negative_whatever_is_told(told: list[tuple[int, str, str]]):
    found = pull_times(events(*sorted(told)), [BASE, APP])
    assert min([0, *found.unpack_ns.values()]) == 0
    assert sum(found.unpack_ns.values()) <= 1000
