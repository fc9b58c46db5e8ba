"""What an inspection finds, as it stands in the bench record and in `slimbench inspect --json`.

docs/inspection.md describes every field. Bytes are those of file contents in the final file
system unless said otherwise; a file with several hard links counts once, under its first path.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Optional

from bench.condition_types import Frozen
from bench.inspection.finding_types import Hint, Loss, Security, Tool
from bench.inspection.waste_types import Duplicate, Superseded, Waste

# fmt: off
__all__ = [
    "Category", "Duplicate", "ImageFacts", "ImageSettings", "LayerFact", "Owner", "OwnerKind",
    "PACKAGE_KINDS", "Superseded", "TreeNode", "Waste",
]
# fmt: on

OwnerKind = Literal["debian", "alpine", "python", "interpreter", "model", "application", "nobody"]
PACKAGE_KINDS = frozenset({"debian", "alpine", "python"})
Category = Literal[
    "operating system",
    "interpreter",
    "Python packages",
    "CUDA",
    "model",
    "application",
    "caches",
    "documentation",
    "headers",
    "tests",
    "debug symbols",
    "other",
]


class ImageSettings(Frozen):
    """The image's configuration; values that look like secrets are masked.

    Attributes:
        architecture: such as `amd64`.
        operating_system: such as `linux`.
        created: as the configuration states it, empty when it doesn't.
        user: empty for root.
        working_folder: where its processes begin.
        entrypoint: its words.
        command: its words.
        environment: NAME=value each.
        exposed_ports: such as `8000/tcp`.
        volumes: paths.
        labels: by name.
    """

    architecture: str
    operating_system: str
    created: str
    user: str
    working_folder: str
    entrypoint: tuple[str, ...]
    command: tuple[str, ...]
    environment: tuple[str, ...]
    exposed_ports: tuple[str, ...]
    volumes: tuple[str, ...]
    labels: Mapping[str, str]


class LayerFact(Frozen):
    """One layer: its archive's sizes, and what it does to the files below it.

    Attributes:
        diff_id: sha256 of the uncompressed archive.
        size_bytes: the uncompressed archive.
        compressed_bytes: as a registry stores it, gzip; None when it wasn't measured.
        created_by: the Dockerfile's step, empty where the history doesn't tell.
        files: regular files it brings.
        added_bytes: content of files at new paths.
        changed_bytes: content of files at paths that a lower layer wrote.
        removed_bytes: content of lower layers that it replaces or takes away.
        whiteouts: paths of lower layers it takes away.
        opaque_folders: folders of lower layers that are emptied whole.
        hard_links: further names of files.
        symbolic_links: it brings.
    """

    diff_id: str
    size_bytes: int
    compressed_bytes: Optional[int]
    created_by: str
    files: int
    added_bytes: int
    changed_bytes: int
    removed_bytes: int
    whiteouts: int
    opaque_folders: int
    hard_links: int
    symbolic_links: int


class Owner(Frozen):
    """Who a file belongs to, with the bytes of all its files.

    Attributes:
        kind: what it is.
        name: the package's, or what stands for it.
        version: the package's; empty for all else.
        where: the file that says so, such as the package database or a `.dist-info` folder.
        licences: as the package states them: SPDX expressions, short names or free text.
        architecture: a Debian or Alpine package's; empty for all else.
        source: the source package, where it differs.
        files: how many are its.
        size_bytes: of all its files.
    """

    kind: OwnerKind
    name: str
    version: str = ""
    where: str = ""
    licences: tuple[str, ...] = ()
    architecture: str = ""
    source: str = ""
    files: int = 0
    size_bytes: int = 0


class TreeNode(Frozen):
    """A part of the final file system; the children's bytes sum to its own, when it has any.

    Attributes:
        name: of a category, then of an owner.
        size_bytes: of all files in it.
        files: how many these are.
        children: what it consists of.
    """

    name: str
    size_bytes: int
    files: int
    children: tuple[TreeNode, ...] = ()


class ImageFacts(Frozen):
    """Everything an inspection tells; nothing in the image was run.

    Attributes:
        image_id: sha256 of the configuration.
        settings: the image's configuration.
        layers: lowest first.
        history_count: entries of the history, those without a layer too.
        file_bytes: content of the final file system's regular files.
        files: how many these are, each hard-linked one once.
        engine_size_bytes: the size the engine reports; None for an archive.
        owners: every owner, largest first; their bytes sum to `file_bytes`.
        tree: category, owner and bytes; sums to `file_bytes` too.
        waste: bytes that could go.
        tools: programs that a lean image does without.
        security: what an attacker finds.
        losses: what an operator does without.
        hints: advice, what saves most first.
        distribution: id and version of the operating system, such as `debian 12`; may be empty.
    """

    image_id: str
    settings: ImageSettings
    layers: tuple[LayerFact, ...]
    history_count: int
    file_bytes: int
    files: int
    engine_size_bytes: Optional[int]
    owners: tuple[Owner, ...]
    tree: TreeNode
    waste: Waste
    tools: tuple[Tool, ...]
    security: Security
    losses: tuple[Loss, ...]
    hints: tuple[Hint, ...]
    distribution: str = ""

    @property
    def size_bytes(self) -> int:
        """Sum of the uncompressed layer archives."""
        return sum(layer.size_bytes for layer in self.layers)

    @property
    def compressed_bytes(self) -> Optional[int]:
        """Sum of the gzip-compressed layer archives; None when one wasn't measured."""
        sizes = [layer.compressed_bytes for layer in self.layers]
        return None if None in sizes else sum(size for size in sizes if size is not None)

    @property
    def packages(self) -> tuple[Owner, ...]:
        """The owners that are packages, those without files too."""
        return tuple(owner for owner in self.owners if owner.kind in PACKAGE_KINDS)
