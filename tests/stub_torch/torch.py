"""A stand-in for torch on NumPy: as much as a perceptron with logistic loss calls, and no more."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any

import numpy as np

__version__ = "0.stub"
print("a stray line that a library prints while it is imported")  # noqa: T201

_threads = {"intra": 8, "inter": 8}


class Tensor:
    """Numbers, and what they were made from."""

    def __init__(self, values: Any, made_from: tuple[Any, ...] = ()) -> None:
        self.values = np.asarray(values, dtype=np.float32)
        self.made_from = made_from
        self.grad: Any = None

    def __matmul__(self, other: Tensor) -> Tensor:
        return Tensor(self.values @ other.values, (self, other))

    def __add__(self, other: Tensor) -> Tensor:
        return Tensor(self.values + other.values, (*self.made_from, other))

    def __isub__(self, other: Tensor) -> Tensor:
        self.values = self.values - other.values
        return self

    def __rmul__(self, factor: float) -> Tensor:
        return Tensor(np.float32(factor) * self.values)

    def __gt__(self, other: float) -> Tensor:
        return Tensor(self.values > other)

    def split(self, size: int) -> list[Tensor]:
        places = range(size, len(self.values), size)
        return [Tensor(part) for part in np.split(self.values, list(places))]

    def tolist(self) -> Any:
        return self.values.tolist()

    def item(self) -> float:
        return float(self.values)


class _Loss(Tensor):
    def backward(self) -> None:
        logits, labels = self.made_from
        points, weights, bias = logits.made_from
        error = 1 / (1 + np.exp(-logits.values)) - labels.values
        weights.grad = Tensor(points.values.T @ error / len(error))
        bias.grad = Tensor([error.mean()])


class nn:  # noqa: N801 - torch's name
    class functional:  # noqa: N801
        @staticmethod
        def binary_cross_entropy_with_logits(logits: Tensor, labels: Tensor) -> Tensor:
            x, y = logits.values, labels.values
            losses = np.maximum(x, 0) - x * y + np.log1p(np.exp(-np.abs(x)))
            return _Loss(losses.mean(), (logits, labels))


def tensor(values: Any) -> Tensor:
    return Tensor(values)


def zeros(count: int, requires_grad: bool = False) -> Tensor:
    return Tensor(np.zeros(count))


@contextmanager
def no_grad() -> Any:
    yield


def set_num_threads(count: int) -> None:
    _threads["intra"] = count


def get_num_threads() -> int:
    return _threads["intra"]


def set_num_interop_threads(count: int) -> None:
    _threads["inter"] = count


def get_num_interop_threads() -> int:
    return _threads["inter"]
