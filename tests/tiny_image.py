"""A runnable image made from this machine's own programs, as no registry may be reachable."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import tarfile
import uuid
from collections.abc import Mapping
from pathlib import Path

from builders.engine import BuildRequest, Engine, ImageInfo

PROGRAMS = ("sh", "cat", "ls", "sleep", "head", "tr")


def write_context(path: Path, files: Mapping[str, bytes]) -> Path:
    """A build context archive at `path`."""
    with tarfile.open(path, "w") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            member.mode = 0o755
            tar.addfile(member, io.BytesIO(content))
    return path


def build_tiny_image(engine: Engine, folder: Path, labels: Mapping[str, str]) -> ImageInfo:
    """Build it under a tag of its own; the labels are its only claim."""
    dockerfile = b"FROM scratch\nADD root.tar /\nENV PATH=/bin\n"
    root = write_context(folder / "root.tar", _root_files()).read_bytes()
    context = write_context(folder / "context.tar", {"Dockerfile": dockerfile, "root.tar": root})
    tag = f"slimbench-test/tiny:{uuid.uuid4().hex}"
    return engine.build(BuildRequest(context, "Dockerfile", tag, labels), print)


def _root_files() -> dict[str, bytes]:
    """Programs and the libraries they load, at the places where the loader looks for them."""
    files: dict[str, bytes] = {}
    for program in PROGRAMS:
        found = shutil.which(program)
        assert found is not None, f"this machine has no {program}"
        files[f"bin/{program}"] = Path(found).resolve().read_bytes()
        listed = subprocess.run(["ldd", found], capture_output=True, text=True, check=True).stdout
        for library in re.findall(r"(/\S+) \(0x", listed):
            files[library.lstrip("/")] = Path(library).resolve().read_bytes()
    return files
