"""Generated pictures that set statistics: batch norms of seeded weights, ranges of an int8 model.

They are others than the samples that answers are compared on.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from inference.exporter.samples import generate
from inference.preprocessing import Preprocessing, to_batch

PICTURES = 64
_SEED_OFFSET = 1_000_003


@lru_cache(maxsize=1)
def calibration_batch(preprocessing: Preprocessing, seed: int) -> np.ndarray:
    """The pictures as a model sees them: float32 (PICTURES, 3, size, size), not to be changed.

    Args:
        preprocessing: the model's.
        seed: that of the samples.
    """
    pictures = generate(PICTURES, seed + _SEED_OFFSET)
    batch: np.ndarray = np.concatenate([to_batch(one, preprocessing) for one in pictures])
    batch.flags.writeable = False
    return batch
