"""A real registry on loopback, Debian's `docker-registry`, from its start to its end on every path.

Its data lies in a folder that names its maker, so that the next one removes what a killed command
left. It has a session of its own: ctrl-C reaches us alone, and we end it in order.
"""

from __future__ import annotations

import http.client
import shutil
import socket
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.left_registries import PREFIX, end, remove_left
from builders.errors import RegistryFailed
from builders.interruption import answered
from builders.maker import own_mark

PROGRAM = "docker-registry"
HOST = "127.0.0.1"  # engines speak to it without TLS
START_TIMEOUT_S = 20.0
ATTEMPTS = 3  # another program may take the free port before the registry does
CONFIGURATION = """\
version: 0.1
log: {{level: error}}
storage: {{filesystem: {{rootdirectory: {folder}}}}}
http: {{addr: "{address}"}}
"""


@dataclass(frozen=True)
class Registry:
    """A running registry and the folder that it keeps its blobs in."""

    address: str  # `127.0.0.1:PORT`, how its repositories' names begin
    folder: Path


@contextmanager
def loopback_registry(parent: Path, more: str = "") -> Iterator[Registry]:
    """Start one and wait until it answers; at the end it is ended and its data removed.

    Args:
        parent: where its folder is made; what killed commands left there is removed first.
        more: lines of configuration beside ours.

    Raises:
        RegistryFailed: the program is missing, or ended before it answered, or didn't answer.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        raise RegistryFailed(f"{PROGRAM} isn't installed", next_step=f"apt-get install {PROGRAM}")
    parent = parent.resolve()
    remove_left(parent)
    folder = parent / f"{PREFIX}{''.join(own_mark().values())}-{uuid.uuid4().hex}"
    with ExitStack() as leaving:
        with answered():
            folder.mkdir(parents=True)
            leaving.callback(_undisturbed, shutil.rmtree, folder)
        yield _started(program, folder, more, leaving)


def _started(program: str, folder: Path, more: str, leaving: ExitStack) -> Registry:
    for _ in range(ATTEMPTS):
        registry = Registry(f"{HOST}:{free_port()}", folder)
        with answered():
            process = _start(program, registry, more)
            leaving.callback(_undisturbed, end, process)
        if _answers(registry, process):
            return registry
    said = (folder / "log").read_text(encoding="utf-8", errors="replace").strip().splitlines()
    raise RegistryFailed(
        f"the registry ended with exit code {process.returncode}: {' '.join(said[-1:])}",
        where=PROGRAM,
    )


def _start(program: str, registry: Registry, more: str) -> subprocess.Popen[bytes]:
    configuration = registry.folder / "config.yml"
    text = CONFIGURATION.format(folder=registry.folder, address=registry.address) + more
    configuration.write_text(text, encoding="utf-8")
    with (registry.folder / "log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - an argument list, no shell
            [program, "serve", str(configuration)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _answers(registry: Registry, process: subprocess.Popen[bytes]) -> bool:
    """Wait for its answer; False when it ended before.

    Raises:
        RegistryFailed: it runs and doesn't answer.
    """
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            return False
        # Alive after the answer: no other program that was given the port has answered.
        if _is_registry(registry.address) and process.poll() is None:
            return True
        time.sleep(0.02)
    raise RegistryFailed(f"the registry didn't answer within {START_TIMEOUT_S:g} s", where=PROGRAM)


def _is_registry(address: str) -> bool:
    connection = http.client.HTTPConnection(address, timeout=5)
    try:
        connection.request("GET", "/v2/")
        return connection.getresponse().getheader("Docker-Distribution-Api-Version") is not None
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def free_port() -> int:
    """A port of loopback that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


def _undisturbed(function: Callable[..., object], *arguments: object) -> None:
    with answered():
        function(*arguments)
