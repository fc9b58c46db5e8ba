"""Take out of an environment what no program reads at run time, and say how much it was.

Headers, type stubs, tests, static libraries and build programs go; torch's libraries lose their
symbol tables (`strip --strip-unneeded` keeps what the dynamic loader needs).
Run in a build stage: `python3 prune.py /opt/venv`. `slimbench verify` shows that the answers are
those of the unpruned image; a service that imports more than a prediction does may need more.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

FOLDERS = ("include", "tests", "test", "testing")
# Imported by the packages themselves, in spite of their names.
KEPT = ("numpy/testing", "torch/testing", "torch/_inductor/test")
# Programs and libraries for building, converting and tuning, and a copy of ONNX Runtime for C
# programs: Python's module has its own inside.
UNREAD = (
    "fastapi_offline/static/redoc.standalone.js",  # another API page than ours
    "numpy/_core/_*_tests.*.so",
    "numpy/_core/_simd.*.so",
    "numpy/distutils",
    "numpy/f2py",
    "onnxruntime/capi/libonnxruntime.so*",
    "onnxruntime/quantization",
    "onnxruntime/tools",
    "onnxruntime/transformers",
    "torch/bin/[!t]*",  # but torch_shm_manager, which importing torch looks for
    "torch/bin/test_*",
    "torch/share/cmake",
)
SUFFIXES = (".a", ".h", ".hpp", ".cuh", ".pyi", ".pyx", ".pxd", ".c", ".cpp", ".lib")


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
    """Delete what only building or testing reads."""
    named = [path for pattern in UNREAD for path in packages.glob(pattern)]
    suffixed = [path for path in packages.rglob("*") if path.suffix in SUFFIXES]
    for path in [*named, *unread_folders(packages), *suffixed]:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def unread_folders(packages: Path) -> list[Path]:
    """Outermost folders named for headers or tests, those that packages import apart."""
    found = [path for path in packages.rglob("*") if path.name in FOLDERS and path.is_dir()]
    named = [path for path in found if path.relative_to(packages).as_posix() not in KEPT]
    return [path for path in named if not set(path.parents) & set(named)]


def strip(packages: Path) -> None:
    """Drop the symbol tables of torch's libraries.

    Others come stripped, or bundled by auditwheel, whose changes to the file `strip` breaks.
    """
    for path in packages.glob("torch/lib/*.so*"):
        subprocess.run(["strip", "--strip-unneeded", str(path)], check=True)  # noqa: S603, S607


if __name__ == "__main__":
    main(Path(sys.argv[1]))
