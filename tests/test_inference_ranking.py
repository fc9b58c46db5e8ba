"""Softmax and ranking."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.ranking import probabilities, ranked

LOGITS = st.lists(st.floats(-1e4, 1e4, width=32), min_size=1, max_size=30)


@given(LOGITS)
def test_probabilities_sum_to_one_and_keep_the_order(logits: list[float]) -> None:
    probs = probabilities(np.array(logits, dtype=np.float32))
    assert probs.sum() == pytest.approx(1)
    assert probs[int(np.argmax(logits))] == probs.max()


def test_probabilities_of_known_logits() -> None:
    probs = probabilities(np.log(np.array([[1, 2, 5], [8, 1, 1]], dtype=np.float64)))
    assert probs == pytest.approx(np.array([[0.125, 0.25, 0.625], [0.8, 0.1, 0.1]]))


@given(LOGITS, st.integers(1, 40))
def test_ranks_count_up_while_probabilities_fall(logits: list[float], top: int) -> None:
    probs = probabilities(np.array(logits))
    answer = ranked(probs, [str(one) for one in range(len(logits))], top)
    assert [one["rank"] for one in answer] == list(range(1, min(top, len(logits)) + 1))
    found = [one["prob"] for one in answer]
    assert found == sorted(found, reverse=True)
    assert all(one["label"] == str(one["class_id"]) for one in answer)


def test_of_equals_the_lower_class_comes_first() -> None:
    answer = ranked(np.array([0.2, 0.4, 0.4]), ["a", "b", "c"], 2)
    assert [one["class_id"] for one in answer] == [1, 2]
