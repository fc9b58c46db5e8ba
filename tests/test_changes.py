"""What changed between two records: exact figures, times that can be told apart, and why."""

from __future__ import annotations

import json
import re

import pytest
from report_images import GCC, PIP_CACHE, ROOT_USER, SHELL
from two_runs import MB, heavier, rebuilt, row, run, with_steps

from bench.comparison import compare_runs
from reports.changes.as_json import rendered
from reports.changes.growth import Part, layer_parts, newcomers, package_parts
from reports.changes.page import NOTHING, markdown
from reports.changes.shifts import Changes, Shift, changes


def shift(found: Changes, name: str, key: str) -> Shift:
    (one,) = (one for one in found.shifts if (one.variant, one.metric.key) == (name, key))
    return one


def test_equal_records_have_no_change() -> None:
    old = run(row("fat"), row("slim"))
    found = changes(old, old)
    assert not any(one.counts for one in found.shifts)
    assert NOTHING in markdown(found)
    assert json.loads(rendered(found))["changed"] is False


def test_a_package_that_grew_is_told_with_its_layer() -> None:
    old = run(row("slim"))
    found = changes(old, run(heavier(row("slim"), "torch", 12 * MB)))
    size = shift(found, "slim", "size")
    assert (size.before, size.after, size.counts) == (200 * MB, 212 * MB, True)
    page = markdown(found)
    assert re.search(r"`slim` +\| size, MB +\| +200.0 \| +212.0 \| \+12.0 \(\+6.0 %\)", page)
    assert "package torch 2.0 -\\> 2.0.1 +12.0 MB" in page
    assert "layer `COPY` +12.0 MB" in page
    assert NOTHING not in page


def test_what_shrank_is_told_too() -> None:
    old = run(heavier(row("slim"), "torch", 12 * MB))
    page = markdown(changes(old, run(row("slim"))))
    assert "-12.0 MB" in page
    assert "| -12.0 (-5.7 %)" in page


def test_a_slower_image_is_told_with_its_ratio() -> None:
    old = run(row("fat"), row("slim"))
    new = run(row("fat"), rebuilt(row("slim", start_ms=600)))
    found = changes(old, new)
    cold_start = shift(found, "slim", "cold_start")
    assert cold_start.comparison is not None
    assert cold_start.comparison.verdict == "slower"
    assert cold_start.difference == 100
    assert not shift(found, "fat", "cold_start").counts
    assert "**slower** 1.196 times (" in markdown(found)
    assert shift(changes(new, old), "slim", "cold_start").counts
    assert "**faster** 0.836 times (" in markdown(changes(new, old))


def test_a_tail_alone_can_be_slower() -> None:
    slow = row("slim")
    samples = [
        one.model_copy(update={"latency_ns": (*one.latency_ns[:-2], *[9 * one.latency_ns[0]] * 2)})
        for one in slow.samples
    ]
    new = run(rebuilt(slow.model_copy(update={"samples": tuple(samples)})))
    found = changes(run(row("slim")), new)
    assert shift(found, "slim", "p95").counts
    assert not shift(found, "slim", "latency").counts


def test_images_of_the_same_inputs_show_the_noise_between_runs() -> None:
    """The machine is slower by a tenth in the new run, which no A/A pair within it shows."""
    old = run(row("fat", start_ms=500), row("slim", start_ms=500))
    new = run(row("fat", start_ms=550), rebuilt(row("slim", start_ms=540)))
    found = changes(old, new)
    assert found.unchanged == ("fat",)
    floor = found.floors["cold_start"]
    assert floor is not None
    assert floor.floor > 1.09
    assert not shift(found, "slim", "cold_start").counts
    assert "images of the same inputs in both (fat)" in markdown(found)
    blind = changes(run(row("slim", start_ms=500)), run(rebuilt(row("slim", start_ms=540))))
    assert blind.floors["cold_start"] is None
    assert shift(blind, "slim", "cold_start").counts
    assert "only the test decides" in markdown(blind)


def test_a_pair_within_a_run_shows_its_noise() -> None:
    again = row("fat (again)", start_ms=560)
    old = run(row("fat"), row("slim"), again=again)
    new = run(rebuilt(row("fat")), rebuilt(row("slim", start_ms=540)))
    assert not shift(changes(old, new), "slim", "cold_start").counts


