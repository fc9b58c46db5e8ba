"""Models exported once by the exporter image, into the folder that Dockerfiles copy from."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from builders.built import ModelArtefacts
from builders.engine import ContainerSpec, Engine, ImageInfo, Mount
from builders.errors import ExportFailed
from builders.labels import CONTEXT, KIND_EXPORTER, of_kind
from builders.matrix import Matrix, Model, WeightsFile
from builders.own_container import own_container
from builders.plan import ARTEFACTS
from builders.workspace import Workspace, shown

EXPORT_TIMEOUT_S = 1800.0


@dataclass(frozen=True)
class Exporter:
    """The exporter's image and what every export is asked for; `int8`: an int8 file too."""

    image: ImageInfo
    samples: int
    int8: bool = False

    def key(self, name: str, model: Model, root: Path) -> str:
        """Digest of all that decides an export's outcome."""
        parts = [self.image.labels[CONTEXT], name, model.model_dump(mode="json"), self.samples]
        weights = model.weights
        if isinstance(weights, WeightsFile):
            parts.append(hashlib.sha256((root / weights.file).read_bytes()).hexdigest())
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def ensure(
    engine: Engine,
    matrix: Matrix,
    name: str,
    exporter: Exporter,
    workspace: Workspace,
) -> ModelArtefacts:
    """The model's artefacts, exported unless all are there and whole; raises ExportFailed."""
    model, folder = matrix.models[name], workspace.artefacts / name
    key_file = workspace.state / "exports" / name
    key = exporter.key(name, model, matrix.folder)
    is_known = key_file.exists() and key_file.read_text() == key
    # No part of the key: an int8 file that isn't needed now does no harm.
    has_all = not exporter.int8 or (folder / ARTEFACTS["onnx-int8"]).is_file()
    if not (is_known and has_all and is_whole(folder)):
        export(engine, matrix, name, exporter, workspace)
        key_file.parent.mkdir(parents=True, exist_ok=True)
        key_file.write_text(key, encoding="utf-8")
    return read(name, folder)


def read(name: str, folder: Path) -> ModelArtefacts:
    """Artefacts as their manifest describes them; raises ExportFailed."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        return ModelArtefacts(
            name=name,
            folder=folder,
            weights=manifest["weights"],
            notice=manifest["notice"],
            seed=manifest["seed"],
            versions=manifest["versions"],
            sha256=manifest["sha256"],
            size_bytes=manifest["size_bytes"],
            preprocessing=manifest["preprocessing"],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ExportFailed(
            f"the manifest can't be used ({error})",
            where=shown(folder / "manifest.json"),
            next_step="delete the folder, so that the next build exports the model again",
        ) from error


def is_whole(folder: Path) -> bool:
    """Whether every artefact has the digest that the manifest states."""
    try:
        stated = read(folder.name, folder).sha256
        return all(
            hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
            for name, digest in stated.items()
        )
    except (ExportFailed, OSError):
        return False


def export(
    engine: Engine, matrix: Matrix, name: str, exporter: Exporter, workspace: Workspace
) -> None:
    """Run the exporter image for one model; raises ExportFailed with its last lines."""
    workspace.artefacts.mkdir(parents=True, exist_ok=True)
    with own_container(engine, _spec(matrix, name, exporter, workspace)) as container:
        engine.start(container)
        state = engine.wait(container, EXPORT_TIMEOUT_S)
        output = engine.logs(container)
    log = workspace.log(f"export-{name}")
    log.write_text(output, encoding="utf-8")
    if state.exit_code != 0:
        last = " / ".join(output.strip().splitlines()[-3:])
        raise ExportFailed(
            f"the exporter ended with {state.exit_code}: {last}",
            where=f"model {name}",
            next_step=f"the whole output is in {shown(log)}",
        )


def _spec(matrix: Matrix, name: str, exporter: Exporter, workspace: Workspace) -> ContainerSpec:
    model = matrix.models[name]
    weights: str = "file:/weights" if isinstance(model.weights, WeightsFile) else model.weights
    mounts = [Mount(workspace.artefacts, "/out", read_only=False)]
    if isinstance(model.weights, WeightsFile):
        mounts.append(Mount((matrix.folder / model.weights.file).resolve(), "/weights"))
    arguments = {
        "out": f"/out/{name}",
        "weights": weights,
        "seed": model.seed,
        "samples": exporter.samples,
    }
    flags = ("--int8",) if exporter.int8 else ()
    return ContainerSpec(
        image=exporter.image.image_id,
        command=(name, *(f"--{key}={value}" for key, value in arguments.items()), *flags),
        labels=of_kind(KIND_EXPORTER),
        # Pretrained weights come from the internet; nothing else here needs a network.
        network="bridge" if weights in ("auto", "pretrained") else "none",
        mounts=tuple(mounts),
        user=f"{os.getuid()}:{os.getgid()}",
        environment={"HOME": "/tmp"},  # noqa: S108 - inside the container
    )
