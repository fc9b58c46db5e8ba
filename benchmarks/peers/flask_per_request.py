"""The reference design: Flask's own development server, the model loaded and run per request.

    python3 flask_per_request.py PORT

Runs in an image of slimbench, in /app, with Flask beside it. Everything but the design is ours: the
same model, runtime, preprocessing and answers, so that those can be checked alike.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

sys.path.insert(0, "/app")

from flask import Flask, request

from inference.loading import import_runtime, load_classifier
from inference.model_folder import default_folder
from inference.pictures import decode_picture
from inference.preprocessing import to_batch
from inference.ranking import probabilities, ranked

app = Flask(__name__)
ASKED = argparse.Namespace(
    model_dir=default_folder(),
    backend=None,
    threads=int(os.environ.get("THREADS", "1")),
    device="cpu",
    gpu_fallback=False,
)
IMPORTED = import_runtime(ASKED)


def ready() -> dict[str, Any]:
    """There is nothing to wait for: each request loads the model."""
    return {"status": "ready"}


def predict() -> dict[str, Any]:
    """Load the model, then answer as our service does."""
    classifier = load_classifier(ASKED, IMPORTED).classifier
    picture = decode_picture(request.files["file"].read())
    logits = classifier.model.logits(to_batch(picture, classifier.preprocessing))
    top = ranked(probabilities(logits)[0], classifier.labels, request.args.get("top", 5, int))
    best = top[0]
    return {
        "class_id": best["class_id"],
        "confidence": best["prob"],
        "label": best["label"],
        "top": top,
    }


app.add_url_rule("/ready", view_func=ready)
app.add_url_rule("/predict", view_func=predict, methods=["POST"])

if __name__ == "__main__":
    app.run(host="0.0.0.0", port=int(sys.argv[1]))  # noqa: S104 - in its container
