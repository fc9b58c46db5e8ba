"""An empty engine beside the user's, onto which pulls are measured: nothing is there already.

It runs in network, mount and process namespaces of its own. So its mounts and processes end with
it, it can't touch the machine's bridge (an engine without one removes `docker0`), and it reaches
nothing but a registry on the loopback of that namespace, which serves the same folder as ours.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Optional

from bench import namespace_host
from bench.left_engines import PREFIX, end, remove_left, run_folder
from bench.loopback_registry import PROGRAM as REGISTRY
from bench.loopback_registry import Registry
from builders.engine import Engine
from builders.errors import EngineUnavailable, SecondEngineFailed
from builders.interruption import answered
from builders.maker import own_mark

PROGRAM = "dockerd"
NAMESPACES = ("--net", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child=KILL")
START_TIMEOUT_S = 30.0
# Layers then lie below its own folder, and not with a containerd that others use too.
CONFIGURATION = {"features": {"containerd-snapshotter": False}}

Connect = Callable[[str], Engine]


@contextmanager
def second_engine(parent: Path, registry: Registry, connect: Connect) -> Iterator[Engine]:
    """Start one and wait until it answers; at the end it is killed and its data removed.

    Args:
        parent: where its folder is made; what killed commands left there is removed first.
        registry: what it may pull from, under the same address as here.
        connect: to the engine at an address; raises EngineUnavailable.

    Raises:
        SecondEngineFailed: a program is missing or not permitted, or it didn't answer.
    """
    if os.geteuid() != 0:
        raise SecondEngineFailed("only root may run a second engine")
    programs = {name: _program(name) for name in ("unshare", PROGRAM, REGISTRY)}
    parent = parent.resolve()
    remove_left(parent)
    folder = parent / f"{PREFIX}{''.join(own_mark().values())}-{uuid.uuid4().hex[:12]}"
    with ExitStack() as leaving:
        with answered():
            leaving.callback(_removed, folder)
            _make(folder, run_folder(folder))
            process = _start(programs, folder, registry)
            leaving.callback(_ended, process, folder)
        yield _answering(process, folder, connect)


def _make(*folders: Path) -> None:
    try:
        for folder in folders:
            folder.mkdir(parents=True)
    except OSError as error:
        what = f"the second engine can't have its folder: {error.strerror}"
        raise SecondEngineFailed(what, where=str(error.filename)) from error


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        package = {PROGRAM: "docker.io", REGISTRY: REGISTRY}.get(name, "util-linux")
        raise SecondEngineFailed(f"{name} isn't installed", next_step=f"apt-get install {package}")
    return found


def _start(programs: dict[str, str], folder: Path, registry: Registry) -> subprocess.Popen[bytes]:
    host = [
        sys.executable,
        "-I",
        namespace_host.__file__,
        str(Path("/proc/self/ns/net").readlink()),
    ]
    serving = [programs[REGISTRY], "serve", str(registry.folder / "config.yml")]
    engine = [programs[PROGRAM], *_options(folder)]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - an argument list, no shell
            [programs["unshare"], *NAMESPACES, *host, *serving, "--", *engine],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _options(folder: Path) -> list[str]:
    configuration, run = folder / "daemon.json", run_folder(folder)
    configuration.write_text(json.dumps(CONFIGURATION), encoding="utf-8")
    return [
        f"--config-file={configuration}",
        f"--data-root={folder / 'data'}",
        f"--exec-root={run / 'exec'}",
        f"--pidfile={run / 'pid'}",
        f"--host={_address(folder)}",
        "--bridge=none",
        "--iptables=false",
        "--ip-forward=false",
        "--log-level=warn",
    ]


def _address(folder: Path) -> str:
    return f"unix://{run_folder(folder) / 'socket'}"


def _answering(process: subprocess.Popen[bytes], folder: Path, connect: Connect) -> Engine:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        engine = _connected(connect, _address(folder))
        if engine is not None:
            return engine
        time.sleep(0.05)
    said = (folder / "log").read_text(encoding="utf-8", errors="replace").strip().splitlines()
    how = "didn't answer" if process.poll() is None else f"ended with {process.returncode}"
    raise SecondEngineFailed(f"the second engine {how}: {' '.join(said[-1:])}", where=PROGRAM)


def _connected(connect: Connect, address: str) -> Optional[Engine]:
    try:
        return connect(address)
    except EngineUnavailable:
        return None


def _ended(process: subprocess.Popen[bytes], folder: Path) -> None:
    with answered():
        end(folder)
        process.wait()


def _removed(folder: Path) -> None:
    with answered():
        shutil.rmtree(run_folder(folder), ignore_errors=True)
        if folder.exists():
            shutil.rmtree(folder)
