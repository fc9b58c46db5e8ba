"""`python -m inference.exporter MODEL --out DIR`: see `--help`."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from inference.channel import claim_stdout, write_all
from inference.exporter.failures import ExportError

MIN_SAMPLES = 10


def main(words: list[str]) -> int:
    """Export and print what came out as one JSON object; 1 with a JSON error when it failed."""
    asked = _parser().parse_args(words)
    # Wrong usage and --help are answered without waiting for torch.
    from inference.exporter.export import ExportRequest, export  # noqa: PLC0415

    answers = claim_stdout()  # torch.hub prints there
    request = ExportRequest(**vars(asked))
    try:
        exported = export(request)
    except ExportError as error:
        print(error.as_json(), file=sys.stderr)
        return 1
    write_all(answers, json.dumps(asdict(exported)) + "\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m inference.exporter", description=__doc__)
    parser.add_argument("model", help="a classification model's name in torchvision")
    parser.add_argument("--out", type=Path, required=True, help="folder for the artefacts")
    parser.add_argument(
        "--weights", type=_weights, default="auto", help="auto, pretrained, seeded or file:PATH"
    )
    parser.add_argument("--seed", type=int, default=0, help="for seeded weights and the samples")
    parser.add_argument("--samples", type=_samples, default=40, help="how many, at least 10")
    parser.add_argument("--int8", action="store_true", help="an int8 ONNX file too")
    return parser


def _weights(word: str) -> str:
    if word in ("auto", "pretrained", "seeded") or (word.startswith("file:") and word[5:]):
        return word
    raise argparse.ArgumentTypeError(f"'{word}' is none of auto, pretrained, seeded, file:PATH")


def _samples(word: str) -> int:
    if word.isdecimal() and int(word) >= MIN_SAMPLES:
        return int(word)
    raise argparse.ArgumentTypeError(f"'{word}' is no number of at least {MIN_SAMPLES}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
