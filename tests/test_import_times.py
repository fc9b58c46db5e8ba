"""Import times to a tree: nothing is lost, whatever the nesting; damage is told."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st
from session_programs import IMAGE, LIMITS, engine_running, good_start, leftovers, saying
from tiny_image import write_context

from bench.import_times import TopModule, parse_import_times, self_times
from bench.profiled_start import importing_spec, run_imports
from bench.session import Launch
from builders.engine import BuildRequest, ContainerSpec, Engine, ImageInfo
from builders.errors import SessionFailed
from builders.fake_container import Ending, Output, Result

TITLE = "import time: self [us] | cumulative | imported package\n"
TEXT = f"""\
labels mean nothing
{TITLE}import time:       150 |        150 | site
import time:        10 |         10 |     toy.core
import time:         5 |          5 |         numpy.linalg
import time:        20 |         25 |       numpy
import time:         7 |         32 |     toy.arrays
import time:        40 |         82 |   toy
import time:       100 |        182 | service
import time:         3 |          3 |   numpy.random
import time:         1 |          4 | service.late
import time:    cached |     cached | site
{{"event": "ready"}}
"""
LAUNCH = Launch(IMAGE, LIMITS)

# A module and what it imports: name, own microseconds, children.
Module = tuple[str, int, list["Module"]]
NAMES = st.sampled_from(["a", "a.b", "a.c", "b", "b.x", "c", "__future__", "_d.e"])
COST = st.integers(0, 10**7)
MODULES = st.recursive(
    st.tuples(NAMES, COST, st.just([])),
    lambda inner: st.tuples(NAMES, COST, st.lists(inner, max_size=4)),
    max_leaves=20,
)


def written(modules: list[Module], depth: int = 0) -> Iterator[str]:
    """The lines as CPython writes them (Python/import.c, import_find_and_load)."""
    for name, own, imported in modules:
        yield from written(imported, depth + 1)
        yield f"import time: {own:9d} | {_cumulative(imported) + own:10d} | {'  ' * depth}{name}\n"


def _cumulative(modules: list[Module]) -> int:
    return sum(own + _cumulative(imported) for _, own, imported in modules)


def _own(modules: list[Module], top: str) -> int:
    """Own times of a top module by brute force."""
    return sum(
        (own if name.split(".")[0] == top else 0) + _own(imported, top)
        for name, own, imported in modules
    )


def test_a_tree_of_top_modules():
    numpy = TopModule(name="numpy", self_ns=25_000)
    toy = TopModule(name="toy", self_ns=57_000, imported=(numpy,))
    late = TopModule(name="numpy", self_ns=3_000)
    service = TopModule(name="service", self_ns=101_000, imported=(toy, late))
    found = parse_import_times(TEXT)
    assert found == (TopModule(name="site", self_ns=150_000), service)
    assert [one.cumulative_ns for one in found] == [150_000, 186_000]
    assert self_times(found) == {
        "site": 150_000,
        "service": 101_000,
        "toy": 57_000,
        "numpy": 28_000,
    }
    assert TopModule.model_validate_json(service.model_dump_json()) == service


@given(st.lists(MODULES, max_size=5))
def test_no_time_is_lost_and_none_is_counted_twice(modules: list[Module]):
    found = parse_import_times(TITLE + "".join(written(modules)))
    own = self_times(found)
    assert sum(one.cumulative_ns for one in found) == 1000 * _cumulative(modules)
    assert sum(own.values()) == 1000 * _cumulative(modules)
    assert own == {top: 1000 * _own(modules, top) for top in own}
    assert {one.name for one in found} == {name.split(".")[0] for name, _, _ in modules}


@given(st.lists(MODULES, min_size=1, max_size=3), st.data())
def test_a_text_cut_off_within_an_import_is_refused_or_whole(
    modules: list[Module], data: st.DataObject
):
    lines = list(written(modules))
    kept = lines[: data.draw(st.integers(0, len(lines)))]
    whole = not kept or not kept[-1].split("| ")[-1].startswith(" ")
    if whole:
        parse_import_times("".join(kept))
    else:
        with pytest.raises(ValueError, match="no line of what imported"):
            parse_import_times("".join(kept))


@pytest.mark.parametrize(
    "line", ["import time: 12", "import time: 12 | 3 |", "import time:  x |  3 | a", "import time:"]
)
def test_a_damaged_line_is_refused(line: str):
    with pytest.raises(ValueError, match="is no line of import times"):
        parse_import_times(line)


def test_a_line_without_its_parent_is_refused():
    with pytest.raises(ValueError, match="what imported deep"):
        parse_import_times(
            "import time:  1 |  1 |     deep\nimport time:  1 |  1 | shallow\n",
        )


@given(st.text())
def test_other_text_holds_no_modules(text: str):
    assert parse_import_times(text.replace("import time:", "")) == ()


@pytest.mark.process
def test_what_this_python_writes():
    command = [sys.executable, "-X", "importtime", "-c", "import json, decimal"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = self_times(parse_import_times(done.stderr))
    assert found["json"] > 0
    assert {"site", "decimal", "encodings"} <= set(found)


def test_the_container_is_a_sessions_that_is_asked_nothing():
    spec = importing_spec(LAUNCH)
    assert spec.environment == {"PYTHONPROFILEIMPORTTIME": "1"}
    assert not spec.interactive
    assert (spec.image, spec.cpu_set, spec.network) == (IMAGE, "0", "none")


def test_a_run_reads_what_the_image_wrote_and_leaves_nothing():
    lines: list[Output] = [("stderr", line) for line in TEXT.splitlines()]
    engine = engine_running(saying(*lines, *good_start()))
    assert run_imports(engine, LAUNCH) == parse_import_times(TEXT)
    assert leftovers(engine) == 0


@pytest.mark.parametrize(
    ("outputs", "end", "sentence"),
    [
        ((), Ending(1), "ended with exit code 1"),
        ((), Ending(137, oom_killed=True), "out of memory"),
        ((), None, "it told no import times; its entry point must be Python, without -E or -I"),
        (("import time: ?",), None, "its import times can't be read: .* is no line"),
    ],
)
def test_a_run_that_tells_nothing_says_why(
    outputs: tuple[str, ...], end: Optional[Ending], sentence: str
):
    def program(spec: ContainerSpec) -> Generator[Output, Optional[str], Result]:
        yield from (("stderr", line) for line in outputs)
        return end

    with pytest.raises(SessionFailed, match=f"{IMAGE}.*{sentence}"):
        run_imports(engine_running(program), LAUNCH)


SCRIPT = """\
if [ "$PYTHONPROFILEIMPORTTIME" = 1 ]; then
  echo "import time:        12 |         12 |   numpy" >&2
  echo "import time:         7 |         19 | toy" >&2
fi
cat
"""


@pytest.mark.engine
def test_a_real_container_gets_the_variable_and_the_end_of_its_input(
    engine: Engine, tiny_image: ImageInfo, session_labels: dict[str, str], tmp_path: Path
):
    """A shell stands for Python: what counts is how the variable and the lines travel."""
    dockerfile = f'FROM {tiny_image.tags[0]}\nADD run /run\nENTRYPOINT ["sh", "/run"]\n'
    files = {"Dockerfile": dockerfile.encode(), "run": SCRIPT.encode()}
    context = write_context(tmp_path / "context.tar", files)
    tag = f"slimbench-test/imports:{uuid.uuid4().hex}"
    image = engine.build(BuildRequest(context, "Dockerfile", tag, session_labels), print)
    numpy = TopModule(name="numpy", self_ns=12_000)
    expected = TopModule(name="toy", self_ns=7_000, imported=(numpy,))
    assert run_imports(engine, Launch(image.image_id, LIMITS)) == (expected,)
