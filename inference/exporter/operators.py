"""Makes `import torchvision` work beside a torch that it wasn't compiled for.

torchvision from Python's package index is linked against CUDA libraries; beside a CPU-only torch
its compiled operators don't load, and the import fails where it registers meta implementations for
two of them. Declared without an implementation they satisfy the import; no classifier calls them.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import torch

_SCHEMAS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)
_declared: list[Any] = []  # torch forgets a declaration when its Library object dies


def declare_missing_operators() -> bool:
    """Declare torchvision's operators unless its compiled ones load; call before importing it.

    Returns:
        True when they had to be declared, False when torchvision brings them itself.
    """
    if _declared or _compiled_operators_load():
        return bool(_declared)
    library = torch.library.Library("torchvision", "DEF")
    for schema in _SCHEMAS:
        library.define(schema)
    _declared.append(library)
    return True


def _compiled_operators_load() -> bool:
    found = importlib.util.find_spec("torchvision")
    folder = Path(found.origin).parent if found and found.origin else Path()
    try:
        # The file that torchvision itself loads first; loading it twice does nothing.
        torch.ops.load_library(str(next(folder.glob("_C.*so"))))
    except (OSError, StopIteration):
        return False
    return True
