"""Trains the model on made-up pumps: a logistic regression, written as JSON."""

import json
import sys
from pathlib import Path

import numpy as np

SEED = 20240614
PUMPS = 4000
READINGS = ("temperature", "vibration", "hours")


def pumps() -> tuple[np.ndarray, np.ndarray]:
    """Readings of each pump, and whether it broke: hot, shaking, long-serving ones do."""
    random = np.random.default_rng(SEED)
    readings = np.column_stack(
        (
            random.normal(60, 12, PUMPS),  # °C
            random.gamma(2, 1.5, PUMPS),  # mm/s
            random.uniform(0, 20_000, PUMPS),
        )
    )
    wear = 0.08 * (readings[:, 0] - 60) + 0.9 * readings[:, 1] + 0.0002 * readings[:, 2] - 6
    return readings, (random.logistic(size=PUMPS) < wear).astype(float)


def fitted(inputs: np.ndarray, broke: np.ndarray) -> np.ndarray:
    """Weights of the logistic regression, the last one of the constant (Newton's method)."""
    inputs = np.column_stack((inputs, np.ones(len(inputs))))
    weights = np.zeros(inputs.shape[1])
    for _ in range(12):
        share = 1 / (1 + np.exp(-inputs @ weights))
        curvature = inputs.T @ (inputs * (share * (1 - share))[:, None])
        weights += np.linalg.solve(curvature, inputs.T @ (broke - share))
    return weights


def main(target: Path) -> None:
    """Train on nine tenths, tell how right it is on the rest, and write the model."""
    readings, broke = pumps()
    kept = PUMPS * 9 // 10
    means, deviations = readings[:kept].mean(axis=0), readings[:kept].std(axis=0)
    inputs = (readings - means) / deviations
    weights = fitted(inputs[:kept], broke[:kept])
    right = ((inputs[kept:] @ weights[:-1] + weights[-1] > 0) == broke[kept:]).mean()
    print(f"right about {right:.1%} of {PUMPS - kept} pumps it has not seen")
    model = {"readings": READINGS, "means": means.tolist(), "deviations": deviations.tolist()}
    target.write_text(json.dumps({**model, "weights": weights.tolist()}, indent=1))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
