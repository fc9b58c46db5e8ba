"""Take out of an environment what no program reads at run time, and say how much it was.

Headers, type stubs, tests, static libraries and build programs go; shared objects lose their
symbol tables (`strip --strip-unneeded` keeps what the dynamic loader needs).
Run in a build stage: `python3 prune.py /opt/venv`. Every removal is proved harmless by
`slimbench verify`, which compares the answers with those of the unpruned image.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

FOLDERS = ("include", "tests", "test", "testing")
# numpy.testing and torch.testing are imported by their packages; cmake files and programs are not.
KEPT = ("numpy/testing", "torch/testing", "torch/_inductor/test")
TORCH_BUILD_PARTS = ("torch/bin", "torch/share/cmake", "torch/utils/benchmark/utils/valgrind_wrapper")
SUFFIXES = (".a", ".h", ".hpp", ".cuh", ".pyi", ".pyx", ".pxd", ".c", ".cpp", ".lib")
STRIP_FROM_BYTES = 100_000


def main(root: Path) -> None:
    """Prune every site-packages folder below `root`."""
    before = size_bytes(root)
    for packages in root.glob("lib/python3*/site-packages"):
        remove(packages)
        strip(packages)
    print(f"pruned {(before - size_bytes(root)) / 1e6:.1f} MB of {before / 1e6:.1f} MB")


def size_bytes(root: Path) -> int:
    """Bytes of all regular files below `root`."""
    return sum(p.stat().st_size for p in root.rglob("*") if p.is_file() and not p.is_symlink())


def remove(packages: Path) -> None:
    """Delete folders and files that only building or testing reads."""
    for folder in [*unread_folders(packages), *(packages / part for part in TORCH_BUILD_PARTS)]:
        shutil.rmtree(folder, ignore_errors=True)
    for path in [p for p in packages.rglob("*") if p.suffix in SUFFIXES and p.is_file()]:
        path.unlink()


def unread_folders(packages: Path) -> list[Path]:
    """Folders named for headers or tests, those that packages import apart."""
    found: Iterator[Path] = (p for p in packages.rglob("*") if p.name in FOLDERS and p.is_dir())
    return [p for p in found if p.relative_to(packages).as_posix() not in KEPT]


def strip(packages: Path) -> None:
    """Drop the symbol tables of large shared objects."""
    for path in packages.rglob("*.so*"):
        if path.is_file() and not path.is_symlink() and path.stat().st_size >= STRIP_FROM_BYTES:
            subprocess.run(["strip", "--strip-unneeded", str(path)], check=True)  # noqa: S603, S607


if __name__ == "__main__":
    main(Path(sys.argv[1]))
