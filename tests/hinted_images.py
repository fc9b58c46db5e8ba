"""Parts of images that hints are about, and the advice that an image gets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

from saved_images import Content, program, taken_apart

from bench.inspection.finding_types import Hint
from bench.inspection.hints import HINTS
from bench.inspection.hints.hint import HintRule

MB = 1_000_000
PACKAGES = "opt/venv/lib/python3.11/site-packages"
PYTHON = {"usr/lib/python3.11/os.py": "x"}
CLEAN: Mapping[str, Content] = {**PYTHON, "etc/passwd": "root", "app/main.py": "print()\n"}


def filled(size_bytes: int, first: str = "x") -> bytes:
    """So many bytes; files with another first one are no duplicates of each other."""
    return first.encode() + b"." * (size_bytes - len(first))


def rule(hint_id: str) -> HintRule:
    """The catalogue's rule of this name."""
    (found,) = (one for one in HINTS if one.id == hint_id)
    return found


def advised(hint_id: str, *layers: Mapping[str, Content], **more: object) -> Optional[Hint]:
    """What the rule of this name says of an image."""
    return rule(hint_id).advise(taken_apart(*layers, **more))


def saves(hint_id: str, *layers: Mapping[str, Content], **more: object) -> int:
    """Bytes that the rule would save; 0 where it has no advice."""
    hint = advised(hint_id, *layers, **more)
    return hint.saves_bytes or 0 if hint is not None else 0


def installed(*packages: tuple[str, Mapping[str, Content]]) -> dict[str, Content]:
    """Debian packages with their files, as dpkg's database has them."""
    paths: dict[str, Content] = {}
    status = []
    for name, files in packages:
        status.append(
            f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1-1\n"
        )
        paths[f"var/lib/dpkg/info/{name}.list"] = "".join(f"/{path}\n" for path in files)
        paths.update(files)
    return {"var/lib/dpkg/status": "\n".join(status), **paths}


def distribution(
    name: str, files: Mapping[str, Content], *, requires: tuple[str, ...] = (), version: str = "1.0"
) -> dict[str, Content]:
    """A Python distribution in the virtual environment; paths are those below site-packages."""
    folder = f"{PACKAGES}/{name.replace('-', '_')}-{version}.dist-info"
    needs = "".join(f"Requires-Dist: {one}\n" for one in requires)
    record = "".join(f"{path},,\n" for path in files)
    return {
        **{f"{PACKAGES}/{path}": content for path, content in files.items()},
        f"{folder}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}\n",
        f"{folder}/RECORD": record,
    }


def shell() -> dict[str, Content]:
    return {"bin/sh": program()}
