"""One start of an image with `-X importtime`, in a container of its own: never a timed one."""

from __future__ import annotations

from dataclasses import replace

from bench.devices import equipped
from bench.endings import ending
from bench.import_times import TopModule, parse_import_times
from bench.session import START_TIMEOUT_S, Launch, container_spec
from builders.engine import ContainerSpec, Engine
from builders.errors import SessionFailed
from builders.own_container import own_container

VARIABLE = "PYTHONPROFILEIMPORTTIME"  # the same as the option, and needs no other entry point


def importing_spec(launch: Launch) -> ContainerSpec:
    """A session that is asked nothing: it loads, finds no input, and ends."""
    spec = container_spec(launch)
    return replace(spec, interactive=False, environment={**spec.environment, VARIABLE: "1"})


def run_imports(engine: Engine, launch: Launch) -> tuple[TopModule, ...]:
    """Start the image once and read what its imports took.

    Writing a line for each module takes time too, so that these times are for comparing modules
    with each other, and their sum is larger than the imports of a timed start.

    Raises:
        SessionFailed: it ended badly or not at all, or told no import times.
        EngineError: the engine can't create or start it.
    """
    spec = equipped(engine, importing_spec(launch), launch.computing)
    where = f"image {launch.image}"
    with own_container(engine, spec) as container:
        engine.start(container)
        state = engine.wait(container, START_TIMEOUT_S)
        log = engine.logs(container)
    if state.exit_code != 0:
        raise SessionFailed(ending(state, spec.memory_bytes), where=where)
    try:
        tops = parse_import_times(log)
    except ValueError as error:
        raise SessionFailed(f"its import times can't be read: {error}", where=where) from error
    if not tops:
        raise SessionFailed(
            "it told no import times",
            where=where,
            next_step="its entry point must be Python, without -E or -I",
        )
    return tops
