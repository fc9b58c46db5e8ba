"""One variant at a time on the in-memory engine: what is there at once, and what stays.

The command on a real engine is in test_serial_command.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from session_programs import result, right_reply, saying, speaking
from small_project import DOCKERFILE
from whole_line import Line, by_name

from bench.comparability import RUN, differing
from bench.record import load
from bench.record_types import Record
from bench.run import Run
from bench.serial import execute_serially
from builders.disk_allowance import DiskAllowance
from builders.engine import BuildRequest, ContainerSpec
from builders.errors import ConfigurationError, EngineUnavailable
from builders.labels import KIND, KIND_SESSION, KIND_VARIANT, VARIANT

THIRD = "  third: {changed: least, after: small, disk: 1}\n"
STAGES = "ARG BASE\nFROM ${BASE} AS build\nRUN pip install\n" + DOCKERFILE.partition("\n")[2]
PLENTY = 1024**3


class SerialLine(Line):
    """A third variant, and what was in the engine whenever a container was made."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.there: list[set[str]] = []  # variants with an image
        self.trouble = self._look
        root = self.small.root
        (root / "variants.yaml").write_text((root / "variants.yaml").read_text() + THIRD)
        for name in ("small", "third"):
            (root / "dockerfiles" / f"{name}.Dockerfile").write_text(STAGES)
        self.programs["third"] = speaking()
        programs = self.small.engine._containers._programs
        programs["slimbench/third:latest"] = self._program("third")

    def _look(self, number: int) -> None:
        self.there.append({image.labels[VARIANT] for image in self.images()})

    def images(self) -> tuple[Any, ...]:
        return self.small.engine.images({KIND: KIND_VARIANT})

    def serially(
        self, *names: str, most_bytes: int | None = None, pictures: Path | None = None, **more: Any
    ) -> Record:
        chosen = [self.small.matrix.variant(name) for name in names]
        run = Run(self.small.project(*chosen), pictures, **more)
        allowance = None if most_bytes is None else DiskAllowance(most_bytes)
        record = execute_serially(run, allowance)
        assert self.saved() == record
        assert self.small.engine.remove_labelled({KIND: KIND_SESSION}).containers == 0
        return record


@pytest.fixture
def line(tmp_path: Path) -> SerialLine:
    return SerialLine(tmp_path)


def test_the_record_is_whole(line: SerialLine) -> None:
    record = line.serially()
    assert [row.name for row in record.variants] == ["big", "small", "third"]
    for row in record.variants:
        assert (row.status, row.reason, row.part) == ("measured", "", row.name)
        assert row.image is not None
        assert row.verification is not None
        assert row.verification.outputs_match
        assert len(row.samples) == 2
        assert row.imports == ()  # these programs tell none
    assert [part.name for part in record.parts] == ["big", "small", "third"]
    assert record.stop is not None


def test_one_variant_s_image_is_there_at_a_time(line: SerialLine) -> None:
    line.serially()
    assert {frozenset(there) for there in line.there} == {
        frozenset({"big"}),
        frozenset({"small"}),
        frozenset({"third"}),
    }
    assert line.images() == ()


def test_stages_go_too_and_bases_stay(line: SerialLine) -> None:
    line.serially()
    left = line.small.engine.stored({KIND: ""}).ids
    assert left == {
        image.image_id
        for name in ("base-full", "exporter")
        if (image := line.small.engine.image(f"slimbench/{name}:latest"))
    }


def test_an_image_that_was_there_before_stays(line: SerialLine) -> None:
    line.run("small", last="build")
    before = line.small.engine.stored({KIND: ""}).ids
    record = line.serially()
    rows = by_name(record)
    assert rows["small"].build is not None
    assert rows["small"].build.up_to_date
    assert [image.labels[VARIANT] for image in line.images()] == ["small"]
    assert line.small.engine.stored({KIND: ""}).ids == before


def test_what_others_build_meanwhile_stays(line: SerialLine) -> None:
    look = line.trouble

    def trouble(number: int) -> None:
        look(number)
        line.small.engine.add_image("mine:1", layers=[{"mine": b"1"}], labels={KIND: KIND_VARIANT})

    line.trouble = lambda number: trouble(number) if number == 1 else None
    line.serially()
    assert [image.tags for image in line.images()] == [("mine:1",)]


def test_no_times_of_two_variants_compare(line: SerialLine) -> None:
    big, small, third = line.serially().variants
    for one, other in [(big, small), (big, third), (small, third)]:
        assert RUN in {condition.name for condition in differing(one, other)}


def test_the_reference_is_asked_once_and_measured_in_its_own_run(line: SerialLine) -> None:
    asked: list[dict[str, Any]] = []
    line.programs["big"] = speaking(right_reply, asked)
    line.serially("big", "small")
    alone = len(asked)
    asked.clear()
    line.serially("big", "small", "third")
    assert len(asked) == alone


def test_it_comes_first_wherever_it_stands(line: SerialLine) -> None:
    matrix = line.small.root / "variants.yaml"
    matrix.write_text(matrix.read_text().replace("reference: big", "reference: third"))
    record = line.serially()
    assert [row.status for row in record.variants] == ["measured"] * 3
    built = [tag for tag in line.small.builds() if "base" not in tag and "exporter" not in tag]
    assert built == [f"slimbench/{name}:latest" for name in ("third", "big", "small")]


