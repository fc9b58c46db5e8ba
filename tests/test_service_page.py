"""The page of services: its figures, by hand, and what it says where something is missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from report_images import MB, image
from report_records import MS, SLIM_BASE, build, record, variant, verified

from bench.disturbance import Disturbance
from bench.inspection.facts import Owner
from bench.record_types import Record, VariantRecord
from bench.scenario_types import Missing
from bench.service_types import (
    Health,
    LoadSample,
    PackageName,
    RungFact,
    ServiceConditions,
    ServiceLoad,
    ServiceStart,
)
from reports import service_page
from reports.publish import publish

HEALTH = Health(
    backend="onnx", model="mobilenet_v2", version="onnxruntime 1.0", device="cpu", threads=1
)
QUIET = Disturbance(part="requests", steal_share=0.0, other_cpu_share=0.01)
BUSY = Disturbance(part="requests", steal_share=0.0, other_cpu_share=0.9)


def owner(name: str, version: str) -> Owner:
    return Owner(kind="python", name=name, version=version, where=f"/opt/{name}.dist-info")


def start(number: int) -> ServiceStart:
    ready_ns = (1000 + number) * MS
    return ServiceStart(
        round=number, ready_ns=ready_ns, first_answer_ns=ready_ns + 50 * MS, health=HEALTH
    )


def closed(concurrency: int, answers: int, latency_ms: int) -> LoadSample:
    return LoadSample(
        loop="closed",
        concurrency=concurrency,
        seconds=2,
        latency_ns=tuple(latency_ms * MS for _ in range(answers)),
        cpu_ns=3000 * MS,
        asked=answers + 20,
        generator_share=0.05,
        disturbance=QUIET,
    )


def opened(rate: float, answers: int) -> LoadSample:
    """Latencies of 1, 2, 3, ... ms; two were rejected, one wasn't answered."""
    return LoadSample(
        loop="open",
        rate=rate,
        seconds=2,
        latency_ns=tuple((1 + number) * MS for number in range(answers)),
        late_ns=(MS // 2,) * answers,
        rejected=2,
        errors={"ClientOSError": 1},
        cpu_ns=3000 * MS,
        asked=answers,
        generator_share=0.125,
        disturbance=BUSY,
    )


def loaded(number: int, answers: int) -> ServiceLoad:
    return ServiceLoad(
        round=number,
        cpu_set="1",
        generator_cpus="0",
        generator_apart=True,
        tools={"wrk": "4.1.0", "aiohttp": "3.9.5"},
        samples=(closed(1, answers, 20), closed(16, 2 * answers, 160), opened(10, 100)),
        peak_rss_bytes=(150 + number) * MB,
        cgroup_peak_bytes=200 * MB,
        docker_stats_bytes=120 * MB,
    )


def serving(name: str, **more: object) -> VariantRecord:
    packages = (owner("fastapi", "0.100"), owner("uvicorn", "0.30"), owner("numpy", "2.0"))
    row = variant(
        name,
        changed="something",
        status="measured",
        build=build(name, SLIM_BASE),
        image=image(300).model_copy(update={"owners": packages}),
        verification=verified(1e-7),
        starts=tuple(map(start, range(7))),
        load=(loaded(0, 80), loaded(1, 100), loaded(2, 90)),
        rung=RungFact(
            image_id="sha256:rung",
            tag=f"slimbench/{name}:latest",
            size_bytes=280 * MB,
            compressed_bytes=None,
            packages=(PackageName(kind="python", name="numpy", version="2.0"),),
        ),
    )
    return row.model_copy(update=more)


def served(*rows: VariantRecord) -> Record:
    asked = ServiceConditions(
        starts=4,
        rounds=3,
        concurrencies=(1, 16),
        rates=(10.0,),
        seconds=2,
        warmup_seconds=1,
        user="65532:65532",
        network="a bridge of its own",
    )
    update = {"workload": "serve", "edition": "serve", "service": asked, "load1": 0.5}
    return record(*rows).model_copy(update=update)


def rows_of(page: str, heading: str) -> list[list[str]]:
    """The cells of a section's table, without its heading."""
    section = page.split(f"## {heading}\n")[1].split("\n## ", maxsplit=1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@pytest.fixture(scope="module")
def page() -> str:
    broken = variant(
        "broken", status="failed", failed_step="verify", reason="00.png: it answered 500"
    )
    lacking = serving("lacking", load=(), missing=(NO_WRK,))
    return service_page.render(served(serving("fat"), lacking, broken))


NO_WRK = Missing(what="load", reason="wrk isn't installed", failed=False)


def test_starts_have_medians_and_intervals(page: str) -> None:
    fat, lacking = rows_of(page, "Starts")
    assert fat == ["`fat`", "7", "1,003", "1,001 to 1,005", "0.2", "1,053", "1,051 to 1,055", "0.2"]
    assert lacking[:3] == ["`lacking`", "7", "1,003"]


def test_throughput_is_the_median_of_the_containers_and_its_range(page: str) -> None:
    assert rows_of(page, "Throughput") == [
        ["`fat`", "45.0 (40.0 to 50.0)", "90.0 (80.0 to 100.0)"],
    ]


def test_percentiles_stand_where_enough_answers_carry_them(page: str) -> None:
    assert rows_of(page, "Latency by concurrency") == [
        ["`fat`", "1", "20.0", "20.0", "–", "270", "0", "0"],  # noqa: RUF001
        ["`fat`", "16", "160.0", "160.0", "160.0", "540", "0", "0"],
    ]


def test_rates_tell_arrivals_and_answers_apart(page: str) -> None:
    (row,) = rows_of(page, "Latency by rate of arrivals")
    assert row[:3] == ["`fat`", "10", "50.0"]
    assert row[3:6] == ["50.5", "95.1", "–"]  # noqa: RUF001
    assert row[6:] == ["300", "6", "ClientOSError: 3", "0.5"]


def test_memory_and_processor_time(page: str) -> None:
    (row,) = [row for row in rows_of(page, "Memory and processor time") if row[0] == "`fat`"]
    # Containers took 9 s for (answers + 20) + (2 answers + 20) + 100 requests; 90 is the median.
    assert row == ["`fat`", "152.0", "200.0", "120.0", f"{9000 / (3 * 90 + 140):.2f}"]


def test_what_the_service_adds_is_measured_on_both_images(page: str) -> None:
    fat, _ = rows_of(page, "What a service adds to its image")
    assert fat[:2] == ["`fat`", "280.0"]
    assert fat[3:] == ["–", "2", "none", "fastapi, uvicorn"]  # noqa: RUF001
    assert "fastapi 0.100, uvicorn 0.30" in page


def test_what_is_missing_is_told(page: str) -> None:
    assert "- `lacking`: wrk isn't installed." in page
    assert "- `broken` failed at step `verify`: 00.png: it answered 500." in page


def test_conditions_name_the_tools_and_their_cpus(page: str) -> None:
    told = {row[0]: row[1] for row in rows_of(page, "How it was taken")}
    assert told["load tools"] == "wrk 4.1.0, aiohttp 3.9.5"
    assert told["their CPUs"] == "0, none of them the service's"
    assert told["most that they used of them"] == "12.5 %"
    assert told["loads disturbed by others"] == "3 of 9"
    assert told["time of each load"] == "2 s, after 1 s not counted"
    assert told["starts of each"] == "4 alone, 3 before load"


def test_a_failed_variant_has_no_figures(page: str) -> None:
    (broken,) = [row for row in rows_of(page, "All variants") if row[0] == "`broken`"]
    assert broken[1] == "failed"
    assert set(broken[2:]) == {"–"}  # noqa: RUF001


def test_nothing_measured_leaves_the_sections_out() -> None:
    text = service_page.render(served(variant("fat", status="built")))
    assert "## Starts" not in text
    assert "## Throughput" not in text
    assert "## All variants" in text


def test_the_page_is_published_with_its_json(tmp_path: Path) -> None:
    written = publish(served(serving("fat")), tmp_path)
    assert {path.relative_to(tmp_path).as_posix() for path in written} == {
        "service.md",
        "service.json",
        "service.html",
        "service.csv",
        "pictures/service-bytes.svg",
    }
    (row,) = json.loads((tmp_path / "service.json").read_text())
    assert row["service"]["service_ready_ms"] == 1003
    assert row["service"]["loads"][0] == {
        "loop": "closed",
        "concurrency": 1,
        "median": 45.0,
        "lowest": 40.0,
        "highest": 50.0,
        "p50_ms": 20.0,
        "p95_ms": 20.0,
        "p99_ms": None,
        "answers": 270,
        "containers": 3,
        "rejected": 0,
        "errors": {},
    }
