"""A base that can only be pulled: left out where no registry answers, a failure where it fails."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_project import BASE
from training_line import CONDA, SECRET, TrainingLine, by_name

from bench.record_types import Record
from builders.bases import find_origin
from builders.doctor import examine
from builders.errors import ConfigurationError, RegistryUnreachable
from builders.fake_engine import FakeEngine
from builders.matrix_file import load_matrix
from reports import outcomes
from reports.training import render


@pytest.fixture
def line(tmp_path: Path) -> TrainingLine:
    return TrainingLine(tmp_path, conda=False)


def change(line: TrainingLine, old: str, new: str) -> None:
    matrix = line.small.root / "variants.yaml"
    assert old in matrix.read_text()
    matrix.write_text(matrix.read_text().replace(old, new))


def ends_well(record: Record, *names: str) -> bool:
    chosen = names or [row.name for row in record.variants]
    return outcomes.show(record, list(chosen), "measure", as_json=False)


def test_it_is_left_out_with_its_reason_and_the_others_go_on(
    line: TrainingLine, capsys: pytest.CaptureFixture[str]
) -> None:
    record = line.run()
    odd = by_name(record)["odd"]
    assert (odd.status, odd.failed_step, odd.left_out) == ("failed", "build", True)
    assert odd.reason == (
        "registry.example/conda:1: it can't be pulled: no registry answers for registry.example;"
        " build it where one does"
    )
    assert {row.status for row in record.variants} == {"failed", "measured"}
    assert ends_well(record)
    told = capsys.readouterr()
    assert "left out" in told.out
    assert "odd: left out: registry.example/conda:1" in " ".join(told.err.split())
    assert "error" not in told.err


def test_neither_the_record_nor_the_page_names_servers_of_this_machine(line: TrainingLine) -> None:
    record = line.run()
    assert SECRET not in line.workspace.record.read_text()
    page = render(record)
    assert "10.1.2.3" not in page
    assert "`odd` was left out: registry.example/conda:1" in page
    log = line.workspace.log("base-conda").read_text()
    assert SECRET in log


def test_where_nothing_else_was_asked_for_it_is_a_failure(line: TrainingLine) -> None:
    record = line.run(last="build")
    assert ends_well(record)
    assert not ends_well(record, "odd")


def test_a_base_that_is_not_optional_fails(line: TrainingLine) -> None:
    change(line, ", optional: true", "")
    record = line.run()
    assert not by_name(record)["odd"].left_out
    assert not ends_well(record)


def test_a_registry_that_answers_and_has_it_not_is_a_failure(tmp_path: Path) -> None:
    line = TrainingLine(tmp_path, conda=False)
    line.engine.pull = lambda *words: FakeEngine.pull(line.engine, *words)  # type: ignore[method-assign]
    record = line.run()
    odd = by_name(record)["odd"]
    assert (odd.status, odd.left_out) == ("failed", False)
    assert "the registry holds no such image" in odd.reason
    assert not ends_well(record)


def test_another_failure_of_its_variant_is_one(tmp_path: Path) -> None:
    line = TrainingLine(tmp_path, conda=True)
    path = line.small.root / "dockerfiles" / "odd.Dockerfile"
    path.write_text("ARG BASE\nFROM ${BASE}\nRUN false\n")
    record = line.run()
    assert not by_name(record)["odd"].left_out
    assert not ends_well(record)


def test_it_is_built_where_a_registry_has_it(tmp_path: Path) -> None:
    record = TrainingLine(tmp_path, conda=True).run()
    assert {row.left_out for row in record.variants} == {False}
    assert ends_well(record)


def test_it_is_built_once_a_registry_answers(line: TrainingLine, tmp_path: Path) -> None:
    line.run()
    line.engine._registry[CONDA] = line.engine._registry[BASE]  # type: ignore[index]
    record = line.run()
    assert (by_name(record)["odd"].status, by_name(record)["odd"].left_out) == ("measured", False)


def test_where_no_registry_is_to_be_asked_only_an_optional_base_may_lack_a_recipe(
    line: TrainingLine,
) -> None:
    recipe = "bootstrap: {suite: s, variant: extract, packages: [p]}"
    change(line, f'full: {{registry: "{BASE}"}}', f"full: {{{recipe}}}")
    change(line, "reference: big\n", "reference: big\nbase_source: bootstrap\n")
    base = line.matrix.bases["conda"]
    with pytest.raises(RegistryUnreachable) as caught:
        find_origin(line.engine, base, "bootstrap", line.workspace.cache, print)
    assert str(caught.value) == (
        "registry.example/conda:1: it can't be pulled: base_source is bootstrap, and it has no"
        " recipe; set it to auto"
    )
    change(line, ", optional: true", "")
    with pytest.raises(ConfigurationError) as refused:
        load_matrix(line.small.root / "variants.yaml", "train")
    assert "bases.conda: has no 'bootstrap'" in refused.value.problems[0]


@pytest.mark.parametrize(
    ("optional", "state", "told"), [(True, "note", "left out"), (False, "problem", "the network")]
)
def test_doctor_says_what_will_become_of_it(
    line: TrainingLine, optional: bool, state: str, told: str
) -> None:
    if not optional:
        change(line, ", optional: true", "")
    found = examine(
        lambda: line.engine, line.matrix, line.matrix.variants, line.workspace, lambda host: False
    )
    (check,) = (one for one in found if one.subject == "base conda")
    assert check.state == state
    assert check.finding == "registry.example does not answer"
    assert told in check.advice