def test_the_users_own_pictures_count(line: SerialLine, tmp_path: Path) -> None:
    pictures = tmp_path / "photos"
    pictures.mkdir()
    (pictures / "mine.jpg").write_bytes(b"mine")

    def reply(request: dict[str, Any]) -> str:
        other = request.get("path", "").endswith("mine.jpg")
        return result(request, (0.2, 0.3, 0.5)) if other else right_reply(request)

    line.programs["small"] = speaking(reply)
    rows = by_name(line.serially(pictures=pictures))
    assert rows["third"].status == "measured"
    assert (rows["small"].status, rows["small"].failed_step) == ("failed", "verify")
    assert rows["small"].reason.startswith("mine.jpg: ")
    compared = rows["third"].verification
    assert compared is not None
    assert [one.picture for one in compared.pictures][-1] == "mine.jpg"


def test_one_that_fails_leaves_the_others(line: SerialLine) -> None:
    line.break_dockerfile("small")
    rows = by_name(line.serially())
    assert [rows[name].status for name in ("big", "small", "third")] == [
        "measured",
        "failed",
        "measured",
    ]
    assert rows["small"].failed_step == "build"
    assert line.images() == ()


def test_without_the_reference_nothing_can_be_verified(line: SerialLine) -> None:
    line.programs["big"] = saying(("stderr", "no model here"), ending=3)
    rows = by_name(line.serially())
    assert rows["big"].failed_step == "verify"
    assert (rows["third"].status, rows["third"].failed_step) == ("failed", "verify")
    assert "there are no answers of big to compare with" in rows["third"].reason
    assert line.images() == ()


def test_it_can_be_measured_in_turns_afterwards(line: SerialLine) -> None:
    line.serially()
    record = line.run()
    assert record.parts == ()
    assert {row.part for row in record.variants} == {""}
    assert line.small.engine.images({KIND: KIND_VARIANT}) != ()


def test_what_was_finished_is_saved_and_the_image_removed_when_it_is_broken_off(
    line: SerialLine,
) -> None:
    def goes_away(spec: ContainerSpec) -> Any:
        raise EngineUnavailable("it went away")

    line.programs["third"] = goes_away
    with pytest.raises(EngineUnavailable):
        line.serially()
    saved = load(line.small.workspace.record)
    assert [row.status for row in saved.variants] == ["measured", "measured", "pending"]
    assert line.images() == ()
    assert not line.small.workspace.parts.exists()


def needing(line: SerialLine, name: str, disk: str) -> None:
    matrix = line.small.root / "variants.yaml"
    matrix.write_text(
        matrix.read_text().replace(
            f"  {name}: {{", f"  {name}: {{disk: {disk}, ".replace("disk: 1}", "}")
        )
    )


def test_a_variant_that_fits_never_is_told_before_anything_is_built(line: SerialLine) -> None:
    needing(line, "small", "3GiB")
    needing(line, "big", "2GiB")
    with pytest.raises(ConfigurationError) as refused:
        line.serially(most_bytes=PLENTY)
    assert str(refused.value) == (
        "--disk allows 1.0 GiB, and building big needs 2.0 GiB, small needs 3.0 GiB; allow more,"
        " leave them out with --only, or correct their 'disk' in the matrix"
    )
    assert line.small.builds() == []


def test_one_that_does_not_fit_now_is_a_failed_row(line: SerialLine) -> None:
    needing(line, "small", "1GiB")
    rows = by_name(line.serially(most_bytes=PLENTY))
    assert [rows[name].status for name in ("big", "small", "third")] == [
        "measured",
        "failed",
        "measured",
    ]
    assert rows["small"].failed_step == "build"
    assert rows["small"].reason == (
        "small: building needs 1.0 GiB, and slimbench's images take 0.0 GiB of the 1.0 GiB that"
        " --disk allows; allow more, or run `slimbench clean` before"
    )
    assert "slimbench/small:latest" not in line.small.builds()


def test_an_image_that_is_there_needs_nothing(line: SerialLine) -> None:
    line.run(last="build")
    needing(line, "small", "9GiB")
    record = line.serially(most_bytes=PLENTY)
    assert {row.status for row in record.variants} == {"measured"}


def test_a_serial_run_does_not_go_on(line: SerialLine) -> None:
    with pytest.raises(ConfigurationError, match="can't go on; leave --resume out"):
        line.serially(resume=True)
    line.serially()
    with pytest.raises(ConfigurationError, match="its record was merged from several runs"):
        line.run(resume=True)


def test_builds_are_noted_by_their_request(line: SerialLine) -> None:
    """The fake builds stages as the real one does, or the tests above would show nothing."""
    line.run("big", "small", last="build")
    requests = [call[1] for call in line.small.engine.calls if call[0] == "build"]
    assert any(isinstance(one, BuildRequest) and "small" in one.tag for one in requests)
    stored = line.small.engine.stored({KIND: ""}).ids
    named = {image.image_id for image in line.small.engine.images({KIND: ""})}
    assert stored > named
