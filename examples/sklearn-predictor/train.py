"""Trains the model on made-up flats: a forest of trees that tells their rent."""

import sys
from pathlib import Path

import joblib
import numpy as np
from sklearn.ensemble import RandomForestRegressor
from sklearn.model_selection import train_test_split

SEED = 20240614
FLATS = 3000
COLUMNS = ("area_m2", "rooms", "year", "floor")


def flats() -> tuple[np.ndarray, np.ndarray]:
    """What is known of each flat, and its monthly rent."""
    random = np.random.default_rng(SEED)
    area = random.uniform(20, 150, FLATS)
    rooms = np.clip(np.round(area / 28 + random.normal(0, 0.6, FLATS)), 1, 6)
    year = random.integers(1900, 2025, FLATS)
    floor = random.integers(0, 9, FLATS)
    rent = 150 + 9.5 * area + 40 * rooms + 1.2 * (year - 1900) + 12 * floor
    return np.column_stack((area, rooms, year, floor)), rent * random.normal(1, 0.06, FLATS)


def main(target: Path) -> None:
    """Train, tell how far off it is on flats it has not seen, and write the model."""
    seen, unseen, rents, unseen_rents = train_test_split(*flats(), test_size=0.1, random_state=SEED)
    forest = RandomForestRegressor(n_estimators=60, min_samples_leaf=4, random_state=SEED)
    forest.fit(seen, rents)
    off = np.abs(forest.predict(unseen) / unseen_rents - 1).mean()
    print(f"off by {off:.1%} on average, on {len(unseen)} flats it has not seen")
    joblib.dump({"columns": COLUMNS, "forest": forest}, target)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
