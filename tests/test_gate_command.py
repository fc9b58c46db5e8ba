"""`slimbench gate` and `compare` at the command line: what is printed, written and refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from test_command_line import ROOT, Call, call, project, refused  # noqa: F401 - fixtures
from two_runs import MB, heavier, rebuilt, row, run

from bench.record import save
from bench.record_types import Record
from builders.matrix_file import load_matrix

BUDGETS = "\nbudgets: {all: {size: 250MB}, variants: {small: {cold_start: 1s}}}\n"
OLD, NEW = "old.json", ".slimbench/record.json"


@pytest.fixture
def recorded(project: Path) -> Callable[..., Record]:  # noqa: F811
    """Writes budgets, a record of the matrix, and an older one beside it."""

    def write(*rows: object, budgets: str = BUDGETS, **more: object) -> Record:
        matrix = project / "variants.yaml"
        matrix.write_text(matrix.read_text() + budgets)
        digest = load_matrix(matrix).digest
        (project / ".slimbench").mkdir(exist_ok=True)
        old = run(row("big"), row("small"), matrix_digest=digest)
        save(project / OLD, old)
        new = run(*(rows or (row("big"), row("small"))), **{"matrix_digest": digest, **more})
        save(project / NEW, new)
        return new

    return write


def test_a_record_within_its_budgets(call: Call, recorded: Callable[..., Record]) -> None:  # noqa: F811
    recorded()
    assert call("gate") == (0, "Gate: all 3 limits hold\n", "")
    assert call("gate", NEW, "--only", "big")[:2] == (0, "Gate: the limit holds\n")


def test_all_misses_are_told_at_once(
    call: Call,  # noqa: F811
    recorded: Callable[..., Record],
    project: Path,  # noqa: F811
) -> None:
    recorded(heavier(row("big"), "torch", 60 * MB), rebuilt(row("small", start_ms=2000)))
    code, output, errors = call("gate", "--junit", "junit.xml", "--summary", "summary.md")
    assert (code, errors) == (1, "")
    assert "Gate: 2 of 3 limits are missed" in output
    assert "big: size 260.0 MB; at most 250.0 MB allowed" in output
    assert "small: cold start 2,011.5 ms; at most 1,000.0 ms allowed" in output
    assert (project / "junit.xml").read_text().count("<failure") == 2
    assert "2 of 3 limits are missed" in (project / "summary.md").read_text()
    code, output, _ = call("gate", "--json", "--baseline", OLD)
    told = json.loads(output)
    missed = [
        (c["variant"], c["key"], c["against"]) for c in told["checks"] if c["outcome"] == "missed"
    ]
    assert (code, told["holds"]) == (1, False)
    assert missed == [
        ("big", "size", "budget"),
        ("big", "size", "baseline"),
        ("small", "cold_start", "budget"),
        ("small", "cold_start", "baseline"),
    ]


def test_the_published_record_holds_its_budgets(call: Call) -> None:  # noqa: F811
    published = ROOT / "reports/published/record.json"
    code, output, _ = call("-f", str(ROOT / "variants.yaml"), "gate", str(published))
    assert (code, "limits hold" in output) == (0, True)


def test_compare_prints_a_page_or_json(call: Call, recorded: Callable[..., Record]) -> None:  # noqa: F811
    recorded(heavier(row("big"), "torch", 60 * MB), row("small"))
    code, output, errors = call("compare", OLD, NEW)
    assert (code, errors) == (0, "")
    assert "package torch 2.0 -\\> 2.0.1 +60.0 MB" in output
    code, output, _ = call("compare", OLD, NEW, "--format", "json")
    assert (code, json.loads(output)["changed"]) == (0, True)
    assert "No change:" in call("compare", OLD, OLD)[1]


# Each case spoils a record, and tells what is said of it.
SPOILED: list[tuple[str, Callable[[str], str], str]] = [
    ("cut off", lambda text: text[: len(text) // 2], "is no JSON, or cut off"),
    ("newer", lambda text: text.replace('"version": 2', '"version": 3'), "of version 3; this"),
    ("older", lambda text: text.replace('"version": 2', '"version": 1'), "of version 1; this"),
    ("no record", lambda _: "[]", "is no bench record"),
    ("unknown key", lambda text: text.replace('"load1"', '"load2"'), "isn't what slimbench writes"),
    (
        "workload",
        lambda text: text.replace('"workload": "predict"', '"workload": "train"'),
        "is of the workload 'train'",
    ),
]


@pytest.mark.parametrize(
    ("spoil", "told"), [case[1:] for case in SPOILED], ids=[c[0] for c in SPOILED]
)
@pytest.mark.parametrize(
    "words", [("gate", OLD), ("gate", "--baseline", OLD), ("compare", OLD, NEW)], ids=" ".join
)
def test_bad_records_are_one_sentence_and_nothing_is_written(
    call: Call,  # noqa: F811
    recorded: Callable[..., Record],
    project: Path,  # noqa: F811
    words: tuple[str, ...],
    spoil: Callable[[str], str],
    told: str,
) -> None:
    recorded()
    old = project / OLD
    spoiled = spoil(old.read_text())
    assert spoiled != old.read_text()
    old.write_text(spoiled)
    (project / "summary.md").write_text("before")
    written = ("--summary", "summary.md") if words[0] == "gate" else ()
    assert told in refused(call(*words, *written), 2)
    assert (project / "summary.md").read_text() == "before"
    assert old.read_text() == spoiled


def test_a_stale_or_foreign_record(call: Call, recorded: Callable[..., Record]) -> None:  # noqa: F811
    recorded(matrix_digest="sha256:other")
    told = "was measured with another matrix, or before this one was changed; run `slimbench run`"
    assert told in refused(call("gate"), 2)


def test_a_baseline_of_an_earlier_matrix_is_fine_and_a_foreign_one_is_not(
    call: Call,  # noqa: F811
    recorded: Callable[..., Record],
    project: Path,  # noqa: F811
) -> None:
    recorded()
    save(project / OLD, run(row("big"), matrix_digest="earlier"))
    assert call("gate", "--baseline", OLD)[0] == 0
    save(project / OLD, run(row("elsewhere"), matrix_digest="earlier"))
    for words in (("gate", "--baseline", OLD), ("compare", OLD, NEW)):
        assert "shares no variant with the other record" in refused(call(*words), 2)


def test_a_baseline_of_other_conditions(
    call: Call,  # noqa: F811
    recorded: Callable[..., Record],
) -> None:
    record = recorded()
    other = record.environment.model_copy(update={"cpu_model": "Other CPU", "cpus": 64})
    recorded(heavier(row("big"), "torch", 9 * MB), row("small"), budgets="", environment=other)
    told = refused(call("gate", "--baseline", OLD), 2)
    assert "CPU model Example CPU, here Other CPU; CPUs 2, here 64; measure a baseline" in told
    code, output, errors = call("gate", "--baseline", OLD, "--no-timings")
    assert (code, errors) == (1, "")
    assert "big: size grew by 9.0 MB" in output
    code, output, _ = call("compare", OLD, NEW)
    assert code == 0
    assert "times of big, small aren't compared: CPU model Example CPU, then Other CPU" in output


def test_a_missing_record(call: Call, recorded: Callable[..., Record]) -> None:  # noqa: F811
    assert "there is no bench record" in refused(call("gate", "absent.json"), 2)
    recorded()
    assert "there is no bench record" in refused(call("gate", "--baseline", "absent.json"), 2)
    assert "there is no bench record" in refused(call("compare", OLD, "absent.json"), 2)
    assert "can't be read" in refused(call("compare", ".slimbench", NEW), 2)


def test_nothing_to_hold_to(call: Call, recorded: Callable[..., Record]) -> None:  # noqa: F811
    recorded(budgets="")
    told = "nothing was held: give --baseline, or 'budgets' to the matrix\n"
    assert call("gate") == (0, "Gate: no limit applies\n", told)
    assert call("gate", "--baseline", OLD)[0] == 0


def test_unknown_metrics_and_variants_are_told_together(
    call: Call,  # noqa: F811
    recorded: Callable[..., Record],
    project: Path,  # noqa: F811
) -> None:
    recorded()
    matrix = project / "variants.yaml"
    text = matrix.read_text().replace("{size: 250MB}", "{siez: 250MB}")
    matrix.write_text(text.replace("{small: {cold_start: 1s}}", "{smal: {cold_start: 1s}}"))
    code, output, errors = call("gate")
    assert (code, output) == (2, "")
    assert "2 problems in the matrix" in errors
    assert "budgets.all.siez: is no key that is known here; perhaps you meant 'size'" in errors
    assert "budgets.variants.smal: there is no such variant; perhaps you meant 'small'" in errors


@pytest.mark.parametrize("option", ["--junit", "--summary"])
@pytest.mark.parametrize("place", ["absent/file", "folder"])
def test_an_output_that_cannot_be_written_leaves_the_other(
    call: Call,  # noqa: F811
    recorded: Callable[..., Record],
    project: Path,  # noqa: F811
    option: str,
    place: str,
) -> None:
    recorded()
    (project / "folder").mkdir()
    (project / "before").write_text("before")
    other = {"--junit": "--summary", "--summary": "--junit"}[option]
    errors = refused(call("gate", option, place, other, "before"), 2)
    assert "can't be written: " in errors
    assert place in errors
    assert (project / "before").read_text() == "before"
    assert not [path for path in project.iterdir() if path.name.endswith(".partial")]


def test_one_file_for_two_outputs(call: Call, recorded: Callable[..., Record]) -> None:  # noqa: F811
    recorded()
    assert "is named twice" in refused(call("gate", "--junit", "x", "--summary", "x"), 2)


def test_another_workload_is_held_to_a_baseline_alone(
    call: Call,  # noqa: F811
    recorded: Callable[..., Record],
    project: Path,  # noqa: F811
) -> None:
    recorded()
    matrix = project / "variants.yaml"
    matrix.write_text(matrix.read_text().replace("models: {tiny:", "models: {more: {}, tiny:"))
    digest = load_matrix(matrix, model="more").digest
    record = run(row("big", size_mb=900), matrix_digest=digest, edition="more")
    save(project / ".slimbench/record.more.json", record)
    assert call("gate", "--model", "more")[1] == "Gate: no limit applies\n"
    shutil.copy(project / ".slimbench/record.more.json", project / OLD)
    assert call("gate", "--model", "more", "--baseline", OLD, "--only", "big")[0] == 0