def test_other_conditions_keep_times_apart_and_not_sizes() -> None:
    old = run(row("slim"))
    environment = old.environment.model_copy(update={"cpu_model": "Other <CPU>"})
    new = run(heavier(row("slim", start_ms=900), "torch", MB), environment=environment)
    found = changes(old, new)
    assert shift(found, "slim", "size").counts
    assert not shift(found, "slim", "cold_start").counts
    told = r"times of slim aren't compared: CPU model Example CPU, then Other \<CPU\>"
    assert told in markdown(found)
    (variant,) = json.loads(rendered(found))["variants"]
    assert variant["not_compared"][0]["name"] == "CPU model"
    assert variant["metrics"]["cold_start"]["verdict"] is None


def test_variants_that_came_and_went_and_failed() -> None:
    failed = row("slim").model_copy(
        update={"status": "failed", "failed_step": "verify", "reason": "a | b"}
    )
    found = changes(run(row("slim"), row("old")), run(failed, row("new")))
    page = markdown(found)
    assert "- new: new." in page
    assert "- no longer there: old." in page
    assert r"`slim`: measured, then failed (verify): a \| b." in page
    told = json.loads(rendered(found))
    assert (told["added"], told["removed"], told["changed"]) == (["new"], ["old"], True)
    assert told["variants"][0]["metrics"]["cold_start"]["after"] is None


def test_findings_that_came() -> None:
    facts = row("slim", tools=(SHELL, GCC), hints=(PIP_CACHE, ROOT_USER)).image
    assert facts is not None
    new = rebuilt(row("slim"), tools=facts.tools, hints=facts.hints)
    found = changes(run(row("slim")), run(new))
    assert shift(found, "slim", "tools").difference == 2
    assert shift(found, "slim", "hints").difference == 2


def test_hostile_names_stay_in_their_cell() -> None:
    image = row("slim").image
    assert image is not None
    old = with_steps(image, ("RUN a", 5))
    new = with_steps(image, ("RUN `x` | <script>\n# a", 9))
    old_row = row("slim").model_copy(update={"image": old})
    new_row = row("slim").model_copy(update={"image": new})
    page = markdown(changes(run(old_row), run(new_row)))
    assert "<script>" not in page
    (line,) = (line for line in page.splitlines() if "script" in line)
    assert line.replace(r"\|", "").count("|") == 3


def test_steps_are_matched_without_what_the_builder_adds() -> None:
    image = row("slim").image
    assert image is not None
    digests = "a" * 64, "b" * 64
    old, new = (with_steps(image, (f"COPY file:{one} in /app", 5)) for one in digests)
    assert layer_parts(old, new, lambda layer: layer.size_bytes) == ()
    grown = with_steps(image, (f"COPY file:{digests[1]} in /app", 9), ("RUN x", 3))
    assert layer_parts(old, grown, lambda layer: layer.size_bytes) == (
        Part("layer", "COPY in /app", 5, 9),
        Part("layer", "RUN x", 0, 3),
    )


def test_owners_that_are_no_packages_are_told_as_files() -> None:
    image = row("slim").image
    assert image is not None
    kinds = {part.name: part.kind for part in package_parts(None, image)}
    assert kinds == {"torch 2.0": "package", "libc6 2.36": "package", "model": "files of"}


@pytest.mark.parametrize(
    ("old", "new", "came"),
    [(None, ["a", "a"], ("a", "a")), (["a"], ["a", "b"], ("b",)), (["b", "a"], ["a"], ())],
)
def test_newcomers(old: list[str] | None, new: list[str], came: tuple[str, ...]) -> None:
    assert newcomers(old, new) == came


def test_holms_correction_is_over_the_variants_of_both_runs() -> None:
    base = {name: [float(value) for value in range(1, 13)] for name in "abc"}
    new = {"a": [value + 100 for value in base["a"]], "b": base["b"], "c": [], "d": base["a"]}
    found = {one.candidate: one for one in compare_runs(base, new, None, 1, "ms")}
    assert set(found) == {"a", "b"}
    assert found["a"].verdict == "slower"
    assert found["a"].corrected_p == pytest.approx(2 * found["a"].p_value)
    assert found["b"].verdict == "same"
