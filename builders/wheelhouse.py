"""The wheelhouse: each locked requirement set downloaded once, and served to builds.

Wheels reach a build over a network of its own, from a container that serves the cache read-only
under a name that never changes: no wheel is left in a layer, and the build cache hits.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from builders.engine import ContainerSpec, Engine, Mount
from builders.errors import WheelhouseError
from builders.interruption import answered
from builders.labels import KIND_WHEELHOUSE, of_kind
from builders.maker import own_mark
from builders.own_container import own_container
from builders.workspace import shown

HOST_NAME = "wheelhouse"
PORT = 8000
PYTHON_VERSION = "3.11"  # the interpreter of every base
NEWEST_GLIBC_MINOR = 36  # Debian 12's, the oldest of the bases


@dataclass(frozen=True)
class WheelServer:
    """A running wheelhouse: builds on `network` find their wheels there."""

    network: str

    def build_args(self, lock: Optional[Path]) -> dict[str, str]:
        """Build arguments that pip reads from its environment; constant for a lock."""
        if lock is None:
            return {}
        return {
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": f"http://{HOST_NAME}:{PORT}/{lock_digest(lock)}/",
            "PIP_TRUSTED_HOST": HOST_NAME,
        }


def lock_digest(lock: Path) -> str:
    """Short hex digest of a lock file: the name of its folder of wheels."""
    return hashlib.sha256(lock.read_bytes()).hexdigest()[:16]


def folder_of(lock: Path, cache: Path) -> Path:
    """Where the wheels of this lock lie once they are complete."""
    return cache / "wheels" / lock_digest(lock)


def is_complete(lock: Path, cache: Path) -> bool:
    """Whether nothing needs to be downloaded."""
    return folder_of(lock, cache).is_dir()


def download(lock: Path, cache: Path) -> Path:
    """Download a set unless it is there; raises WheelhouseError with pip's own reason."""
    folder = folder_of(lock, cache)
    if is_complete(lock, cache):
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
    try:
        _pip_download(lock, partial)
        partial.chmod(0o755)
        _move(partial, folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder


def _move(partial: Path, folder: Path) -> None:
    try:
        partial.replace(folder)
    except OSError:
        if not folder.is_dir():  # else another project was faster, with the same wheels
            raise


def pip_command(lock: Path, folder: Path) -> tuple[str, ...]:
    """The pip call: for the images' interpreter and C library, whatever the host's are."""
    machine = platform.machine()
    minors = range(NEWEST_GLIBC_MINOR, 4, -1)
    platforms = [f"manylinux_2_{minor}_{machine}" for minor in minors]
    platforms += [f"manylinux2014_{machine}", f"linux_{machine}"]
    return (
        *(sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes"),
        *("--no-cache-dir", "--disable-pip-version-check", "--only-binary=:all:"),
        *("--implementation=cp", f"--python-version={PYTHON_VERSION}"),
        *(f"--platform={name}" for name in platforms),
        *("--dest", str(folder), "--requirement", str(lock)),
    )


def _pip_download(lock: Path, folder: Path) -> None:
    if importlib.util.find_spec("pip") is None:  # as in an environment that uv made
        step = "add it to that environment, as `python -m ensurepip` does"
        what = "its wheels are downloaded with pip, which slimbench's environment lacks"
        raise WheelhouseError(what, where=shown(lock), next_step=step)
    done = subprocess.run(  # noqa: S603 - an argument list, no shell
        pip_command(lock, folder), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR:")]
        raise WheelhouseError(
            f"pip can't download it: {' '.join(errors[:2]) or 'no message'}",
            where=shown(lock),
            next_step="check pip's index settings, or renew the lock with `nox -s lock`",
        )


@contextmanager
def serving(engine: Engine, base_image: str, cache: Path) -> Iterator[WheelServer]:
    """Serve the cache to builds while the context lasts; `base_image` has Python."""
    network = f"slimbench-wheelhouse-{os.getpid()}"
    labels = {**of_kind(KIND_WHEELHOUSE), **own_mark()}
    try:
        with answered():
            engine.create_network(network, labels)
        with own_container(engine, _server(base_image, network, cache)) as container:
            engine.start(container)
            yield WheelServer(network)
    finally:
        with answered():
            engine.remove_network(network)


def _server(base_image: str, network: str, cache: Path) -> ContainerSpec:
    return ContainerSpec(
        image=base_image,
        entrypoint=("python3", "-m", "http.server", str(PORT), "--directory", "/wheels"),
        command=(),
        labels=of_kind(KIND_WHEELHOUSE),
        network=network,
        network_alias=HOST_NAME,
        mounts=(Mount(cache / "wheels", "/wheels"),),
        user="65532:65532",
    )
