"""The matrix's variants, where there is a matrix: images can be inspected without one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from builders.errors import ConfigurationError
from builders.matrix_file import load_matrix
from builders.plan import tag_of
from builders.workspace import DEFAULT_MATRIX


def variant_names(matrix: Path, warn: Callable[[str], None]) -> Mapping[str, str]:
    """Names in the matrix to their images; none where there is none, a warning for a broken one."""
    if matrix == DEFAULT_MATRIX and not matrix.exists():
        return {}
    try:
        return {variant.name: tag_of(variant) for variant in load_matrix(matrix).variants}
    except ConfigurationError as error:
        warn(f"{error}; until then its variants aren't known by name")
        return {}
