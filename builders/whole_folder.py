"""The build context that `docker build FOLDER` would have, in the order-free form of `context`."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from builders import dockerignore
from builders.context import IGNORED_NAMES, ContextFiles, digested
from builders.dockerignore import Ignored, ignored


def collect_whole(
    root: Path, dockerfile: str, left_out: Collection[str], settings: Mapping[str, str]
) -> ContextFiles:
    """All files of the folder but what `.dockerignore` names; the Dockerfile is always there.

    Args:
        root: the folder.
        dockerfile: its path in the folder.
        left_out: paths in the folder that slimbench itself writes.
        settings: as of `context.collect`.
    """
    rules = dockerignore.file_for(root, dockerfile)
    lines = rules.read_text(encoding="utf-8").splitlines() if rules else ()
    found = _walk(root, ignored((*lines, *left_out)))
    files = {path.relative_to(root).as_posix(): path for path in found}
    files[dockerfile] = root / dockerfile
    if rules is not None:  # the engine applies it too, to the Dockerfile itself
        files[dockerignore.NAME] = rules
    return digested(files, settings)


def _walk(root: Path, rules: Ignored) -> Iterator[Path]:
    may_return = any(pattern.takes_back for pattern in rules.patterns)
    for folder, folders, names in os.walk(root):
        here = Path(folder)
        folders[:] = sorted(
            name
            for name in folders
            if name not in IGNORED_NAMES
            and (may_return or (here / name).relative_to(root).as_posix() not in rules)
        )
        links = [name for name in folders if (here / name).is_symlink()]
        for name in (*names, *links):
            path = here / name
            if _is_content(path) and path.relative_to(root).as_posix() not in rules:
                yield path


def _is_content(path: Path) -> bool:
    known = path.is_file() or path.is_symlink()
    return known and path.suffix != ".pyc" and path.name not in IGNORED_NAMES
