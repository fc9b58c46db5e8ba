"""Who each file of an image belongs to.

The first that claims a file has it: the package manager of the system, then Python distributions,
interpreters and virtual environments, models, the application. A compiled file that nobody lists
belongs to the owner of its source. What is left belongs to nobody.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Optional

from bench.inspection.alpine_packages import alpine_packages
from bench.inspection.application_files import application_files
from bench.inspection.claims import Claim, ListedPaths
from bench.inspection.contents import ImageContents
from bench.inspection.debian_packages import debian_packages
from bench.inspection.facts import Owner
from bench.inspection.file_system import FileSystem
from bench.inspection.interpreters import interpreters
from bench.inspection.model_files import model_files
from bench.inspection.python_distributions import python_distributions

CLAIMANTS: tuple[Callable[[ImageContents, Collection[str]], Iterator[Claim]], ...] = (
    debian_packages,
    alpine_packages,
    python_distributions,
    interpreters,
    model_files,
    application_files,
)
NOBODY = Owner(kind="nobody", name="nobody")
_CACHED = re.compile(r"(.+?)\.[^.]+(?:\.opt-\w+)?\.pyc")  # NAME.cpython-311.opt-1.pyc (PEP 488)


@dataclass(frozen=True)
class Ownership:
    """The owners, and which of them each regular file belongs to.

    Attributes:
        owners: largest first, packages without files too; files and bytes sum to the whole.
        of: path of a regular file (each inode once, as in `FileSystem.regular`) to its owner.
    """

    owners: tuple[Owner, ...]
    of: Mapping[str, Owner]


def ownership(contents: ImageContents) -> Ownership:
    """Give every regular file its one owner."""
    ledger = _Ledger(contents.files)
    for claimant in CLAIMANTS:
        for claim in claimant(contents, ledger.free):
            ledger.enter(claim)
        ledger.enter_bytecode()
    if ledger.free:
        ledger.enter(Claim(NOBODY, tuple(ledger.free)))
    return ledger.closed()


class _Ledger:
    """Who has claimed what so far; owners are known by number until their totals are."""

    def __init__(self, files: FileSystem) -> None:
        self.free = dict.fromkeys(files.regular)
        self._files = files
        self._paths = ListedPaths(files)
        self._owners: list[Owner] = []
        self._of: dict[str, int] = {}
        self._listed: dict[str, int] = {}  # paths that don't exist too: their bytecode may

    def enter(self, claim: Claim) -> None:
        number = len(self._owners)
        self._owners.append(claim.owner)
        for listed in claim.listed:
            path = self._paths.real(listed)
            if path is not None:
                self._listed.setdefault(path, number)
                self._take(self._paths.regular(path), number)

    def enter_bytecode(self) -> None:
        for path in [path for path in self.free if path.endswith(".pyc")]:
            number = self._owner_of(_source(path))
            if number is not None:
                self._take(path, number)

    def _owner_of(self, source: str) -> Optional[int]:
        """Of a path that was listed, whether it exists or not, or of the file it is a link to."""
        real = source if source in self._listed else self._files.real(source)
        return self._listed.get(real) if real is not None else None

    def closed(self) -> Ownership:
        files, sizes = [0] * len(self._owners), [0] * len(self._owners)
        for path, number in self._of.items():
            files[number] += 1
            sizes[number] += self._files.regular[path].entry.size_bytes
        owners = [
            owner.model_copy(update={"files": files[number], "size_bytes": sizes[number]})
            for number, owner in enumerate(self._owners)
        ]
        of = {path: owners[self._of[path]] for path in self._files.regular}
        return Ownership(tuple(sorted(owners, key=_order)), of)

    def _take(self, path: Optional[str], number: int) -> None:
        if path is not None and path in self.free:
            del self.free[path]
            self._of[path] = number


def _source(path: str) -> str:
    """The `.py` file that a `.pyc` was made from (PEP 3147; beside it in older layouts)."""
    folder, name = posixpath.split(path)
    cached = _CACHED.fullmatch(name)
    if posixpath.basename(folder) == "__pycache__" and cached:
        return posixpath.join(posixpath.dirname(folder), f"{cached[1]}.py")
    return path[:-1]


def _order(owner: Owner) -> tuple[int, str, str, str, str, str]:
    names = (owner.kind, owner.name, owner.version, owner.architecture, owner.where)
    return (-owner.size_bytes, *names)
