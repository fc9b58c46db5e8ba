"""A command-line predictor: `predict.py FLATS` prints the rent of each flat as JSON.

FLATS is a CSV file with a heading, or a JSON file with a list of mappings.
"""

import argparse
import csv
import json
import sys
from pathlib import Path

import joblib

MODEL = Path(__file__).with_name("model.joblib")


def rows(path: Path) -> list[dict]:
    """The flats of a file; raises ValueError or OSError when it can't be read."""
    with path.open(encoding="utf-8", newline="") as file:
        return json.load(file) if path.suffix == ".json" else list(csv.DictReader(file))


def main() -> None:
    """Print the rents; a file that can't be read ends in one sentence and exit code 2."""
    parser = argparse.ArgumentParser(description="Prints the monthly rent of each flat as JSON.")
    parser.add_argument("flats", type=Path, help="a .csv or .json file")
    path = parser.parse_args().flats
    model = joblib.load(MODEL)
    try:
        inputs = [[float(row[name]) for name in model["columns"]] for row in rows(path)]
        rents = model["forest"].predict(inputs)
    except (KeyError, OSError, TypeError, ValueError) as error:
        print(f"{path}: can't be read as flats: {error!r}", file=sys.stderr)
        sys.exit(2)
    print(json.dumps([{"rent": round(rent, 2)} for rent in rents.tolist()]))


if __name__ == "__main__":
    main()
