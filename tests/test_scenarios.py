"""Imports and throughput as steps of a run: interleaved, saved bit by bit, gaps with reasons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from session_programs import batch_result, right_reply, saying, speaking
from whole_line import Line, by_name

from bench import steps
from bench.import_runs import RUNS
from bench.profiled_start import VARIABLE
from bench.record import load
from bench.record_types import Record
from bench.run import Run
from bench.scenario_types import Missing
from builders.engine import ContainerSpec
from builders.fake_container import Program
from builders.labels import KIND, KIND_SESSION

WRONG = (0.2, 0.3, 0.5)
SCENARIOS = "scenarios: {batches: [1, 8], threads: [1, 2], rounds: 2}"


def telling(program: Program, own_us: int = 7) -> Program:
    """Tells its imports where it is asked to, and else is the program."""

    def either(spec: ContainerSpec) -> Any:
        if VARIABLE not in spec.environment:
            return program(spec)
        return imports()

    def imports() -> Iterator[tuple[str, str]]:
        yield "stderr", f"import time: {own_us} | {own_us} |   numpy.linalg"
        yield "stderr", "import time: 10 | 17 | service"

    return either


def failing(program: Program) -> Program:
    """Tells no imports."""

    def either(spec: ContainerSpec) -> Any:
        return saying()(spec) if VARIABLE in spec.environment else program(spec)

    return either


@pytest.fixture
def line(tmp_path: Path) -> Line:
    made = Line(tmp_path)
    for name in ("big", "small"):
        made.programs[name] = telling(speaking())
    matrix = made.small.root / "variants.yaml"
    text = matrix.read_text()
    matrix.write_text(text.replace("warmups: 1", f"{SCENARIOS}, warmups: 1"))
    return made


def run(line: Line, last: str = "throughput", **more: Any) -> Record:
    record = steps.execute(Run(line.small.project(), None, **more), last)
    assert load(line.small.workspace.record) == record
    assert line.small.engine.remove_labelled({KIND: KIND_SESSION}).containers == 0
    return record


def created(line: Line) -> list[ContainerSpec]:
    found = [call[1] for call in line.small.engine.calls if call[0] == "create"]
    return [spec for spec in found if spec.labels[KIND] == KIND_SESSION]  # type: ignore[attr-defined, misc]


def test_imports_are_told_by_starts_of_their_own(line: Line) -> None:
    line.programs["small"] = telling(speaking(), own_us=3)
    record = by_name(run(line, "imports"))
    for name, own_ns in (("big", 7000), ("small", 3000)):
        assert len(record[name].imports) == RUNS
        assert {tuple(one.self_ns.items()) for one in record[name].imports} == {
            (("service", 10_000), ("numpy", own_ns))
        }
        assert record[name].throughput == ()
    timed = [spec for spec in created(line) if VARIABLE not in spec.environment]
    assert len(created(line)) - len(timed) == 2 * RUNS


def test_an_image_that_tells_no_imports_is_measured_all_the_same(line: Line) -> None:
    line.programs["small"] = failing(speaking())
    row = by_name(run(line))["small"]
    assert (row.status, row.reason, row.imports) == ("measured", "", ())
    (gap,) = row.missing
    assert (gap.what, gap.threads, gap.failed) == ("imports", None, False)
    assert "it told no import times" in gap.reason
    assert len(row.throughput) == 8
    profiled = [spec for spec in created(line) if VARIABLE in spec.environment]
    assert len(profiled) == RUNS + 1  # it dropped out


def test_throughput_is_taken_for_every_size_and_number_of_threads(line: Line) -> None:
    record = run(line)
    for row in record.variants:
        assert row.missing == ()
        taken = [(one.round, one.threads, one.batch) for one in row.throughput]
        wanted = [(n, t, b) for n in (0, 1) for t in (1, 2) for b in (1, 8)]
        assert sorted(taken) == wanted
        assert {one.cpu_set for one in row.throughput if one.threads == 2} == {"0,1"}
        assert {one.cpu_set for one in row.throughput if one.threads == 1} == {"0"}
        assert {len(one.elapsed_ns) for one in row.throughput if one.batch == 8} == {3}


def test_rounds_are_interleaved_in_a_seeded_order(line: Line) -> None:
    run(line)
    first = [(spec.image, spec.cpu_set) for spec in created(line)[-8:]]
    assert len(set(first[:4])) == len(set(first[4:])) == 4
    run(line)
    assert [(spec.image, spec.cpu_set) for spec in created(line)[-8:]] == first


def test_every_container_is_saved_before_the_next_begins(line: Line) -> None:
    run(line)
    counts = [sum(len(row.throughput) for row in record.variants) for record in line.seen]
    assert counts[-8:] == [0, 2, 4, 6, 8, 10, 12, 14]


def test_a_wrong_batch_voids_the_throughput_of_its_variant_alone(line: Line) -> None:
    def reply(request: dict[str, Any]) -> str:
        if request["op"] == "batch" and len(request["paths"]) == 8:
            return batch_result(request, {5: WRONG})
        return right_reply(request)

    line.programs["small"] = telling(speaking(reply))
    rows = by_name(run(line))
    small = rows["small"]
    assert (small.status, len(small.samples), small.throughput) == ("measured", 2, ())
    (gap,) = small.missing
    assert (gap.what, gap.threads, gap.failed) == ("throughput", None, True)
    assert gap.reason.startswith("2.png: a batch of 8 was answered wrong: classes 0 and ")
    assert len(rows["big"].throughput) == 8


def test_one_that_ends_with_two_threads_keeps_what_it_did_with_one(line: Line) -> None:
    good = speaking()

    def program(spec: ContainerSpec) -> Any:
        return saying()(spec) if "2" in spec.command else good(spec)

    line.programs["small"] = telling(program)
    small = by_name(run(line))["small"]
    (gap,) = small.missing
    assert (gap.what, gap.threads, gap.failed) == ("throughput", 2, True)
    assert "ended with exit code 0" in gap.reason
    assert {one.threads for one in small.throughput} == {1}
    assert len(small.throughput) == 4


def test_too_few_cpus_are_a_note(line: Line) -> None:
    engine = line.small.engine
    engine._info = replace(engine.info(), cpus=1)
    for row in run(line).variants:
        reason = "2 threads need 2 CPUs, and the engine has 1"
        gap = Missing(what="throughput", reason=reason, failed=False, threads=2)
        assert row.missing == (gap,)
        assert {one.threads for one in row.throughput} == {1}


def test_without_scenarios_there_is_no_throughput(line: Line) -> None:
    for row in run(line, scenarios=False).variants:
        assert (row.throughput, row.missing) == ((), ())
        assert len(row.imports) == RUNS


def test_what_is_there_already_is_not_taken_again(line: Line) -> None:
    """As when a run goes on that was broken off between two containers."""
    whole = run(line)
    rows = [
        row.model_copy(update={"imports": row.imports[:1], "throughput": row.throughput[:6]})
        for row in whole.variants
    ]
    broken_off = whole.model_copy(update={"variants": tuple(rows)})
    before = len(created(line))
    asked = Run(line.small.project(), None)
    record = steps.throughput(asked, steps.imports(asked, broken_off))
    for row, old in zip(record.variants, whole.variants):
        assert len(row.imports) == RUNS
        assert sorted(map(str, row.throughput)) == sorted(map(str, old.throughput))
    # Two missing profiles and one missing container of each, and the reference's answers.
    assert len(created(line)) - before == 2 * 2 + 2 + 1
