"""How a variant's containers come by a GPU, or are told that the CPU will do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Optional

import pytest
from gpu_sessions import NO_DRIVER, on_device, started
from session_programs import IMAGE, LIMITS, event, expected_answers, leftovers, saying
from small_project import SmallProject, make

from bench.collect import collect_answers
from bench.comparability import differing
from bench.devices import ON_CPU, Computing, asked, equipped, measured
from bench.profiled_start import run_imports
from bench.record_types import VariantRecord
from bench.sampling import SampleSettings, take_sample
from bench.session import Launch, session
from bench.throughput import ThroughputSettings, take_batches
from builders.container_config import creation_body
from builders.doctor import Check, examine
from builders.engine import ContainerSpec
from builders.errors import ConfigurationError, EngineError, SessionFailed
from builders.fake_container import Program
from builders.fake_engine import FAKE_INFO, FakeEngine
from builders.matrix import Variant

WITH_GPUS = replace(FAKE_INFO, runtimes=("nvidia", "runc"))
NO_RUNTIME = "the engine has no NVIDIA runtime, and so can't give a container a GPU"
ON_GPU, LENIENT = Computing("cuda"), Computing("cuda", fallback=True)
PLAIN = ContainerSpec(IMAGE, ("session",), {})


def engine(program: Optional[Program] = None, *, gpus: bool = True) -> FakeEngine:
    info = WITH_GPUS if gpus else FAKE_INFO
    made = FakeEngine({IMAGE: program or on_device("cuda")}, info=info)
    made.add_image(IMAGE)
    return made


def created(made: FakeEngine) -> list[ContainerSpec]:
    return [spec for name, spec in made.calls if name == "create"]  # type: ignore[misc]


def test_gpus_are_asked_of_the_engine_as_docker_run_does() -> None:
    assert "DeviceRequests" not in creation_body(PLAIN)["HostConfig"]
    host = creation_body(replace(PLAIN, gpus=True))["HostConfig"]
    (request,) = host["DeviceRequests"]
    assert (request["Driver"], request["Count"]) == ("nvidia", -1)
    assert request["Capabilities"] == [["gpu", "compute", "utility"]]
    assert host["CapDrop"] == ["ALL"]


def test_a_container_is_equipped_with_words_and_gpus() -> None:
    assert equipped(engine(), PLAIN, ON_CPU) is PLAIN
    strict = equipped(engine(), PLAIN, ON_GPU)
    assert (strict.command, strict.gpus) == (("session", "--device", "cuda"), True)
    lenient = equipped(engine(gpus=False), PLAIN, LENIENT)
    assert lenient.command == ("session", "--device", "cuda", "--gpu-fallback")
    assert not lenient.gpus
    assert equipped(engine(), PLAIN, LENIENT).gpus


def test_an_engine_that_must_give_a_gpu_and_cannot_says_so() -> None:
    with pytest.raises(EngineError) as caught:
        equipped(engine(gpus=False), PLAIN, ON_GPU)
    assert str(caught.value) == (
        f"image {IMAGE}: {NO_RUNTIME}; install NVIDIA's container toolkit beside the engine,"
        " or set `gpu_fallback: true`"
    )
    with pytest.raises(EngineError, match=NO_RUNTIME):
        engine(gpus=False).create(replace(PLAIN, gpus=True))


def test_a_container_without_its_gpu_fails_the_session_in_its_own_words() -> None:
    refused = event("error", id=None, code="gpu-unavailable", message=f"asked for, but {NO_DRIVER}")
    made = engine(saying(*started("cuda")[:2], refused, event("bye"), ending=1))
    with (
        pytest.raises(SessionFailed, match="answered gpu-unavailable: asked for, but there is no"),
        session(made, Launch(IMAGE, LIMITS, computing=ON_GPU)),
    ):
        pass
    assert leftovers(made) == 0


def every_kind(made: FakeEngine, folder: Path, computing: Computing) -> None:
    """A container of each kind that is started for a variant, but for imports."""
    (folder / "a.png").touch()
    expected = expected_answers(str(folder / "a.png"))
    collect_answers(made, IMAGE, LIMITS, [folder / "a.png"], 3, computing=computing)
    settings = SampleSettings(LIMITS, 0, 1, 3, 1e-4, one_kernel=False, computing=computing)
    take_sample(made, IMAGE, settings, expected, (0, 0))
    take_batches(made, IMAGE, ThroughputSettings(LIMITS, (1,), 3, 1e-4, computing), expected, 0)


def test_every_container_of_a_variant_is_told(tmp_path: Path) -> None:
    made = engine()
    every_kind(made, tmp_path, ON_GPU)
    imports = ("stderr", "import time: self [us] | cumulative | imported package")
    line = ("stderr", "import time:       150 |        150 | site")
    profiled = engine(saying(imports, line))
    run_imports(profiled, Launch(IMAGE, LIMITS, computing=ON_GPU))
    specs = [*created(made), *created(profiled)]
    assert len(specs) == 4
    assert all(spec.gpus and "--device" in spec.command for spec in specs)


def test_answers_say_what_they_were_computed_on(tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    where = (IMAGE, LIMITS, [tmp_path / "a.png"], 3)
    answers = collect_answers(engine(), *where, computing=LENIENT)
    assert (answers.device, answers.fallback) == ("cuda", "")
    fallen = engine(on_device("cpu", NO_DRIVER), gpus=False)
    answers = collect_answers(fallen, *where, computing=LENIENT)
    assert (answers.device, answers.fallback) == ("cpu", NO_DRIVER)


def row(device: Optional[str], fallback: str = "") -> VariantRecord:
    return VariantRecord.model_validate(
        {
            "name": "x",
            "changed": "",
            "after": None,
            "runtime": "onnx",
            "model": "m",
            "device": device,
            "fallback": fallback,
        }
    )


def test_rows_of_different_devices_do_not_compare() -> None:
    (found,) = differing(row("cpu"), row("cuda"))
    assert (found.name, found.baseline, found.candidate) == ("device", "cpu", "cuda")
    assert differing(row("cpu"), row("cpu", NO_DRIVER)) == ()
    assert differing(row(None), row("cuda")) == ()


def variant(small: SmallProject, **changes: Any) -> Variant:
    return small.matrix.variant("small").model_copy(update=changes)


@pytest.fixture
def small(tmp_path: Path) -> SmallProject:
    return make(tmp_path)


def test_what_was_verified_on_a_gpu_is_not_timed_on_the_cpu(small: SmallProject) -> None:
    lenient = variant(small, device="cuda", gpu_fallback=True)
    assert asked(variant(small)) == ON_CPU
    assert asked(lenient) == measured(lenient, "cpu") == measured(lenient, None) == LENIENT
    assert measured(lenient, "cuda") == ON_GPU


def test_a_fallback_from_nothing_is_a_problem_of_the_matrix(small: SmallProject) -> None:
    path = small.root / "variants.yaml"
    path.write_text(path.read_text().replace("after: big}", "after: big, gpu_fallback: true}"))
    with pytest.raises(ConfigurationError) as caught:
        _ = small.matrix
    (problem,) = caught.value.problems
    assert "variants.small: has 'gpu_fallback', which says nothing without" in problem


def examined(small: SmallProject, *variants: Variant, gpus: bool) -> Check:
    made = engine(gpus=gpus)
    checks = examine(lambda: made, small.matrix, variants, small.workspace, lambda host: True)
    return {check.subject: check for check in checks}["gpu"]


def test_the_doctor_says_whether_there_is_an_nvidia_runtime(small: SmallProject) -> None:
    strict = variant(small, device="cuda")
    lenient = variant(small, device="cuda", gpu_fallback=True)
    assert examined(small, strict, gpus=True) == Check(
        "gpu", "ok", "the engine has an NVIDIA runtime"
    )
    plain = examined(small, variant(small), gpus=False)
    assert (plain.state, plain.advice) == ("ok", "")
    assert plain.finding.startswith("the engine has no NVIDIA runtime, and no selected variant")
    allowed = examined(small, lenient, gpus=False)
    assert allowed.state == "note"
    assert allowed.finding.endswith(": small will compute on the CPU, as allowed")
    wanting = examined(small, strict, gpus=False)
    assert wanting.state == "problem"
    assert wanting.finding.endswith("which small must have")
    assert "gpu_fallback" in wanting.advice
