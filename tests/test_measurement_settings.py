"""How much is measured: the matrix's `measurement` block, and the command line's words for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_project import MATRIX, write_project

from builders.errors import ConfigurationError
from builders.matrix_file import load_matrix
from builders.measurement_settings import MeasurementSettings

BLOCK = next(line for line in MATRIX.splitlines() if line.startswith("measurement:"))


def settings(root: Path, block: str) -> MeasurementSettings:
    write_project(root)
    path = root / "variants.yaml"
    path.write_text(MATRIX.replace(BLOCK, f"measurement: {{{block}}}"))
    return load_matrix(path).measurement


def test_what_is_left_out(tmp_path: Path) -> None:
    found = settings(tmp_path, "seed: 3")
    assert (found.fewest_cold_starts, found.most_cold_starts) == (20, 100)
    assert (found.precision, found.max_time_s) == (0.02, 600)
    assert (found.page_cache, found.reference_twice) == ("warm", False)


def test_what_is_said(tmp_path: Path) -> None:
    block = "max_time: 1.5h, precision: 0.05, page_cache: cold, reference_twice: true"
    found = settings(tmp_path, block)
    assert (found.max_time_s, found.precision) == (5400, 0.05)
    assert (found.page_cache, found.reference_twice) == ("cold", True)


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ("cold_starts: 10", "measurement.cold_starts: is no key that is known here"),
        ("max_time: 10m", "max_time: must be a duration of a second or more, such as 90s, 10min"),
        ("max_time: 0", "max_time: must be a duration of a second or more"),
        ("precision: 2", "precision: must be at most 1, not 2"),
        ("precision: 0", "precision: must be at least 0.001, not 0"),
        ("precision: true", "precision: must be a number, not true"),
        ("page_cache: hot", "page_cache: must be 'warm' or 'cold', not 'hot'"),
        ("reference_twice: 1", "reference_twice: must be true or false, not 1"),
        ("most_cold_starts: 5", "must be at least fewest_cold_starts, which is 20, not 5"),
        ("fewest_cold_starts: 101", "must be at least fewest_cold_starts, which is 101, not 100"),
        ("fewest_cold_starts: 0", "fewest_cold_starts: must be at least 1, not 0"),
    ],
)
def test_what_is_refused(tmp_path: Path, block: str, told: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        settings(tmp_path, block)
    (problem,) = caught.value.problems
    assert told in problem


def test_the_command_lines_words_come_first_and_none_says_nothing() -> None:
    found = MeasurementSettings().overridden(precision=0.1, page_cache=None, reference_twice=False)
    assert found == MeasurementSettings(precision=0.1)
