"""Base images under our labels: pulled by digest, or made from Debian packages.

Both kinds end as an image of ours, so that every stage built on it inherits the labels by which
it is found and removed again.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from builders import context, root_filesystem
from builders.built import ResolvedBase
from builders.engine import BuildRequest, Engine, ImageInfo
from builders.errors import RegistryUnreachable
from builders.labels import BASE, BASE_REASON, BASE_SOURCE, CONTEXT, KIND, KIND_BASE, of_kind
from builders.matrix import Base, BaseSource, Matrix

Log = Callable[[str], None]

# The label comes first, so that the layers of a build that breaks off carry it too.
PULLED = f"FROM {{reference}}\nLABEL {KIND}={KIND_BASE}\n"
BOOTSTRAPPED = f"""FROM scratch
LABEL {KIND}={KIND_BASE}
ADD rootfs.tar /
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8
CMD ["python3"]
"""


@dataclass(frozen=True)
class Origin:
    """Where a base's content comes from; `archive` is None for a pulled one."""

    source: Literal["pull", "bootstrap"]
    reference: str
    reason: str
    archive: Path | None


def resolve(engine: Engine, matrix: Matrix, name: str, cache: Path, log: Log) -> ResolvedBase:
    """The base image of this name, made if the engine doesn't hold it yet.

    Raises:
        PullFailed: the registry refused, or can't be reached and there is no other way.
        BootstrapFailed: mmdebstrap can't make it.
    """
    base = matrix.bases[name]
    present = engine.image(tag(name))
    if present is not None and present.labels.get(CONTEXT) == wanted(base, matrix.base_source):
        return _resolved(name, present)
    origin = find_origin(engine, base, matrix.base_source, cache, log)
    return _resolved(name, _make(engine, name, origin, wanted(base, matrix.base_source), log))


def tag(name: str) -> str:
    """The name of a base's image in the engine."""
    return f"slimbench/base-{name}:latest"


def wanted(base: Base, source: BaseSource) -> str:
    """Digest of all that the matrix says of a base: the same as long as it need not be remade."""
    recipe = root_filesystem.recipe_digest(base.bootstrap) if base.bootstrap else ""
    return "sha256:" + hashlib.sha256(f"{source}\0{base.registry}\0{recipe}".encode()).hexdigest()


def registry_host(reference: str) -> str:
    """The host that a reference's registry is known by; the tag and digest are left out."""
    return reference.split("/", maxsplit=1)[0]


def find_origin(engine: Engine, base: Base, source: BaseSource, cache: Path, log: Log) -> Origin:
    """Pull, or make the root file system, as the matrix asks; `auto` tries in that order.

    Raises:
        RegistryUnreachable: none answers, or none may be asked, and there is no other way.
        PullFailed: the registry refused.
    """
    if source == "bootstrap" and base.bootstrap is None:  # an optional base
        raise _not_pulled(base, "base_source is bootstrap, and it has no recipe", "set it to auto")
    if source == "bootstrap" or base.registry is None:
        reason = "base_source: bootstrap" if source == "bootstrap" else "it names no registry"
        return _bootstrap(base, reason, cache, log)
    try:
        engine.pull(base.registry)
    except RegistryUnreachable as error:
        log(error.what)  # names servers of this machine, which no report should
        absent = f"no registry answers for {registry_host(base.registry)}"
        if source == "pull" or base.bootstrap is None:
            raise _not_pulled(base, absent, "build it where one does") from error
        return _bootstrap(base, absent, cache, log)
    return Origin("pull", base.registry, "its registry answered", None)


def _not_pulled(base: Base, why: str, next_step: str) -> RegistryUnreachable:
    name = (base.registry or "").split("@", maxsplit=1)[0]
    return RegistryUnreachable(f"it can't be pulled: {why}", where=name, next_step=next_step)


def _bootstrap(base: Base, reason: str, cache: Path, log: Log) -> Origin:
    if base.bootstrap is None:  # the matrix is checked for this; a base has one or the other
        raise AssertionError("a base without registry has a bootstrap recipe")
    archive = root_filesystem.make(base.bootstrap, cache, log)
    with archive.open("rb") as stream:
        digest = hashlib.sha256()
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return Origin("bootstrap", f"sha256:{digest.hexdigest()}", reason, archive)


def _make(engine: Engine, name: str, origin: Origin, digest: str, log: Log) -> ImageInfo:
    labels = of_kind(
        KIND_BASE,
        **{
            BASE: origin.reference,
            BASE_SOURCE: origin.source,
            BASE_REASON: origin.reason,
            CONTEXT: digest,
        },
    )
    folder = Path(tempfile.mkdtemp(prefix="slimbench-"))
    try:
        archive = _context(folder, origin)
        return engine.build(BuildRequest(archive, "Dockerfile", tag(name), labels), log)
    finally:
        shutil.rmtree(folder)


def _context(folder: Path, origin: Origin) -> Path:
    text = BOOTSTRAPPED if origin.archive else PULLED.format(reference=origin.reference)
    dockerfile = folder / "Dockerfile"
    dockerfile.write_text(text, encoding="utf-8")
    files = {"Dockerfile": dockerfile}
    if origin.archive:
        files["rootfs.tar"] = origin.archive
    archive = folder / "context.tar"
    context.write(context.ContextFiles(files, ""), archive)
    return archive


def _resolved(name: str, image: ImageInfo) -> ResolvedBase:
    source: Literal["pull", "bootstrap"] = (
        "pull" if image.labels[BASE_SOURCE] == "pull" else "bootstrap"
    )
    reason = image.labels[BASE_REASON]
    return ResolvedBase(name, image, source, image.labels[BASE], reason)
