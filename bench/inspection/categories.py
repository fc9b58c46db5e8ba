"""What each file is for, and the tree of bytes by category and owner.

The rules for files and their order are in `category_rules`. A file that neither its path nor its
owner explains is the operating system's where packages of it were installed (their scripts write
files that no list has, such as `/etc/ld.so.cache`), and "other" elsewhere.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from bench.inspection.application_files import system_layers
from bench.inspection.category_rules import category_of
from bench.inspection.contents import ImageContents
from bench.inspection.facts import PACKAGE_KINDS, Category, Owner, TreeNode
from bench.inspection.owners import Ownership

SMALL_SHARE = 0.001  # of all file bytes: owners below it are counted together
LARGEST_OWNERS = 3  # of a category that has small ones alone
LARGE_BYTES = 10_000_000  # an owner's part of a category from which its largest files are named
LARGE_FILE_SHARE = 0.005
LARGEST_FILES = 4
_SYSTEM_FOLDERS = re.compile(r"(?:bin|boot|etc|lib\w*|root|run|sbin|usr(?!/local)|var)/")
_Sized = tuple[int, str]  # bytes and path


def categories(contents: ImageContents, ownership: Ownership) -> Mapping[str, Category]:
    """Path of each regular file (each inode once) to its category."""
    layers = system_layers(contents)

    def category(path: str, layer: int) -> Category:
        known = category_of(path, ownership.of[path])
        if known is not None:
            return known
        by_system = layer in layers and _SYSTEM_FOLDERS.match(path)
        return "operating system" if by_system else "other"

    return {path: category(path, file.layer) for path, file in contents.files.regular.items()}


def category_tree(
    contents: ImageContents, ownership: Ownership, category: Mapping[str, Category]
) -> TreeNode:
    """Category, owner and bytes; each level sums to the one above, the first to all file bytes.

    Of an owner's largest files the paths are given; small owners and files are counted together.
    """
    parts: dict[Category, dict[int, list[_Sized]]] = defaultdict(lambda: defaultdict(list))
    by_id = {id(owner): owner for owner in ownership.owners}
    for path, file in contents.files.regular.items():
        sized = (file.entry.size_bytes, path)
        parts[category[path]][id(ownership.of[path])].append(sized)
    total = contents.files.file_bytes
    nodes = (
        _category_node(name, [(by_id[number], files) for number, files in owners.items()], total)
        for name, owners in parts.items()
    )
    return _parent("/", sorted(nodes, key=_order))


def _category_node(name: Category, parts: list[tuple[Owner, list[_Sized]]], total: int) -> TreeNode:
    labels = Counter(_label(owner) for owner, _ in parts)
    nodes = [
        TreeNode(
            name=_label(owner) if labels[_label(owner)] == 1 else _told_apart(owner),
            size_bytes=sum(size_bytes for size_bytes, _ in files),
            files=len(files),
            children=tuple(_largest(files, total)),
        )
        for owner, files in parts
    ]
    ordered = sorted(nodes, key=_order)
    large = [node for node in ordered if node.size_bytes >= total * SMALL_SHARE]
    named = {node.name for node in large or ordered[:LARGEST_OWNERS]}
    return _parent(name, _folded(nodes, named, "owners"))


def _largest(files: list[_Sized], total: int) -> Iterable[TreeNode]:
    """Leaves for a large owner's largest files; none where no file stands out."""
    if sum(size_bytes for size_bytes, _ in files) < LARGE_BYTES:
        return ()
    ordered = sorted(files, key=lambda one: (-one[0], one[1]))
    large = [one for one in ordered[:LARGEST_FILES] if one[0] >= total * LARGE_FILE_SHARE]
    nodes = [TreeNode(name=f"/{path}", size_bytes=size, files=1) for size, path in ordered]
    return _folded(nodes, {f"/{path}" for _, path in large}, "files") if large else ()


def _folded(nodes: list[TreeNode], named: Collection[str], what: str) -> Iterator[TreeNode]:
    """The named ones, largest first, and all others as one; a single other stays itself."""
    yield from sorted((node for node in nodes if node.name in named), key=_order)
    others = [node for node in nodes if node.name not in named]
    if len(others) > 1:
        size_bytes = sum(node.size_bytes for node in others)
        files = sum(node.files for node in others)
        yield TreeNode(name=f"{len(others)} smaller {what}", size_bytes=size_bytes, files=files)
    else:
        yield from others


def _parent(name: str, children: Iterable[TreeNode]) -> TreeNode:
    nodes = tuple(children)
    size_bytes = sum(node.size_bytes for node in nodes)
    files = sum(node.files for node in nodes)
    return TreeNode(name=name, size_bytes=size_bytes, files=files, children=nodes)


def _label(owner: Owner) -> str:
    named = owner.kind in PACKAGE_KINDS or owner.kind == "interpreter"
    return f"{owner.name} {owner.version}".strip() if named else owner.name


def _told_apart(owner: Owner) -> str:
    return f"{_label(owner)} ({' '.join(filter(None, (owner.architecture, owner.where)))})"


def _order(node: TreeNode) -> tuple[int, str]:
    return (-node.size_bytes, node.name)
