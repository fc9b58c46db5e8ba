"""Whether two trainings end with the same weights: pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bench.training_types import WeightsComparison

Weights = Mapping[str, float]


def compare_weights(
    reference: str, expected: Weights, found: Weights, tolerance: float
) -> WeightsComparison:
    """Judge a variant's final weights.

    Args:
        reference: the variant that `expected` are of.
        expected: its weights by name.
        found: those to judge.
        tolerance: largest allowed absolute difference.
    """
    return WeightsComparison(
        reference=reference,
        tolerance=tolerance,
        expected=expected,
        weights=found,
        reason=next(differences(expected, found, tolerance), ""),
    )


def differences(expected: Weights, found: Weights, tolerance: float) -> Iterator[str]:
    """Each weight that differs by more than the tolerance, by name."""
    if not expected:
        yield "no weight was compared"
    for name, value in sorted(expected.items()):
        if name not in found:
            yield f"it has no {name}"
        # Not a number is neither near nor far, so that it is caught here too.
        elif not abs(found[name] - value) <= tolerance:
            yield (
                f"{name} is {found[name]!r} instead of {value!r}, a difference of"
                f" {abs(found[name] - value):.2g} where {tolerance:.2g} is allowed"
            )
    yield from (
        f"it has a {name} that the reference lacks" for name in sorted(found.keys() - expected)
    )
