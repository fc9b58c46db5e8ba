"""The workload `serve`, from build to load, on the in-memory engine and a stand-in service."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from session_programs import PROBS, speaking
from small_project import DOCKERFILE, SmallProject, make
from stand_in_service import StandIn, listening, prediction
from whole_line import by_name

from bench import page_cache, steps
from bench.interrupted import saved_so_far
from bench.page_cache import CacheDrop
from bench.record import load as load_record
from bench.record_types import Record
from bench.run import Run
from bench.scenario_types import Missing
from bench.service.exchanges import Attack, Exchange
from bench.service.generators import Target
from bench.service.load_rounds import load
from builders.doctor import examine
from builders.engine import ContainerSpec
from builders.errors import SlimbenchError
from builders.fake_container import Wait
from builders.labels import KIND, KIND_SERVICE
from builders.matrix_file import load_matrix
from builders.prepare import Project
from builders.workspace import Workspace

S = 1_000_000_000
RIGHT = json.dumps(prediction(PROBS, 3))
WRONG = json.dumps(prediction((0.2, 0.3, 0.5), 3))
WORKLOADS = """
workloads: {serve: {dockerfile: serve.Dockerfile, requirements: set, context: [inference/serving]}}
"""


class Tools:
    """Load tools without a load: four right answers a second, unless told otherwise."""

    def __init__(self, body: str = RIGHT, status: int = 200) -> None:
        self.body, self.status = body, status
        self.asked: list[tuple[str, float, int]] = []

    def versions(self) -> Mapping[str, str]:
        return {"tool": "1.0"}

    def closed(self, target: Target, concurrency: int, seconds: int) -> Attack:
        self.asked.append(("closed", concurrency, seconds))
        return self._attack(len(target.forms), seconds)

    def opened(self, target: Target, rate: float, seconds: int) -> Attack:
        self.asked.append(("open", rate, seconds))
        return self._attack(len(target.forms), seconds)

    def _attack(self, forms: int, seconds: int) -> Attack:
        times = [number * S // 4 for number in range(4 * seconds)]
        return Attack(
            tuple(
                Exchange(place % forms, ns, ns + 1, ns + S // 5, self.status, self.body)
                for place, ns in enumerate(times)
            ),
            cpu_ns=S // 10,
            elapsed_ns=seconds * S,
        )


class NoTools(Tools):
    def versions(self) -> Mapping[str, str]:
        raise SlimbenchError("wrk isn't installed")


class Line:
    """A small project that serves; both variants are answered for by the stand-in."""

    def __init__(self, folder: Path, stand_in: StandIn) -> None:
        self.stand_in = stand_in
        self.broken: set[str] = set()  # tags of images whose service ends at once
        names = ("big", "small")
        programs = {f"slimbench/{name}:serve": self._program(name) for name in names}
        self.small: SmallProject = make(folder, programs)
        root = self.small.root
        (root / "inference" / "serving").mkdir()
        (root / "inference" / "serving" / "app.py").write_text("app = 1\n")
        (root / "serve.Dockerfile").write_text(DOCKERFILE.replace("BASE", "RUNG"))
        text = (root / "variants.yaml").read_text()
        asked = f"port: {stand_in.port}, starts: 2, rounds: 2, concurrencies: [1, 4], rates: [10]"
        text = text.replace("warmups: 1", f"service: {{{asked}, seconds: 2}}, warmups: 1")
        text = text.replace("  disk: 1\n", "  disk: 1\n  workloads: [predict, serve]\n")
        (root / "variants.yaml").write_text(text + WORKLOADS)

    def _program(self, name: str) -> Any:
        def program(spec: ContainerSpec) -> Any:
            return self._serving(name) if spec.command[0] == "serve" else speaking()(spec)

        return program

    def _serving(self, name: str) -> Iterator[Any]:
        yield f"{name} serves"
        if name not in self.broken:
            yield Wait.FOREVER

    def run(self, **more: Any) -> Run:
        matrix = load_matrix(self.small.root / "variants.yaml", "serve")
        place = self.small.workspace
        workspace = Workspace(place.root, place.cache, edition=matrix.edition)
        project = Project(self.small.engine, matrix, matrix.variants, workspace, 2, self.small.say)
        return Run(project, None, **more)

    def until_starts(self, **more: Any) -> Record:
        return steps.execute(self.run(**more), "starts")

    def whole(self, tools: Tools, **more: Any) -> Record:
        run = self.run(**more)
        record = load(run, self.until_starts(**more), tools)
        run.save(record)
        assert load_record(run.project.workspace.record) == record
        left = self.small.engine.remove_labelled({KIND: KIND_SERVICE})
        assert (left.containers, left.networks) == (0, 0)
        return record


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with listening(StandIn()) as stand_in:
        yield Line(tmp_path, stand_in)


def test_every_variant_is_verified_started_and_loaded_in_rounds(line: Line) -> None:
    tools = Tools()
    record = line.whole(tools)
    assert record.workload == "serve"
    assert record.sampled == ("big", "small")
    for row in record.variants:
        assert (row.status, row.missing) == ("measured", ())
        assert row.verification is not None
        assert row.verification.outputs_match
        assert [start.round for start in row.starts] == [0, 1, 2, 3]
        assert all(0 < start.ready_ns <= start.first_answer_ns for start in row.starts)
        assert {start.health.backend for start in row.starts} == {"onnx"}
        assert [one.round for one in row.load] == [0, 1]
        kinds = [(one.loop, one.concurrency, one.rate) for one in row.load[0].samples]
        assert kinds == [("closed", 1, None), ("closed", 4, None), ("open", None, 10)]
        assert row.load[0].tools == {"tool": "1.0"}
    # One second isn't counted, two are.
    assert tools.asked == [("closed", 1, 3), ("closed", 4, 3), ("open", 10, 3)] * 4


def test_counted_answers_and_what_the_tools_used_are_kept_raw(line: Line) -> None:
    record = line.whole(Tools())
    closed, _, opened = by_name(record)["big"].load[0].samples
    assert closed.latency_ns == opened.latency_ns == (S // 5,) * 8
    assert (closed.seconds, closed.asked, closed.rejected, closed.errors) == (2, 12, 0, {})
    assert (closed.late_ns, opened.late_ns) == ((), (1,) * 8)
    cpus = by_name(record)["big"].load[0].generator_cpus.count(",") + 1
    assert closed.generator_share == pytest.approx(0.1 / 3 / cpus, abs=1e-4)


def test_services_run_hardened_one_at_a_time_on_networks_of_their_own(line: Line) -> None:
    line.whole(Tools())
    calls = line.small.engine.calls
    specs = [call[1] for call in calls if call[0] == "create"]
    services = [spec for spec in specs if spec.labels.get(KIND) == KIND_SERVICE]  # type: ignore[attr-defined]
    assert len(services) == 2 * (1 + 2 + 2)  # verified, started, loaded
    assert {(spec.user, spec.read_only_root) for spec in services} == {("65532:65532", True)}  # type: ignore[attr-defined]
    networks = [spec.network for spec in services]  # type: ignore[attr-defined]
    assert len(set(networks)) == len(networks)
    assert [name for call, name in calls if call == "create_network"][-1] == networks[-1]


def test_what_the_service_was_built_from_is_kept(line: Line) -> None:
    for row in line.until_starts().variants:
        assert row.rung is not None
        assert row.rung.tag == f"slimbench/{row.name}:latest"
        assert row.image is not None
        assert row.build is not None
        assert row.build.tag == f"slimbench/{row.name}:serve"
        assert row.rung.size_bytes <= row.image.size_bytes


def test_the_conditions_stand_in_the_record(line: Line) -> None:
    asked = line.until_starts().service
    assert asked is not None
    assert (asked.starts, asked.rounds, asked.concurrencies, asked.rates) == (2, 2, (1, 4), (10,))
    assert (asked.seconds, asked.warmup_seconds, asked.user) == (2, 1, "65532:65532")


def test_one_wrong_answer_voids_the_load_of_its_variant(line: Line) -> None:
    record = line.whole(Tools(body=WRONG))
    for row in record.variants:
        assert (row.status, row.load, len(row.starts)) == ("measured", (), 2)
        (gap,) = row.missing
        assert (gap.what, gap.failed) == ("load", True)
        assert "one of 1 requests at a time was answered wrong: classes 0 and " in gap.reason


def test_a_service_that_answers_wrong_fails_its_row_when_it_is_verified(line: Line) -> None:
    line.stand_in.predict = lambda top: (200, prediction((0.2, 0.3, 0.5), top))
    for row in line.whole(Tools()).variants:
        assert (row.status, row.failed_step, row.starts) == ("failed", "verify", ())
        assert row.reason.startswith("0.png: classes 0 and ")


def test_one_that_ends_fails_its_row_and_the_others_go_on(line: Line) -> None:
    line.broken = {"small"}
    rows = by_name(line.whole(Tools()))
    assert rows["big"].status == "measured"
    assert (rows["small"].status, rows["small"].failed_step) == ("failed", "verify")
    assert "ended with exit code 0 while starting, after writing: small serves" in (
        rows["small"].reason
    )


def test_a_load_that_nobody_answers_is_a_gap(line: Line) -> None:
    for row in line.whole(Tools(status=503)).variants:
        (gap,) = row.missing
        assert (gap.what, gap.failed, row.load) == ("load", True, ())
        assert "answered none of 1 requests at a time right within 2 s" in gap.reason


def test_without_the_tools_every_row_says_so_and_stays_empty(line: Line) -> None:
    for row in line.whole(NoTools()).variants:
        gap = Missing(what="load", reason="wrk isn't installed", failed=False)
        assert (row.status, row.load, row.missing) == ("measured", (), (gap,))


def test_doctor_says_whether_load_can_be_measured(
    line: Line, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    project = line.run().project
    found = []
    for folder in (tmp_path / "bin", tmp_path / "empty"):
        folder.mkdir()
        monkeypatch.setenv("PATH", str(folder))
        if folder.name == "bin":
            (folder / "wrk").touch(mode=0o755)
        checks = examine(
            lambda: project.engine,
            project.matrix,
            project.variants,
            project.workspace,
            lambda host: True,
        )
        found += [(one.state, one.finding) for one in checks if one.subject == "load tool"]
    assert found == [
        ("ok", "wrk is there"),
        ("note", "wrk is missing: no load will be measured"),
    ]


def test_load_is_left_out_where_it_isn_t_wanted(line: Line) -> None:
    tools = Tools()
    for row in line.whole(tools, scenarios=False).variants:
        assert (row.load, row.missing, len(row.starts)) == ((), (), 2)
    assert tools.asked == []


def test_starts_from_a_cold_cache_are_gaps_where_it_can_not_be_emptied(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = CacheDrop(dropped=False, reason="only root may empty the page cache")
    monkeypatch.setattr(page_cache, "drop_page_cache", lambda one_kernel: refused)
    cold = line.run().settings.overridden(page_cache="cold")
    record = line.whole(Tools(), measurement=cold)
    assert record.conditions.page_cache == "cold"
    for row in record.variants:
        assert (row.starts, row.load) == ((), ())
        assert [gap.what for gap in row.missing] == ["starts", "load"]
        assert "only root may empty the page cache" in row.missing[0].reason


def test_one_who_interrupts_is_told_how_much_is_saved(line: Line) -> None:
    line.until_starts()
    path = line.run().project.workspace.record
    assert saved_so_far(path) == (
        f"interrupted: 2 rounds are saved in {path};"
        " `slimbench bench --workload serve --resume` goes on"
    )


def test_a_run_that_was_broken_off_goes_on_with_what_is_missing(line: Line) -> None:
    whole = line.whole(Tools())
    rows = [row.model_copy(update={"load": row.load[:1]}) for row in whole.variants]
    line.run().save(whole.model_copy(update={"variants": tuple(rows)}))
    tools = Tools()
    again = line.whole(tools, resume=True)
    assert len(tools.asked) == 3 * 2  # one round of both
    assert [one.round for one in by_name(again)["big"].load] == [0, 1]


def test_a_second_run_begins_anew(line: Line) -> None:
    first = line.whole(Tools())
    second = line.whole(Tools())
    for row, old in zip(second.variants, first.variants):
        assert len(row.starts) == len(old.starts) == 4
        assert row.starts != old.starts
