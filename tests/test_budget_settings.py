"""Budgets of a matrix: what they mean, and every misspelling told at its place."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from test_matrix_file import VALID, load, problems, project

from bench.inspection.hints.catalogue import HINTS
from builders.budget_settings import Budget, Budgets, HintId
from builders.units import duration_ms

BUDGETS = """\
budgets:
  all: {size: 200MB, secrets: 0, forbidden_tools: [shell, pip]}
  variants:
    thin:
      size: 100MB
      cold_start: 300ms
      p95: 1.5s
  baseline:
    size: {absolute: 5MB}
    layers: 2
"""
LINES = VALID.count("\n")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return project(tmp_path)


def test_a_variant_replaces_what_all_say(folder: Path) -> None:
    budgets = load(folder, VALID + BUDGETS).budgets
    thin, fat = budgets.of("thin"), budgets.of("fat")
    assert (fat.size_bytes, fat.cold_start_ms, fat.secrets) == (200_000_000, None, 0)
    assert (thin.size_bytes, thin.cold_start_ms, thin.p95_ms) == (100_000_000, 300, 1500)
    assert thin.forbidden_tools == fat.forbidden_tools == ("shell", "pip")
    assert budgets.of("unheard of") == budgets.for_all


def test_a_variant_may_allow_what_all_forbid() -> None:
    said = {"all": {"root_user": False, "tools": 0}, "variants": {"fat": {"root_user": True}}}
    assert Budgets.model_validate(said).of("fat") == Budget(root_user=True, tools=0)


def test_a_baseline_has_defaults_beside_what_is_said(folder: Path) -> None:
    baseline = load(folder, VALID + BUDGETS).budgets.baseline
    assert (baseline.size.absolute_bytes, baseline.size.relative) == (5_000_000, 0.01)
    assert (baseline.layers, baseline.tools) == (2, 0)


def test_a_budget_makes_no_record_foreign(folder: Path) -> None:
    assert load(folder, VALID).digest == load(folder, VALID + BUDGETS).digest


def test_every_hint_can_be_forbidden() -> None:
    assert get_args(HintId) == tuple(rule.id for rule in HINTS)


@pytest.mark.parametrize(
    ("duration", "expected"),
    [("300ms", 300), ("0.5 ms", 0.5), ("1.5s", 1500), ("2min", 120_000)],
)
def test_times_have_a_unit(duration: str, expected: float) -> None:
    assert duration_ms(duration) == expected


@pytest.mark.parametrize("duration", ["300", 300, 0.3, "0ms", "-1s", "1h", "ms", "", True, None])
def test_other_times_are_refused(duration: object) -> None:
    with pytest.raises(
        ValueError, match=r"must be a duration with its unit, such as 300ms or 1\.5s"
    ):
        duration_ms(duration)


# Each case replaces one place of the budgets and names the problem.
PROBLEMS = [
    (
        "all: {size:",
        "all: {siez:",
        "2: budgets.all.siez: is no key that is known here; perhaps you meant 'size'",
    ),
    (
        "200MB",
        "small",
        "2: budgets.all.size: must be a size such as 512MiB, 2GiB, 2GB or a number of bytes",
    ),
    (
        "pip]",
        "pipp]",
        "2: budgets.all.forbidden_tools[1]: 'pipp' is no tool, or kind of tools, that an"
        " inspection knows; perhaps you meant 'pip'",
    ),
    (
        "secrets: 0",
        "secrets: -1",
        "2: budgets.all.secrets: must be at least 0, not -1",
    ),
    (
        "secrets: 0",
        "secrets:",
        "2: budgets.all.secrets: must not be empty; leave the key out where there is no limit",
    ),
    (
        "secrets: 0",
        "forbidden_hints: [root-usr]",
        "2: budgets.all.forbidden_hints[0]: must be 'secrets', 'cuda-in-cpu-service',",
    ),
    (
        "thin:",
        "thinn:",
        "4: budgets.variants.thinn: there is no such variant; perhaps you meant 'thin'",
    ),
    (
        "300ms",
        "300",
        "6: budgets.variants.thin.cold_start: must be a duration with its unit, such as 300ms"
        " or 1.5s",
    ),
    (
        "absolute: 5MB",
        "absolut: 5MB",
        "9: budgets.baseline.size.absolut: is no key that is known here;"
        " perhaps you meant 'absolute'",
    ),
    (
        "layers: 2",
        "layer: 2",
        "10: budgets.baseline.layer: is no key that is known here; perhaps you meant 'layers'",
    ),
]


@pytest.mark.parametrize(("old", "new", "problem"), PROBLEMS)
def test_each_problem_has_its_place(folder: Path, old: str, new: str, problem: str) -> None:
    assert BUDGETS.count(old) == 1
    found = problems(folder, VALID + BUDGETS.replace(old, new))
    line, rest = problem.split(":", 1)
    assert len(found) == 1
    assert found[0].startswith(f"variants.yaml:{LINES + int(line)}:{rest}")


def test_all_problems_are_told_at_once(folder: Path) -> None:
    text = BUDGETS.replace("size: 200MB", "siez: 200MB").replace("thin:", "thinn:")
    assert len(problems(folder, VALID + text.replace("layers: 2", "layer: 2"))) == 3
