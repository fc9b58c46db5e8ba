"""Our service against a bare loop around ONNX Runtime, and against the reference design.

    python -m benchmarks.serve [FOLDER]

All three run in the image `distroless-onnx` that serves, on the same CPUs with the same limits, and
take turns. They are asked for the JPEG files of FOLDER, or the model's generated ones. Decoding and
preprocessing are the same code in all. The bare loop reads files, decodes, preprocesses and infers,
batch after batch, and does nothing else; the reference design is Flask's own server, which loads
the model for each request. The best size of batches, or number of requests at a time, counts.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from bench.pictures import in_folder
from bench.rounds import rounds
from benchmarks.figure import Figure, finish
from benchmarks.served import Bench, Rate

TURNS, SECONDS, WARMUP_S = 5, 8, 2
BATCHES = (1, 8)  # of the bare loop
AT_A_TIME = (1, 4, 16)  # of our service, which batches what arrives together
AT_A_TIME_REFERENCE = (1, 4)
SEED = 20240613
NAMES = ("bare loop", "ours", "reference")
OF_BARE_LOOP = 1 / 0.8
OF_REFERENCE = 1 / 3

Rates = dict[tuple[str, int], list[Rate]]


def turn(bench: Bench, name: str) -> dict[int, Rate]:
    """One container's rates, by size of batches or requests at a time."""
    if name == "bare loop":
        return bench.bare_loop(SECONDS, BATCHES)
    ours = name == "ours"
    with bench.ours() if ours else bench.reference() as running:
        return {
            number: bench.rate(running, number, WARMUP_S, SECONDS)
            for number in (AT_A_TIME if ours else AT_A_TIME_REFERENCE)
        }


def measured(bench: Bench) -> Rates:
    """All turns, in random orders."""
    rates: Rates = {}
    for order in rounds(NAMES, TURNS, SEED):
        for name in order:
            for number, rate in turn(bench, name).items():
                rates.setdefault((name, number), []).append(rate)
    return rates


def figures(rates: Rates) -> list[Figure]:
    """Medians over the turns, and what they come to."""
    medians = {key: median(one.pictures_per_s for one in those) for key, those in rates.items()}
    told = [
        figure
        for (name, number), those in sorted(rates.items())
        for figure in (
            Figure(f"{name}, {_words(name)} {number}", medians[name, number], "pictures/s"),
            Figure("its processor time", median(one.cpu_ms for one in those), "ms/picture"),
        )
    ]
    best = {name: max(v for (n, _), v in medians.items() if n == name) for name in NAMES}
    return [
        *told,
        Figure("bare loop to ours", best["bare loop"] / best["ours"], "1", OF_BARE_LOOP),
        Figure("reference to ours", best["reference"] / best["ours"], "1", OF_REFERENCE),
    ]


def _words(name: str) -> str:
    return "batches of" if name == "bare loop" else "requests at a time:"


def main(words: Sequence[str]) -> None:
    """Measure and compare."""
    pictures = in_folder(Path(words[0])) if words else ()
    finish("serve", figures(measured(Bench(pictures))))


if __name__ == "__main__":
    main(sys.argv[1:])
