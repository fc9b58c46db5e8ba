"""Reports of a record that was merged: which runs it was, and no verdict between them."""

from __future__ import annotations

import json

from full_record import full_record
from test_merging import changed, environment, jobs

from bench.merging import merged
from bench.record_types import Record
from reports import fairness, json_report, service_page
from reports.columns import JUDGED
from reports.markdown import render, summary
from reports.start_columns import COLD_START
from reports.verdicts import judge

NOTE = "It was measured in 3 runs, one for each variant, which took no turns with each other."


def elsewhere(cpu_model: str) -> Record:
    """Three jobs, the last of which ran on a machine of its own."""
    records = jobs()
    name, onnx = records[2]
    return merged([*records[:2], (name, environment(cpu_model=cpu_model)(onnx))])


def test_the_page_says_that_it_was_several_runs():
    page = render(merged(jobs()))
    assert "and measured in 3 runs, the first started 2024-06-12T10:00:00Z with" in page
    assert NOTE in page


def test_no_time_is_judged_and_none_is_called_best():
    record = merged(jobs())
    verdicts = judge(record, JUDGED)
    assert all(pairs == {} for pairs in verdicts.by_column.values())
    page = render(record)
    assert "**faster**" not in page
    assert "**slower**" not in page
    assert "- Not compared, since they were taken in different runs: `fat`; `slim`; `onnx`." in page
    assert "Nobody can be called best in cold start: too little compares." in page
    (step,) = (line for line in page.splitlines() if "what makes slim" in line)
    assert step.count("not compared") == 2  # cold start and latency


def test_sizes_and_answers_still_are():
    page = render(merged(jobs()))
    assert "`onnx` is the smallest image: 250.0 MB, 4.2 % of `fat`." in page
    assert "**250.0**" in page


def test_what_was_taken_in_one_run_is_judged():
    record = merged(jobs()[1:])  # the reference is of the run of `slim`
    compared = judge(record, JUDGED).by_column[COLD_START.key]
    assert set(compared) == {("fat", "slim"), ("slim", "fat")}
    page = render(record)
    assert "Not compared, since they were taken in different runs: `fat`, `slim`; `onnx`." in page
    assert "**same**" in page


def test_the_json_names_the_condition():
    rows = {row["variant"]: row for row in json.loads(json_report.render(merged(jobs())))}
    assert rows["onnx"]["compared_with"] == {}
    assert rows["onnx"]["not_compared_with"] == {"fat": ["run"], "slim": ["run"]}


def test_facts_that_machines_differ_in_stand_with_the_runs():
    text = fairness.conditions(elsewhere("Another CPU"))
    assert "Example CPU, 2 cores: fat, slim; Another CPU, 2 cores: onnx" in text
    assert "| memory | 8,000.0 MB |" in " ".join(text.replace("|", " | ").split())


def test_the_table_of_a_readme_says_it_too():
    assert summary(merged(jobs())).endswith("sizes and answers are compared all the same.")
    assert NOTE.split(".", maxsplit=1)[0] not in summary(full_record())


def test_services_of_several_runs_say_it_too():
    records = [(name, changed(workload="serve")(run)) for name, run in jobs()]
    page = service_page.render(merged(records))
    assert "put under load in 3 runs, the first started" in page
    assert NOTE in page
