"""Pulls as a step of a run, on engines in memory: rounds, names, gaps; and what was left behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from whole_line import Line, by_name

from bench.left_pulls import pushed_name, remove_left_pulls
from bench.pulls import PullPlace, pulls
from bench.record import load
from bench.record_types import Record
from bench.run import Run
from builders import workspace
from builders.engine import ImageInfo
from builders.errors import EngineUnavailable, PullFailed, RegistryFailed, SecondEngineFailed
from builders.fake_engine import FakeEngine
from builders.fake_exchange import FakeRegistry
from builders.image_exchange import Progress, unwatched
from builders.maker import own_mark

ADDRESS = "127.0.0.1:5000"


class SecondEngine(FakeEngine):
    """An engine that may fail in a way of its own; it notes how often it was asked to pull."""

    def __init__(self, registry: FakeRegistry, failures: Mapping[str, Exception]) -> None:
        super().__init__(registry=registry)
        self.failures = failures

    def pull(self, reference: str, progress: Progress = unwatched) -> ImageInfo:
        for part, error in self.failures.items():
            if part in reference:
                self.calls.append(("pull", reference))
                raise error
        return super().pull(reference, progress)


class PullLine:
    """A line that was measured, and a place to pull at; its registry is both engines'."""

    def __init__(self, folder: Path) -> None:
        self.line = Line(folder)
        engine = self.line.small.engine
        assert engine._registry is not None
        self.registry = engine._registry
        self.failures: dict[str, Exception] = {}
        self.opened: list[Path] = []
        self.second = SecondEngine(self.registry, self.failures)
        self.measured = self.line.run()

    @contextmanager
    def place(self, folder: Path) -> Iterator[PullPlace]:
        self.opened.append(folder)
        yield PullPlace(ADDRESS, self.second, self.stored)

    def stored(self, name: str) -> Mapping[str, int]:
        """The engine in memory takes a layer's own digest for the compressed one's."""
        return {digest: 100 + n for n, digest in enumerate(self.registry[name].diff_ids)}

    def run(self, record: Record, rounds: int = 2) -> Record:
        asked = Run(self.line.small.project(), None, pull_rounds=rounds)
        return pulls(asked, record, self.place)

    def pulled(self) -> list[object]:
        return [call[1] for call in self.second.calls if call[0] == "pull"]


@pytest.fixture
def line(tmp_path: Path) -> PullLine:
    return PullLine(tmp_path)


def test_every_variant_is_pulled_once_in_each_round(line: PullLine) -> None:
    record = line.run(line.measured)
    for row in record.variants:
        assert [sample.round for sample in row.pulls] == [0, 1]
        assert row.missing == ()
        for sample in row.pulls:
            sizes = [layer.compressed_bytes for layer in sample.layers]
            assert sizes == [100 + n for n in range(len(sizes))]
            assert sizes
            assert sample.compressed_bytes == sum(sizes)
            assert sample.unpack_ns == sum(layer.unpack_ns or 0 for layer in sample.layers)
            assert sample.download_ns is not None
            assert 0 < sample.download_ns + sample.unpack_ns <= sample.total_ns
            assert sample.storage_driver == "overlay2"
    first, second = line.pulled()[:2], line.pulled()[2:]
    assert set(first) == set(second)
    assert len(set(first)) == 2
    assert load(line.line.small.workspace.record) == record


def test_nothing_is_left_on_either_engine(line: PullLine) -> None:
    before = line.line.small.engine.tags()
    line.run(line.measured)
    assert line.line.small.engine.tags() == before
    assert line.second.tags() == ()
    assert line.second.images({}) == ()


def test_the_place_is_in_the_cache(line: PullLine) -> None:
    line.run(line.measured)
    assert line.opened == [line.line.small.workspace.cache / "pulls"]


def test_without_rounds_nothing_is_started(line: PullLine) -> None:
    assert line.run(line.measured, rounds=0) == line.measured
    assert line.opened == []


def test_rounds_that_are_there_are_not_taken_again(line: PullLine) -> None:
    whole = line.run(line.measured)
    assert line.run(whole) == whole
    assert len(line.opened) == 1
    more = line.run(whole, rounds=3)
    assert [[s.round for s in row.pulls] for row in more.variants] == [[0, 1, 2]] * 2
    assert len(line.pulled()) == 6


