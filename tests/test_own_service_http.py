"""A service of the user's own over HTTP, on the in-memory engine and a stand-in that answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from own_line import RIGHT, Flowers, http_line
from stand_in_service import listening
from whole_line import by_name

from bench.service.container import NETWORK
from builders.errors import ConfigurationError

EXPECT = "json: {$.species: setosa, $.score: 0.95}, tolerance: 0.05"


@pytest.fixture
def flowers() -> Iterator[Flowers]:
    with listening(Flowers()) as found:
        yield found  # type: ignore[misc]


def test_every_variant_is_verified_started_and_asked_in_rounds(
    tmp_path: Path, flowers: Flowers
) -> None:
    record = http_line(tmp_path, flowers.port, EXPECT).run()
    assert (record.workload, record.conditions.network) == ("http", NETWORK)
    for row in record.variants:
        assert (row.status, row.reason) == ("measured", "")
        assert [sample.round for sample in row.samples] == [0, 1]
        for sample in row.samples:
            assert (len(sample.warmup_ns), len(sample.latency_ns)) == (1, 3)
            phases = sample.phases
            assert (phases.imports_ns, phases.model_load_ns) == (None, None)
            assert phases.ready_ns is not None
            assert phases.total_ns == phases.launch_ns + phases.ready_ns + phases.first_answer_ns
    assert flowers.asked == 2 + 2 * 2 * (1 + 1 + 3)  # once to verify, then in every container


def test_what_was_asked_and_found_stands_in_the_record(tmp_path: Path, flowers: Flowers) -> None:
    record = http_line(tmp_path, flowers.port, EXPECT).run("verify")
    assert record.asked is not None
    assert (record.asked.request, record.asked.ready) == ("POST /classify", "/ready")
    assert record.asked.expected == (
        "status 200; the matrix's value at $.species; the matrix's value at $.score"
    )
    found = by_name(record)["slim"].verification
    assert found is not None
    assert (found.outputs_match, found.tolerance, found.answers[0].compared) == (True, 0.05, 2)
    assert found.max_abs_diff == pytest.approx(0.02)


def test_containers_are_as_docker_run_would_have_them(tmp_path: Path, flowers: Flowers) -> None:
    line = http_line(tmp_path, flowers.port)
    line.run("verify")
    for spec in line.specs:
        assert (spec.command, spec.entrypoint, spec.user) == ((), None, None)
        assert (spec.read_only_root, spec.usual_capabilities) == (False, True)
        assert (spec.cpu_set, spec.memory_bytes) == ("0", 2 * 1024**3)
        assert spec.network.startswith("slimbench-service-")


def test_the_reference_s_answer_is_the_measure_where_nothing_else_is_said(
    tmp_path: Path, flowers: Flowers
) -> None:
    flowers.answers = [(200, RIGHT), (200, {**RIGHT, "score": 0.5})]
    rows = by_name(http_line(tmp_path, flowers.port).run("verify"))
    assert rows["full"].status == "verified"
    assert (rows["slim"].status, rows["slim"].failed_step) == ("failed", "verify")
    assert rows["slim"].reason == "$.score is 0.5 instead of 0.97, beyond 1e-06"


def test_a_wrong_answer_fails_its_row_and_says_what_came(tmp_path: Path, flowers: Flowers) -> None:
    flowers.answers = [(500, "broken"), (200, RIGHT)]
    rows = by_name(http_line(tmp_path, flowers.port, EXPECT).run())
    assert rows["full"].status == "failed"
    assert rows["full"].reason == "answered with status 500 instead of 200, saying 'broken'"
    assert (rows["slim"].status, len(rows["slim"].samples)) == ("measured", 2)


def test_without_a_right_answer_of_the_reference_nobody_is_held_to_it(
    tmp_path: Path, flowers: Flowers
) -> None:
    flowers.answers = [(500, "broken"), (200, RIGHT)]
    rows = by_name(http_line(tmp_path, flowers.port).run("verify"))
    assert "there are no answers of full to compare with (answered with status 500" in (
        rows["slim"].reason
    )


def test_one_wrong_timed_answer_voids_the_variant_s_samples(
    tmp_path: Path, flowers: Flowers
) -> None:
    right, wrong = (200, RIGHT), (200, {"species": "rose", "score": 0.97})
    flowers.answers = [right] * 14 + [wrong, right]
    rows = by_name(http_line(tmp_path, flowers.port, EXPECT).run())
    failed = next(row for row in rows.values() if row.status == "failed")
    assert (failed.failed_step, failed.samples) == ("measure", ())
    assert '$.species is "rose" instead of "setosa" while answering POST /classify' in failed.reason
    assert sorted(row.status for row in rows.values()) == ["failed", "measured"]


def test_one_that_ends_says_how_and_its_last_lines(tmp_path: Path, flowers: Flowers) -> None:
    line = http_line(tmp_path, flowers.port, EXPECT)
    line.scripts["slim"] = ["ImportError: no module named flask"]
    line.exit_codes["slim"] = 1
    rows = by_name(line.run())
    assert rows["full"].status == "measured"
    assert "ended with exit code 1" in rows["slim"].reason
    assert "after writing: ImportError: no module named flask" in rows["slim"].reason


def test_one_that_never_gets_ready_says_what_it_answers(tmp_path: Path, flowers: Flowers) -> None:
    flowers.unready = 10**9
    for row in http_line(tmp_path, flowers.port, EXPECT).run("verify").variants:
        assert "wasn't ready within 1 s: GET /ready gives 503" in row.reason


def test_a_closed_port_is_told_with_what_is_likely_wrong(tmp_path: Path) -> None:
    for row in http_line(tmp_path, 1, EXPECT).run("verify").variants:
        assert (
            "wasn't ready within 1 s: nobody answers on port 1; it must listen there on 0.0.0.0,"
            " not on 127.0.0.1 alone" in row.reason
        )


def test_one_that_hangs_up_or_is_silent_is_told(tmp_path: Path, flowers: Flowers) -> None:
    flowers.answers = [(0, "")]
    rows = by_name(http_line(tmp_path, flowers.port, EXPECT).run("verify"))
    assert "closed the connection instead of answering POST /classify" in rows["slim"].reason


def test_an_image_that_is_there_is_measured_and_left_alone(
    tmp_path: Path, flowers: Flowers
) -> None:
    line = http_line(tmp_path, flowers.port, EXPECT)
    line.run("build")
    line.engine.tag("slimbench/iris/slim:latest", "somebody/theirs:1")
    path = line.root / "variants.yaml"
    text = path.read_text().replace("dockerfile: slim.Dockerfile", "image: 'somebody/theirs:1'")
    path.write_text(text)
    rows = by_name(line.run())
    build = rows["slim"].build
    assert rows["slim"].status == "measured"
    assert build is not None
    assert (build.tag, build.base.source, build.up_to_date) == ("somebody/theirs:1", "engine", True)
    assert "somebody/theirs:1" in line.engine.tags()


def test_an_image_that_is_nowhere_fails_its_row_alone(tmp_path: Path, flowers: Flowers) -> None:
    line = http_line(tmp_path, flowers.port, EXPECT)
    path = line.root / "variants.yaml"
    path.write_text(path.read_text().replace("dockerfile: slim.Dockerfile", "image: absent"))
    rows = by_name(line.run())
    assert rows["full"].status == "measured"
    assert rows["slim"].reason == (
        "slim: the engine holds no image 'absent'; pull, load or build it, or correct the name"
    )


def test_a_base_that_can_t_be_pulled_is_told_by_its_line(tmp_path: Path, flowers: Flowers) -> None:
    line = http_line(tmp_path, flowers.port, EXPECT)
    (line.root / "slim.Dockerfile").write_text("FROM registry.example/absent:1\n")
    rows = by_name(line.run())
    assert rows["full"].status == "measured"
    assert rows["slim"].reason.startswith(
        "slim.Dockerfile: FROM registry.example/absent:1: its registry doesn't give it; correct"
    )


def test_a_run_goes_on_where_it_was_broken_off(tmp_path: Path, flowers: Flowers) -> None:
    line = http_line(tmp_path, flowers.port, EXPECT)
    whole = line.run()
    again = line.run(resume=True)
    assert [row.samples for row in again.variants] == [row.samples for row in whole.variants]


def test_pictures_are_no_concern_of_such_a_service(tmp_path: Path, flowers: Flowers) -> None:
    line = http_line(tmp_path, flowers.port)
    (line.root / "photo.jpg").touch()
    with pytest.raises(ConfigurationError, match="a service of your own looks at no pictures"):
        line.run("verify", pictures=line.root)
