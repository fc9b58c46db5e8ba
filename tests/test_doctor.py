"""What a build would need: each part in each state, found without changing anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_project import BASE, SmallProject, export, make

from builders import bases, wheelhouse
from builders.doctor import DOCKER_HUB_API, Check, examine, exit_code
from builders.engine import ContainerSpec, Engine, Mount
from builders.errors import EngineUnavailable
from builders.labels import BASE_REASON, BASE_SOURCE, CONTEXT
from builders.root_filesystem import recipe_digest

HOST = "registry.example"
BOOTSTRAP = "bootstrap: {suite: bookworm, variant: minbase, packages: [python3]}"


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallProject:
    """Nothing is built yet, and this machine has no mmdebstrap."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return make(tmp_path)


def change(small: SmallProject, old: str, new: str) -> None:
    path = small.root / "variants.yaml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def without_engine() -> Engine:
    raise EngineUnavailable("no engine answers", next_step="start it")


def look(small: SmallProject, *hosts: str, engine: bool = True) -> dict[str, Check]:
    """All checks by subject, where these hosts answer."""
    checks = examine(
        (lambda: small.engine) if engine else without_engine,
        small.matrix,
        small.matrix.variants,
        small.workspace,
        lambda host: host in hosts,
    )
    return {check.subject: check for check in checks}


def told(check: Check) -> tuple[str, str]:
    return check.state, check.finding


def test_rows_come_in_the_order_a_build_needs_them(small: SmallProject) -> None:
    checks = look(small, HOST)
    assert list(checks) == ["engine", "gpu", "disk", "base full", "wheels set", "model tiny"]
    assert told(checks["engine"]) == ("ok", "20.10.24, overlay2, 2 CPUs")
    assert exit_code(checks.values()) == 0


def test_no_engine_is_a_row_and_the_others_follow(small: SmallProject) -> None:
    checks = look(small, HOST, engine=False)
    assert checks["engine"] == Check("engine", "problem", "no engine answers", "start it")
    assert list(checks)[1:] == ["disk", "base full", "wheels set", "model tiny"]
    assert exit_code(checks.values()) == 4


def test_looking_changes_nothing(small: SmallProject) -> None:
    before = sorted(small.root.rglob("*"))
    look(small, HOST)
    assert small.engine.calls == []
    assert sorted(small.root.rglob("*")) == before


def test_too_little_disk_is_a_problem(small: SmallProject) -> None:
    change(small, "disk: 1", "disk: 900000GiB")
    check = look(small, HOST)["disk"]
    assert check.state == "problem"
    assert check.finding.startswith("1800000 GiB needed, ")
    assert "--only" in check.advice
    assert exit_code([check]) == 1


def test_what_is_built_needs_no_disk_again(small: SmallProject) -> None:
    change(small, "disk: 1", "disk: 900000GiB")
    for name in ("big", "small"):
        small.engine.add_image(f"slimbench/{name}:latest")
    assert look(small, HOST)["disk"].state == "ok"


def test_a_base_is_pulled_where_its_registry_answers(small: SmallProject) -> None:
    assert told(look(small, HOST)["base full"]) == ("ok", f"to be pulled from {HOST}")


def test_docker_hub_answers_under_another_name(small: SmallProject) -> None:
    change(small, BASE, f"docker.io/{BASE}")
    assert look(small, DOCKER_HUB_API)["base full"].state == "ok"
    assert look(small, "docker.io")["base full"].state == "problem"


@pytest.mark.parametrize("source", ["auto", "pull"])
def test_a_base_without_registry_or_recipe_is_a_problem(small: SmallProject, source: str) -> None:
    change(small, "version: 1", f"version: 1\nbase_source: {source}")
    check = look(small)["base full"]
    assert told(check) == ("problem", f"{HOST} does not answer")
    assert check.advice
    assert exit_code([check]) == 1


def test_a_base_that_is_there(small: SmallProject) -> None:
    wanted = bases.wanted(small.matrix.bases["full"], "auto")
    labels = {CONTEXT: wanted, BASE_SOURCE: "pull", BASE_REASON: "its registry answered"}
    small.engine.add_image(bases.tag("full"), labels=labels)
    assert told(look(small)["base full"]) == ("ok", "there, by pull: its registry answered")


@pytest.fixture
def bootstrapped(small: SmallProject) -> SmallProject:
    change(small, "full: {registry: ", f"full: {{{BOOTSTRAP}, registry: ")
    return small


def test_without_registry_and_mmdebstrap_a_base_is_a_problem(bootstrapped: SmallProject) -> None:
    check = look(bootstrapped)["base full"]
    assert told(check) == ("problem", "mmdebstrap is missing")
    assert check.advice == "run install_dev_tools.sh"


def test_without_registry_a_base_is_made_from_packages(
    bootstrapped: SmallProject, tmp_path: Path
) -> None:
    program = tmp_path / "bin" / "mmdebstrap"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    check = look(bootstrapped)["base full"]
    assert told(check) == ("note", "no registry: to be made from Debian packages")


def test_a_cached_root_file_system_needs_no_mmdebstrap(bootstrapped: SmallProject) -> None:
    recipe = bootstrapped.matrix.bases["full"].bootstrap
    assert recipe is not None
    archive = bootstrapped.workspace.cache / "bases" / f"{recipe_digest(recipe)}.tar"
    archive.parent.mkdir(parents=True)
    archive.write_bytes(b"")
    check = look(bootstrapped)["base full"]
    assert told(check) == ("ok", "to be made from the cached root file system")


def test_a_matrix_that_bootstraps_asks_no_registry(bootstrapped: SmallProject) -> None:
    change(bootstrapped, "version: 1", "version: 1\nbase_source: bootstrap")
    assert look(bootstrapped, HOST)["base full"].state == "problem"


def test_wheels_are_in_the_cache_or_to_be_downloaded(small: SmallProject) -> None:
    assert told(look(small)["wheels set"]) == ("ok", "all in the cache")
    wheelhouse.folder_of(small.root / "set.txt", small.workspace.cache).rmdir()
    assert look(small)["wheels set"].state == "note"


def weights(small: SmallProject, kind: str) -> None:
    change(small, "weights: seeded", f"weights: {kind}")


@pytest.mark.parametrize(
    ("kind", "state", "finding"),
    [
        ("seeded", "ok", "weights as the matrix says"),
        ("auto", "note", "pretrained weights tried first, seeded ones else"),
        ("pretrained", "ok", "weights as the matrix says"),
    ],
)
def test_weights(small: SmallProject, kind: str, state: str, finding: str) -> None:
    weights(small, kind)
    check = look(small)["model tiny"]
    assert check.state == state
    assert finding in check.finding


def test_a_model_that_was_exported(small: SmallProject) -> None:
    artefacts = small.workspace.artefacts
    artefacts.mkdir()
    mounts = (Mount(artefacts, "/out"),)
    list(export(ContainerSpec(image="exporter", command=(), labels={}, mounts=mounts)))
    assert told(look(small)["model tiny"]) == ("note", "exported, seeded weights")
    (artefacts / "tiny" / "model.onnx").write_bytes(b"damaged")
    assert "to be exported" in look(small)["model tiny"].finding


def test_the_exit_code_names_the_worst(small: SmallProject) -> None:
    problem, engine = Check("disk", "problem", ""), Check("engine", "problem", "")
    note = Check("wheels set", "note", "")
    assert exit_code([note]) == 0
    assert exit_code([note, problem]) == 1
    assert exit_code([problem, engine]) == 4