def test_one_that_cannot_be_pulled_leaves_the_other(line: PullLine) -> None:
    line.failures["slimbench/small"] = PullFailed("the pull failed: no space left on device")
    rows = by_name(line.run(line.measured))
    (gap,) = rows["small"].missing
    assert (gap.what, gap.failed) == ("pulls", True)
    assert "no space left on device" in gap.reason
    assert (rows["small"].status, rows["small"].pulls) == ("measured", ())
    assert len(rows["big"].pulls) == 2
    assert sum("small" in str(name) for name in line.pulled()) == 1  # it dropped out


def test_a_second_engine_that_ends_does_not_end_the_run(line: PullLine) -> None:
    line.failures["slimbench/"] = EngineUnavailable("nobody answers")
    for row in line.run(line.measured).variants:
        (gap,) = row.missing
        assert gap.reason == "the second engine has ended: nobody answers"
        assert gap.failed


def test_another_image_under_the_name_is_no_pull_of_it(line: PullLine) -> None:
    other = line.line.small.engine.add_image("other", layers=[{"else": b"1"}])
    found = line.line.small.engine._store.find(other.image_id)
    assert found is not None
    line.second.pull = lambda name, progress=unwatched: line.second._store.keep(found, name)  # type: ignore[method-assign]
    for row in line.run(line.measured).variants:
        (gap,) = row.missing
        assert "another image came than was pushed" in gap.reason


def test_a_layer_that_is_there_already_makes_it_no_pull(line: PullLine) -> None:
    line.second.remove_name = lambda name: None  # type: ignore[method-assign]
    for row in line.run(line.measured).variants:
        assert "the engine held a layer already" in row.missing[0].reason
        assert len(row.pulls) < 2


def test_an_image_that_cannot_be_pushed_is_a_gap(line: PullLine) -> None:
    engine = line.line.small.engine
    engine._registry = None
    before = engine.tags()
    for row in line.run(line.measured).variants:
        (gap,) = row.missing
        assert "the push failed: no registry answers" in gap.reason
        assert gap.failed
    assert engine.tags() == before


@pytest.mark.parametrize(
    "error", [SecondEngineFailed("only root may run a second engine"), RegistryFailed("missing")]
)
def test_where_it_cannot_be_had_the_rows_say_why(line: PullLine, error: Exception) -> None:
    @contextmanager
    def nowhere(folder: Path) -> Iterator[PullPlace]:
        raise error
        yield

    asked = Run(line.line.small.project(), None, pull_rounds=2)
    for row in pulls(asked, line.measured, nowhere).variants:
        (gap,) = row.missing
        assert (gap.what, gap.reason, gap.failed) == ("pulls", str(error), False)
        assert (row.status, row.pulls) == ("measured", ())


def test_an_engine_on_another_kernel_is_told(line: PullLine) -> None:
    engine = line.line.small.engine
    engine._info = replace(engine.info(), shares_host_kernel=False)
    for row in line.run(line.measured).variants:
        assert "another kernel" in row.missing[0].reason
    assert line.opened == []


def test_too_little_disk_is_told_before_anything_is_started(
    line: PullLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def usage(_: object) -> Any:
        return type("Usage", (), {"free": 100})

    monkeypatch.setattr(workspace.shutil, "disk_usage", usage)
    for row in line.run(line.measured).variants:
        assert "measuring pulls needs" in row.missing[0].reason
        assert not row.missing[0].failed
    assert line.opened == []


def test_a_name_tells_its_maker() -> None:
    (mark,) = own_mark().values()
    assert pushed_name(ADDRESS, "onnx") == f"{ADDRESS}/slimbench/onnx:{mark}"


def test_names_that_a_killed_command_left_are_taken_away(tmp_path: Path) -> None:
    (mark,) = own_mark().values()
    boot, namespace, _, start = mark.rsplit(".", 3)
    gone = f"{boot}.{namespace}.4194305.{start}"  # beyond the largest number of a process
    engine = FakeEngine()
    engine.add_image("slimbench/onnx:latest")
    names = {
        "left": f"127.0.0.1:41000/slimbench/onnx:{gone}",
        "of a running command": f"127.0.0.1:41000/slimbench/onnx:{mark}",
        "of another machine": f"127.0.0.1:41000/slimbench/onnx:another.{namespace}.1.1",
        "unmarked": "127.0.0.1:41000/slimbench/onnx:latest",
        "the user's": f"registry.example/slimbench/onnx:{gone}",
        "the user's own": f"127.0.0.1:41000/mine/onnx:{gone}",
    }
    for name in names.values():
        engine.tag("slimbench/onnx:latest", name)
    remove_left_pulls(engine, tmp_path)
    assert set(engine.tags()) == {"slimbench/onnx:latest", *names.values()} - {names["left"]}
