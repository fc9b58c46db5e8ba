"""What two images differ in, as it stands in `slimbench diff --json`; docs/inspection.md tells all.

`before` is the first image and `after` the second. Bytes are those of file contents in the final
file systems unless said otherwise, and a file with several hard links counts under its first path.
"""

from __future__ import annotations

from typing import Literal, Optional

from bench.condition_types import Frozen
from bench.inspection.facts import Category, OwnerKind
from bench.inspection.finding_types import Hint, Secret, Tool

FileChangeKind = Literal["added", "removed", "changed", "moved", "mode only"]
PackageChangeKind = Literal["added", "removed", "other version", "other size"]


class Both(Frozen):
    """A number of each image; None when it wasn't measured."""

    before: Optional[int]
    after: Optional[int]


class Sizes(Frozen):
    """The images' sizes, as `slimbench inspect` defines them."""

    size_bytes: Both
    compressed_bytes: Both
    file_bytes: Both
    files: Both
    layers: Both


class FileChange(Frozen):
    """A path whose file differs.

    Attributes:
        change: `moved` has its content from another path, which is left; `mode only` has the same
            content with another mode or owner.
        came_from: where a moved file was; empty for all else.
    """

    path: str
    change: FileChangeKind
    came_from: str
    before_bytes: int
    after_bytes: int


class FileChanges(Frozen):
    """All files that differ; `largest` holds the largest of each kind, the rest counts all.

    `file_bytes` after minus before is `added_bytes - removed_bytes + grown_bytes`, exactly.

    Attributes:
        added: files that only the second image has, moved ones apart; `removed` likewise.
        grown_bytes: of changed files; negative when they shrank.
        other_paths: folders, links and devices that only one image has, or that differ.
    """

    added: int
    removed: int
    changed: int
    moved: int
    mode_only: int
    same: int
    added_bytes: int
    removed_bytes: int
    grown_bytes: int
    moved_bytes: int
    other_paths: int
    largest: tuple[FileChange, ...]


class CategoryChange(Frozen):
    """The bytes of a category, and how many of its files differ; moved ones are not counted."""

    name: Category
    before_bytes: int
    after_bytes: int
    added: int
    removed: int
    changed: int


class PackageChange(Frozen):
    """A package whose version or bytes differ; an image can hold several versions of one."""

    kind: OwnerKind
    name: str
    change: PackageChangeKind
    before: tuple[str, ...]  # versions
    after: tuple[str, ...]
    before_bytes: int
    after_bytes: int


class LayerRow(Frozen):
    """A layer that is in one image or in both."""

    diff_id: str
    size_bytes: int
    created_by: str


class LayerChanges(Frozen):
    """The layers, each once."""

    shared: tuple[LayerRow, ...]
    only_before: tuple[LayerRow, ...]
    only_after: tuple[LayerRow, ...]


class SettingChange(Frozen):
    """A line of the configuration; empty where an image lacks it."""

    name: str  # as `user` or `environment PATH`
    before: str
    after: str


class ListChange(Frozen):
    """Paths of one security finding that only one image has."""

    name: str  # as `setuid`
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]


class Difference(Frozen):
    """Everything in which the second image differs from the first; lists are largest first.

    Tools are told apart by name, secrets by place and kind, hints by id.
    """

    before: str
    after: str
    sizes: Sizes
    categories: tuple[CategoryChange, ...]
    files: FileChanges
    packages: tuple[PackageChange, ...]
    tools_only_before: tuple[Tool, ...]
    tools_only_after: tuple[Tool, ...]
    layers: LayerChanges
    settings: tuple[SettingChange, ...]
    security: tuple[ListChange, ...]
    secrets_only_before: tuple[Secret, ...]
    secrets_only_after: tuple[Secret, ...]
    hints_only_before: tuple[Hint, ...]
    hints_only_after: tuple[Hint, ...]
