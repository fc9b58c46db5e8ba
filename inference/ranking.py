"""Logits to probabilities and the most probable classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def probabilities(logits: np.ndarray) -> np.ndarray:
    """Softmax over the last axis, in float64 so that no back end's rounding is added to."""
    wide = np.asarray(logits, dtype=np.float64)
    powers = np.exp(wide - wide.max(axis=-1, keepdims=True))
    shares: np.ndarray = powers / powers.sum(axis=-1, keepdims=True)
    return shares


def ranked(probs: np.ndarray, labels: Sequence[str], top: int) -> list[dict[str, Any]]:
    """The `top` most probable classes, best first; of equals the lower class id comes first.

    Args:
        probs: probabilities of shape (classes,).
        labels: a name for each class.
        top: how many; at most as many as there are classes.

    Returns:
        Objects with `rank` (from 1), `class_id`, `label` and `prob`.
    """
    best = np.argsort(-probs, kind="stable")[:top]
    return [
        {"rank": rank, "class_id": int(one), "label": labels[one], "prob": float(probs[one])}
        for rank, one in enumerate(best, start=1)
    ]
