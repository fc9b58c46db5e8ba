from __future__ import annotations

import pytest

from builders import errors
from builders.errors import BuildFailed, ConfigurationError, SlimbenchError, sentences

EXIT_CODES = {
    "SlimbenchError": 1,
    "ConfigurationError": 2,
    "NothingSelected": 3,
    "EngineUnavailable": 4,
    "RecordError": 2,
}


def test_every_error_is_drawn_in_the_tree_with_its_exit_code() -> None:
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, SlimbenchError)
    ]
    drawn = {line.split()[0] for line in str(errors.__doc__).splitlines()[2:] if line.strip()}
    assert {kind.__name__ for kind in kinds} == drawn
    for kind in kinds:
        assert kind.exit_code == EXIT_CODES.get(kind.__name__, 1)


@pytest.mark.parametrize(
    ("where", "next_step", "sentence"),
    [
        ("", "", "it broke"),
        ("slim", "", "slim: it broke"),
        ("", "mend it", "it broke; mend it"),
        ("slim", "mend it", "slim: it broke; mend it"),
    ],
)
def test_a_sentence_is_place_trouble_and_next_step(
    where: str, next_step: str, sentence: str
) -> None:
    assert str(SlimbenchError("it broke", where=where, next_step=next_step)) == sentence


def test_problems_are_told_once() -> None:
    error = ConfigurationError("first", problems=("first", "second"))
    assert sentences(error) == ["first", "second"]


def test_a_failed_build_is_told_with_the_end_of_its_log() -> None:
    error = BuildFailed("step 3 failed", log_tail=("pip: no such package",))
    assert sentences(error) == ["step 3 failed", "pip: no such package"]
