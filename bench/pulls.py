"""Step: every variant pulled from a registry on loopback onto an empty engine, in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import rows
from bench.extra_rounds import Extra, Item, all_missing, names, take_rounds
from bench.left_pulls import FOLDER, pushed_name
from bench.loopback_registry import loopback_registry
from bench.pulling import Pushed, push, take_pull
from bench.record_types import Record, VariantRecord
from bench.registry_manifest import stored_layers
from bench.row_changes import RowChange
from bench.run import Run
from bench.scenario_types import Missing
from bench.second_engine import second_engine
from builders.engine import Engine
from builders.errors import DiskFull, RegistryFailed, SecondEngineFailed, SlimbenchError
from builders.matrix import Variant
from builders.prepare import Attempt, attempt
from builders.workspace import require_disk

CANNOT = (DiskFull, RegistryFailed, SecondEngineFailed)


@dataclass(frozen=True)
class PullPlace:
    """Where pulls are measured.

    Attributes:
        address: of the registry, as both engines know it.
        second: the engine that is pulled onto.
        stored: tells the layers that the registry holds of a name.
    """

    address: str
    second: Engine
    stored: Callable[[str], Mapping[str, int]]


Places = Callable[[Path], AbstractContextManager[PullPlace]]


@contextmanager
def real_place(folder: Path) -> Iterator[PullPlace]:
    """A registry and a second engine whose data lies in this folder, and is removed at the end.

    Raises:
        RegistryFailed: no registry can be run here.
        SecondEngineFailed: no second engine can.
    """
    from builders.docker_engine import connect  # noqa: PLC0415 - the SDK takes a while

    with ExitStack() as leaving:
        registry = leaving.enter_context(loopback_registry(folder))
        second = leaving.enter_context(second_engine(folder, registry, connect))
        yield PullPlace(registry.address, second, stored_layers)


def pulls(run: Run, record: Record, places: Places = real_place) -> Record:
    """Take the rounds of pulls that were asked for; where none can be taken, the rows say why."""
    wanted = [name for name in names(run, record) if _is_open(rows.row_of(record, name), run)]
    if not wanted:
        return record
    try:
        if not run.one_kernel:
            raise SecondEngineFailed("the engine runs on another kernel, away from this machine")
        folder = run.project.workspace.cache / FOLDER
        require_disk(folder, _needed_bytes(record, wanted), "measuring pulls")
        run.project.say("pulls: start a registry and a second engine")
        with places(folder) as place:
            return _measured(run, record, wanted, place)
    except CANNOT as error:
        gap = Missing(what="pulls", reason=str(error), failed=False)
        return all_missing(run, record, gap)


def _is_open(row: VariantRecord, run: Run) -> bool:
    return len(row.pulls) < run.pull_rounds and all(gap.what != "pulls" for gap in row.missing)


def _needed_bytes(record: Record, wanted: list[str]) -> int:
    """What the registry takes, each layer once, and the largest image, packed and unpacked."""
    facts = [image for name in wanted if (image := rows.row_of(record, name).image) is not None]
    packed = {
        layer.diff_id: layer.compressed_bytes or layer.size_bytes
        for image in facts
        for layer in image.layers
    }
    largest = (
        image.size_bytes + sum(packed[layer.diff_id] for layer in image.layers) for image in facts
    )
    return sum(packed.values()) + max(largest, default=0)


def _measured(run: Run, record: Record, wanted: list[str], place: PullPlace) -> Record:
    pushed = {}
    for number, name in enumerate(wanted):
        run.project.say(f"pulls: push {name} to a registry on loopback", number / len(wanted))
        pushed[name] = _pushed(run, record, name, place)
    extra = Extra(
        what="pulls",
        items=tuple(Item(name) for name in wanted),
        count=run.pull_rounds,
        has=lambda row, _, number: any(sample.round == number for sample in row.pulls),
        taker=lambda item, number: _taker(place.second, pushed[item.name], number),
    )
    return take_rounds(run, record, extra)


def _pushed(run: Run, record: Record, name: str, place: PullPlace) -> Attempt[Pushed]:
    image = rows.image_id(rows.row_of(record, name))
    own = pushed_name(place.address, name)
    return attempt(lambda: push(run.project.engine, image, own, place.stored))


def _taker(second: Engine, pushed: Attempt[Pushed], number: int) -> RowChange:
    def one(_variant: Variant, row: VariantRecord) -> VariantRecord:
        if isinstance(pushed, SlimbenchError):
            raise pushed
        return row.model_copy(update={"pulls": (*row.pulls, take_pull(second, pushed, number))})

    return one
