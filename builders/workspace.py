"""Where a run keeps things: beside the matrix, and in the user's cache."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from builders.errors import DiskFull

GIB = 1024**3
DEFAULT_MATRIX = Path("variants.yaml")


@dataclass(frozen=True)
class Workspace:
    """Folders of one project; nothing is created until it is needed.

    Attributes:
        root: folder of the matrix; Dockerfiles and contexts are relative to it.
        cache: wheels, base file systems and layer facts, shared by all projects of a user.
        matrix_name: of a matrix that isn't the usual one; else empty.
        edition: of the workload and model, empty for the usual ones.
        part: of a run of one variant whose record is merged with others'; else empty.
    """

    root: Path
    cache: Path
    matrix_name: str = ""
    edition: str = ""
    part: str = ""

    @classmethod
    def of(cls, root: Path, matrix_file: Path = DEFAULT_MATRIX, edition: str = "") -> Workspace:
        """The workspace of a matrix in its folder; SLIMBENCH_CACHE moves the cache.

        A matrix under another name than the usual one has a record of its own, and so has each
        other workload and model (`Matrix.edition`).
        """
        default = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "slimbench"
        usual = matrix_file.name == DEFAULT_MATRIX.name
        return cls(
            root=root,
            cache=Path(os.environ.get("SLIMBENCH_CACHE") or default),
            matrix_name="" if usual else matrix_file.stem,
            edition=edition,
        )

    @property
    def state(self) -> Path:
        """Logs and the records of this project."""
        return self.root / ".slimbench"

    @property
    def record(self) -> Path:
        """The bench record of this workload and model."""
        return self.record_of(self.edition)

    def record_of(self, edition: str) -> Path:
        """The bench record of a workload and model; the usual ones have an empty edition."""
        name = "-".join(filter(None, ("record", self.matrix_name)))
        folder = self.parts / self.part if self.part else self.state
        return folder / (f"{name}.{edition}.json" if edition else f"{name}.json")

    @property
    def parts(self) -> Path:
        """Records of single variants, until they are merged."""
        return self.state / "parts"

    @property
    def reports(self) -> Path:
        """Where the reports go unless told otherwise."""
        return self.root / "reports" / (self.matrix_name or "published")

    @property
    def own_files(self) -> tuple[str, ...]:
        """What slimbench writes or reads for itself, by patterns of `.dockerignore`."""
        folders = (self.state, self.reports)
        matrix = f"{self.matrix_name or DEFAULT_MATRIX.stem}.y*ml"
        return (*(path.relative_to(self.root).as_posix() for path in folders), matrix)

    @property
    def artefacts(self) -> Path:
        """Exported models, one folder each; Dockerfiles copy from here."""
        return self.root / "artifacts"

    def log(self, name: str) -> Path:
        """The log file of a build, in a folder that exists."""
        folder = self.state / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{name}.log"


def shown(path: Path) -> str:
    """A path as messages and records have it: without this machine's folders where possible."""
    folder = Path.cwd()
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)


def require_disk(folder: Path, needed_bytes: int, purpose: str) -> None:
    """Raise DiskFull unless `folder`'s file system has `needed_bytes` free."""
    existing = next(p for p in (folder, *folder.parents) if p.exists())
    free = shutil.disk_usage(existing).free
    if free < needed_bytes:
        raise DiskFull(
            f"{purpose} needs {needed_bytes / GIB:.1f} GiB free, there are {free / GIB:.1f} GiB",
            where=str(existing),
            next_step="free some space or select fewer variants with --only",
        )
