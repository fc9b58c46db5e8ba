"""Bytes of an image that could go, as an inspection finds them."""

from __future__ import annotations

from typing import Literal

from bench.condition_types import Frozen


class Superseded(Frozen):
    """Content that was written and can't be seen any more; layers count from 0, the lowest.

    Attributes:
        path: with a leading slash.
        size_bytes: of the content.
        written_in: the layer that brought it.
        superseded_in: the layer that hides it.
        how: whether something else stands there.
        same_content: whether only its mode, owner or time changed.
    """

    path: str
    size_bytes: int
    written_in: int
    superseded_in: int
    how: Literal["replaced", "removed"]
    same_content: bool


class Duplicate(Frozen):
    """Files of the same content, each stored by itself; `size_bytes` is that of one.

    Attributes:
        size_bytes: of one of them.
        paths: of all of them.
    """

    size_bytes: int
    paths: tuple[str, ...]


class Waste(Frozen):
    """Bytes that could go without a visible change; the lists hold the largest, the sums all.

    Attributes:
        superseded_bytes: content in some layer that a later one hides.
        superseded_files: how many these are.
        superseded: the largest of them.
        duplicate_bytes: content of files whose like is stored elsewhere in the image.
        duplicate_groups: how many contents are stored more than once.
        duplicates: the largest of them.
        efficiency: visible file bytes over file bytes in all layers; 1 for nothing superseded.
    """

    superseded_bytes: int
    superseded_files: int
    superseded: tuple[Superseded, ...]
    duplicate_bytes: int
    duplicate_groups: int
    duplicates: tuple[Duplicate, ...]
    efficiency: float
