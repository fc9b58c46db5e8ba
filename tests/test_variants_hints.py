"""The hints that the repository's images get, and what their Dockerfile lines really do."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from real_project import REPOSITORY
from tiny_image import write_context

from bench.inspection.anatomy import Anatomy, anatomy
from bench.inspection.finding_types import Hint
from bench.inspection.hints import hints
from bench.inspection.hints.removable import removable
from bench.inspection.layer_cache import LayerCache
from bench.inspection.sources import from_engine
from builders.engine import BuildRequest, ContainerSpec, Engine, ImageInfo
from builders.plan import tag
from builders.workspace import Workspace

pytestmark = [pytest.mark.engine, pytest.mark.variants]

TORCH = "opt/venv/lib/python3.11/site-packages/torch/lib"
LIBRARY = f"{TORCH}/libtorch_cpu.so"
Inspect = Callable[[ImageInfo], Anatomy]
Derive = Callable[[str, str], ImageInfo]
EXPECTED: Mapping[str, frozenset[str]] = {
    "fat": frozenset(
        {
            "cuda-in-cpu-service",
            "build-tools",
            "unstripped-libraries",
            "headers-tests-static-libraries",
            "documentation-and-locales",
            "pip-left-in",
            "duplicate-files",
            "deleted-later",
            "root-user",
        }
    ),
    "slim": frozenset(
        {
            "unstripped-libraries",
            "headers-tests-static-libraries",
            "pip-left-in",
            "duplicate-files",
            "deleted-later",
            "root-user",
        }
    ),
    "multistage": frozenset({"pip-left-in"}),
    "distroless-onnx": frozenset(),
}


@pytest.fixture(scope="module")
def inspect(engine: Engine) -> Inspect:
    cache = LayerCache(Workspace.of(REPOSITORY).cache / "layers")
    known: dict[str, Anatomy] = {}

    def inspected(image: ImageInfo) -> Anatomy:
        if image.image_id not in known:
            known[image.image_id] = anatomy(from_engine(engine, "tested", image, cache))
        return known[image.image_id]

    return inspected


@pytest.fixture
def derive(engine: Engine, session_labels: dict[str, str], tmp_path: Path) -> Derive:
    """An image made from a variant's with more Dockerfile lines, as root."""

    def derived(variant: str, lines: str) -> ImageInfo:
        dockerfile = f"FROM {tag(variant)}\nUSER 0\n{lines}\n".encode()
        context = write_context(tmp_path / "context.tar", {"Dockerfile": dockerfile})
        name = f"slimbench-test/hints:{uuid.uuid4().hex}"
        return engine.build(BuildRequest(context, "Dockerfile", name, session_labels), print)

    return derived


def image(engine: Engine, variant: str) -> ImageInfo:
    found = engine.image(tag(variant))
    assert found is not None, f"build {variant} first: nox -s build_all"
    return found


def given(found: Anatomy) -> dict[str, Hint]:
    return {hint.id: hint for hint in hints(found)}


def size_bytes(found: Anatomy, path: str) -> int:
    return found.contents.files.regular[path].entry.size_bytes


@pytest.mark.parametrize("variant", EXPECTED)
def test_each_variant_gets_the_hints_that_it_deserves(
    engine: Engine, inspect: Inspect, variant: str
):
    assert set(given(inspect(image(engine, variant)))) == EXPECTED[variant]


def test_cuda_in_fat_is_told_first_and_by_its_bytes(engine: Engine, inspect: Inspect):
    first = hints(inspect(image(engine, "fat")))[0]
    assert first.id == "cuda-in-cpu-service"
    assert first.saves_bytes is not None
    assert 4.0e9 <= first.saves_bytes <= 5.0e9
    named = " ".join(first.evidence)
    assert re.search(r"\btriton 3", named)
    assert re.search(r"\bnvidia-cudnn-cu1\d ", named)
    assert "--index-url" in first.dockerfile


def test_no_hint_counts_more_than_there_is(engine: Engine, inspect: Inspect):
    fat = inspect(image(engine, "fat"))
    hidden = fat.waste.superseded_bytes
    total = sum(hint.saves_bytes or 0 for hint in hints(fat))
    assert 0 < total < fat.contents.files.file_bytes + hidden


def test_the_sections_counted_are_what_strip_took_away(engine: Engine, inspect: Inspect):
    before, after = (inspect(image(engine, name)) for name in ("slim", "multistage"))
    counted = dict(before.contents.elf())[LIBRARY]
    gone = size_bytes(before, LIBRARY) - size_bytes(after, LIBRARY)
    assert counted.symbol_bytes + counted.debug_bytes == pytest.approx(gone, rel=0.001)
    left = dict(after.contents.elf())[LIBRARY]
    assert (left.symbol_bytes, left.debug_bytes) == (0, 0)


def test_stripping_saves_what_was_promised_and_torch_still_imports(
    engine: Engine, inspect: Inspect, derive: Derive, session_labels: dict[str, str]
):
    before = inspect(image(engine, "cpu-torch"))
    hint = given(before)["unstripped-libraries"]
    made = derive("cpu-torch", hint.dockerfile)
    after = inspect(made)
    gone = before.contents.files.file_bytes - after.contents.files.file_bytes
    assert hint.saves_bytes == pytest.approx(gone, rel=0.02)
    assert "unstripped-libraries" not in given(after)
    program = "import torch; print(int(torch.ones(3).sum()))"
    assert output(engine, made, ("python", "-c", program), session_labels).strip() == "3"


def test_the_lines_for_leftovers_delete_what_was_counted(
    engine: Engine, inspect: Inspect, derive: Derive, session_labels: dict[str, str]
):
    before = inspect(image(engine, "slim"))
    hint = given(before)["headers-tests-static-libraries"]
    install = "pip install --no-cache-dir -r requirements.txt"
    assert install in hint.dockerfile
    made = derive("slim", hint.dockerfile.replace(install, "true"))
    after = inspect(made)
    gone = before.contents.files.file_bytes - after.contents.files.file_bytes
    pips = removable(before).by_hint["pip-left-in"]  # pip's own tests count with pip
    assert gone == (hint.saves_bytes or 0) + sum(
        part.size_bytes for part in pips if "/tests/" in part.path
    )
    assert "headers-tests-static-libraries" not in given(after)
    program = "import torch, sympy, networkx, numpy; print(numpy.ones(3).sum())"
    assert output(engine, made, ("python", "-c", program), session_labels).strip() == "3.0"


def test_the_line_for_bytecode_compiles_without_a_shell(
    engine: Engine, inspect: Inspect, derive: Derive
):
    forget = (
        'RUN ["/usr/bin/python3", "-c", "import pathlib, shutil; [shutil.rmtree(path)'
        " for root in ('/usr/lib/python3.11', '/opt/site-packages')"
        " for path in list(pathlib.Path(root).rglob('__pycache__'))]\"]"
    )
    before = given(inspect(derive("distroless-onnx", forget)))
    hint = before["missing-bytecode"]
    assert hint.saves_ms is not None
    assert hint.saves_ms > 100
    assert hint.evidence[0].startswith("0% of ")
    after = inspect(derive("distroless-onnx", f"{forget}\n{hint.dockerfile}"))
    assert "missing-bytecode" not in given(after)


def output(
    engine: Engine, made: ImageInfo, command: tuple[str, ...], labels: dict[str, str]
) -> str:
    spec = ContainerSpec(image=made.image_id, command=command, labels=labels, entrypoint=())
    container = engine.create(spec)
    try:
        engine.start(container)
        engine.wait(container, timeout_s=120)
        return engine.logs(container)
    finally:
        engine.remove(container)
