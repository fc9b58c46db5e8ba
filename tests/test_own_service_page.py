"""The page of a service of the user's own: the same tables, and words that hold for it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from own_line import RIGHT, Flowers, command_line, http_line
from stand_in_service import listening

from bench.record_types import Record
from reports import json_report, markdown
from reports.outcomes import outcomes
from reports.publish import stem


@pytest.fixture(scope="module")
def over_http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    with listening(Flowers()) as flowers:
        folder = tmp_path_factory.mktemp("http")
        yield http_line(folder, flowers.port, "same: [$.score]").run()


@pytest.fixture(scope="module")
def by_command(tmp_path_factory: pytest.TempPathFactory) -> Record:
    said = [json.dumps(RIGHT)]
    folder = tmp_path_factory.mktemp("command")
    return command_line(folder, {"full": said, "slim": said}).run()


def test_it_stands_where_every_comparison_does(over_http: Record, by_command: Record) -> None:
    assert (stem(over_http), stem(by_command)) == ("comparison", "comparison")


def test_the_phases_that_are_known_are_told(over_http: Record, by_command: Record) -> None:
    for record, known, unknown in (
        (over_http, "ready, ms |", "imports, ms"),
        (by_command, "first answer, ms |", "ready, ms"),
    ):
        page = markdown.render(record)
        phases = page.partition("## Phases of a cold start")[2].partition("\n## ")[0]
        assert known in phases
        assert unknown not in phases
        assert "model load" not in phases


def test_what_was_asked_and_expected_is_told(over_http: Record, by_command: Record) -> None:
    page = markdown.render(over_http)
    assert "Every container got one request `POST /classify`" in page
    assert "status 200; the reference's value at \\$.score" in page
    assert "| readiness path" in page
    page = markdown.render(by_command)
    assert "one command with the arguments `/data/one.json`" in page
    assert "exit code 0; the reference's whole answer" in page


@pytest.mark.parametrize("word", ["probabilit", "picture", "weights", "top-1", "docs/"])
def test_nothing_is_said_of_classifiers(over_http: Record, by_command: Record, word: str) -> None:
    for record in (over_http, by_command):
        page = markdown.render(record).replace("](pictures/", "](")  # where drawings lie
        assert word not in page


def test_the_json_has_the_phase_that_others_lack(over_http: Record) -> None:
    (full, _) = json.loads(json_report.render(over_http))
    assert full["phases_ms"]["ready"] > 0
    assert full["phases_ms"]["imports"] is None
    assert full["outputs_match"] is True


def test_the_terminal_tells_what_was_compared(over_http: Record) -> None:
    told = outcomes(over_http.variants, "verify", raw=False, workload="http")
    assert told[1]["values compared"] == "1"
    assert told[1]["outputs match"] == "yes"


def test_a_missing_stop_has_its_reason(over_http: Record) -> None:
    rows = [
        row.model_copy(
            update={
                "samples": tuple(
                    one.model_copy(
                        update={"phases": one.phases.model_copy(update={"stop_ns": None})}
                    )
                    for one in row.samples
                )
            }
        )
        if row.name == "slim"
        else row
        for row in over_http.variants
    ]
    page = markdown.render(over_http.model_copy(update={"variants": tuple(rows)}))
    assert "it was not asked to end, or didn't end in time" in page
