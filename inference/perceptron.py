"""A perceptron in torch: one linear layer, logistic loss, plain stochastic gradient descent.

The step is written out: the first one of `torch.optim` imports torch's compiler, 850 modules and 70
to 150 MB that nothing here needs.
"""

from __future__ import annotations

from typing import Any

import torch

from inference.toy_data import Points

VERSION = str(torch.__version__)
BATCH = 32  # points
LEARNING_RATE = 0.05

_loss = torch.nn.functional.binary_cross_entropy_with_logits


class Perceptron:
    """Two weights and a bias; `threads` is the number that torch says it computes with."""

    def __init__(self, threads: int) -> None:
        torch.set_num_threads(threads)
        if torch.get_num_interop_threads() != 1:  # may be set once in a process
            torch.set_num_interop_threads(1)
        self.threads = int(torch.get_num_threads())
        # Zeros, as builds of torch need not draw the same random numbers.
        self._weights = torch.zeros(2, requires_grad=True)
        self._bias = torch.zeros(1, requires_grad=True)

    def epoch(self, batches: Any) -> float:
        """Go through all batches once, in their order; the mean loss of the batches."""
        losses = [self._step(coordinates, labels) for coordinates, labels in batches]
        return sum(losses) / len(losses)

    def accuracy(self, points: Points) -> float:
        """The share of points on the right side of the line, 0 to 1."""
        with torch.no_grad():
            found = (self._logits(torch.tensor(points.coordinates)) > 0).tolist()
        right = sum(bool(one) == (label > 0) for one, label in zip(found, points.labels))
        return right / len(found)

    def weights(self) -> dict[str, float]:
        """Every number that was learned, exactly."""
        first, second = self._weights.tolist()
        (bias,) = self._bias.tolist()
        return {"weight[0]": first, "weight[1]": second, "bias": bias}

    def _step(self, coordinates: Any, labels: Any) -> float:
        loss = _loss(self._logits(coordinates), labels)
        loss.backward()
        with torch.no_grad():
            self._weights -= LEARNING_RATE * self._weights.grad
            self._bias -= LEARNING_RATE * self._bias.grad
        self._weights.grad = self._bias.grad = None
        return float(loss.item())

    def _logits(self, coordinates: Any) -> Any:
        return coordinates @ self._weights + self._bias


def batches_of(points: Points) -> list[Any]:
    """Pairs of tensors: coordinates of shape (n, 2), labels of shape (n); the last may be short."""
    coordinates = torch.tensor(points.coordinates).split(BATCH)
    return list(zip(coordinates, torch.tensor(points.labels).split(BATCH)))
