"""What a build would need and how each part would be had, without changing anything."""

from __future__ import annotations

import shutil
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from builders import bases, models, plan, root_filesystem, wheelhouse
from builders.engine import Engine, EngineInfo
from builders.errors import EngineUnavailable
from builders.gpus import ADVICE, has_gpus
from builders.labels import BASE_REASON, BASE_SOURCE, CONTEXT
from builders.matrix import Base, Bootstrap, Matrix, Variant
from builders.prepare import needed_bytes
from builders.workspace import GIB, Workspace

PROBE_TIMEOUT_S = 3.0
DOCKER_HUB = "docker.io"
DOCKER_HUB_API = "registry-1.docker.io"

State = Literal["ok", "note", "problem"]
Probe = Callable[[str], bool]
Connect = Callable[[], Engine]


@dataclass(frozen=True)
class Check:
    """One row: `advice` is empty unless something should be done."""

    subject: str
    state: State
    finding: str
    advice: str = ""


def examine(
    connect: Connect,
    matrix: Matrix,
    variants: tuple[Variant, ...],
    workspace: Workspace,
    probe: Probe,
) -> Iterator[Check]:
    """All checks, in the order a build meets them; `probe` tells whether a host answers."""
    try:
        engine: Engine | None = connect()
    except EngineUnavailable as error:
        engine = None
        yield Check("engine", "problem", error.what, error.next_step)
    if engine is not None:
        info = engine.info()
        yield Check("engine", "ok", f"{info.version}, {info.storage_driver}, {info.cpus} CPUs")
        yield _gpu(info, variants)
    yield _disk(engine, variants, workspace)
    if matrix.workload == "serve":
        yield _load_tool()
    for name in plan.needed_bases(matrix, variants):
        yield _base(engine, matrix, name, workspace, probe)
    for lock in plan.needed_locks(matrix, variants):
        yield _wheels(lock, workspace)
    for name in plan.needed_models(variants):
        yield _weights(matrix, name, workspace)


def answers(host: str) -> bool:
    """Whether an HTTPS server answers there, with whatever status."""
    try:
        urllib.request.urlopen(f"https://{host}/", timeout=PROBE_TIMEOUT_S).close()
    except urllib.error.HTTPError:
        return True
    except (OSError, ValueError):
        return False
    return True


def exit_code(checks: Iterable[Check]) -> int:
    """0 when a build can go on; 4 without an engine, else 1 with any problem."""
    problems = [check.subject for check in checks if check.state == "problem"]
    return 0 if not problems else EngineUnavailable.exit_code if "engine" in problems else 1


def _gpu(info: EngineInfo, variants: tuple[Variant, ...]) -> Check:
    if has_gpus(info):
        return Check("gpu", "ok", "the engine has an NVIDIA runtime")
    finding = "the engine has no NVIDIA runtime"
    wanting = [variant for variant in variants if variant.device == "cuda"]
    strict = [variant.name for variant in wanting if not variant.gpu_fallback]
    if strict:
        return Check("gpu", "problem", f"{finding}, which {', '.join(strict)} must have", ADVICE)
    if wanting:
        names = ", ".join(variant.name for variant in wanting)
        return Check("gpu", "note", f"{finding}: {names} will compute on the CPU, as allowed")
    return Check("gpu", "ok", f"{finding}, and no selected variant asks for a GPU")


def _load_tool() -> Check:
    if shutil.which("wrk"):
        return Check("load tool", "ok", "wrk is there")
    advice = "run install_dev_tools.sh, or apt-get install wrk"
    return Check("load tool", "note", "wrk is missing: no load will be measured", advice)


def _disk(engine: Engine | None, variants: tuple[Variant, ...], workspace: Workspace) -> Check:
    needed = needed_bytes(engine, variants) if engine else sum(v.disk_bytes for v in variants)
    folder = Path(engine.info().root_dir) if engine else workspace.root
    existing = next(p for p in (folder, *folder.parents) if p.exists())
    free = shutil.disk_usage(existing).free
    finding = f"{needed / GIB:.0f} GiB needed, {free / GIB:.0f} GiB free at {existing}"
    if free < needed:
        return Check("disk", "problem", finding, "free some space, or select with --only")
    return Check("disk", "ok", finding)


def _base(
    engine: Engine | None, matrix: Matrix, name: str, workspace: Workspace, probe: Probe
) -> Check:
    base, subject = matrix.bases[name], f"base {name}"
    image = engine.image(bases.tag(name)) if engine else None
    if image and image.labels.get(CONTEXT) == bases.wanted(base, matrix.base_source):
        source = image.labels[BASE_SOURCE]
        advice = "`slimbench clean`, then build, tries the registry again"
        finding = f"there, by {source}: {image.labels[BASE_REASON]}"
        return Check(subject, "ok", finding, advice if source == "bootstrap" else "")
    if matrix.base_source != "bootstrap" and base.registry:
        host = bases.registry_host(base.registry)
        if probe(DOCKER_HUB_API if host == DOCKER_HUB else host):
            return Check(subject, "ok", f"to be pulled from {host}")
        if matrix.base_source == "pull" or base.bootstrap is None:
            return _unreachable(base, subject, f"{host} does not answer")
    if base.bootstrap is None:
        return _unreachable(base, subject, "it has no recipe, and base_source is bootstrap")
    return _bootstrap(base.bootstrap, subject, workspace)


def _unreachable(base: Base, subject: str, finding: str) -> Check:
    if base.optional:
        return Check(subject, "note", finding, "it is optional: what stands on it is left out")
    advice = "check the network, or set base_source: bootstrap"
    return Check(subject, "problem", finding, advice)


def _bootstrap(recipe: Bootstrap, subject: str, workspace: Workspace) -> Check:
    digest = root_filesystem.recipe_digest(recipe)
    if (workspace.cache / "bases" / f"{digest}.tar").exists():
        return Check(subject, "ok", "to be made from the cached root file system")
    if shutil.which("mmdebstrap"):
        return Check(subject, "note", "no registry: to be made from Debian packages")
    return Check(subject, "problem", "mmdebstrap is missing", "run install_dev_tools.sh")


def _wheels(lock: Path, workspace: Workspace) -> Check:
    subject = f"wheels {lock.stem}"
    if wheelhouse.is_complete(lock, workspace.cache):
        return Check(subject, "ok", "all in the cache")
    return Check(subject, "note", "to be downloaded with pip, as configured on this machine")


def _weights(matrix: Matrix, name: str, workspace: Workspace) -> Check:
    subject, weights = f"model {name}", matrix.models[name].weights
    folder = workspace.artefacts / name
    if models.is_whole(folder):
        made = models.read(name, folder)
        if not made.notice:
            return Check(subject, "ok", f"exported, {made.weights} weights")
        advice = f"delete {workspace.artefacts.name}/{name} to try for pretrained ones"
        return Check(subject, "note", f"exported, {made.weights} weights", advice)
    if weights == "auto":
        finding = "to be exported, pretrained weights tried first, seeded ones else"
        return Check(subject, "note", finding)
    return Check(subject, "ok", "to be exported, weights as the matrix says")
