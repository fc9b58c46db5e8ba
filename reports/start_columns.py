"""The metrics of cold starts: the phases on one time line, their sum, how many were disturbed."""

from __future__ import annotations

from collections.abc import Sequence

from bench.sample_types import Sample
from reports import figures
from reports.column import Column
from reports.formats import count, decimals

_NO_SPLIT = "the kernel doesn't say when the process began"
_NO_STOP = "it was not asked to end, or didn't end in time"
_NO_CREATE = "it was measured before the create call had a time of its own"


def _phase(phase: str, heading: str, gap: str = Column.gap) -> Column:
    """The median of one time of `Phases`; its key is the field's name, in ms."""

    def milliseconds(samples: Sequence[Sample]) -> Sequence[float]:
        return figures.phases_ms(samples, phase)

    return Column(
        key=f"{phase[: -len('_ns')]}_ms",
        heading=heading,
        part="samples",
        get=lambda samples: figures.median_phase_ms(samples, phase),
        show=decimals(1),
        unit="ms",
        smaller_is_better=True,
        spread=milliseconds,
        gap=gap,
    )


COLD_START = _phase("total_ns", "cold start")
LAUNCH = _phase("launch_ns", "launch")
CREATE = _phase("create_ns", "create", _NO_CREATE)
ENGINE = _phase("engine_ns", "create and engine start", _NO_SPLIT)
ENGINE_START = _phase("engine_start_ns", "engine start", _NO_SPLIT)
INTERPRETER = _phase("interpreter_ns", "interpreter", _NO_SPLIT)
IMPORTS = _phase("imports_ns", "imports")
MODEL_LOAD = _phase("model_load_ns", "model load")
READY = _phase("ready_ns", "ready")
FIRST_ANSWER = _phase("first_answer_ns", "first answer")
STOP = _phase("stop_ns", "stop", _NO_STOP)
COLD_STARTS = Column("cold_starts", "starts", "samples", len, count)

PHASES = (
    LAUNCH,
    CREATE,
    ENGINE,
    ENGINE_START,
    INTERPRETER,
    IMPORTS,
    MODEL_LOAD,
    READY,
    FIRST_ANSWER,
    STOP,
)


DISTURBED = Column("disturbed", "disturbed", "samples", figures.disturbed_count, count)
