"""`predict IMAGE`: the ranked classes of one picture as one JSON list."""

from __future__ import annotations

import argparse
import json
import sys

from inference.channel import claim_stdout, write_all
from inference.failures import InferenceError
from inference.loading import import_runtime, load_classifier

PROB_DIGITS = 4


def predict(asked: argparse.Namespace) -> int:
    """Print the answer; or one JSON error object on standard error, and return 1."""
    answers = claim_stdout()
    try:
        loaded = load_classifier(asked, import_runtime(asked))
        found = loaded.classifier.classify([asked.image], asked.top)
    except InferenceError as error:
        print(error.as_json(), file=sys.stderr)
        return 1
    if loaded.folder.notice:
        print(loaded.folder.notice, file=sys.stderr)
    if loaded.fallback:
        print(f"computed on the CPU, since {loaded.fallback}", file=sys.stderr)
    top = [{**one, "prob": round(one["prob"], PROB_DIGITS)} for one in found.tops[0]]
    write_all(answers, json.dumps(top, ensure_ascii=False) + "\n")
    return 0
