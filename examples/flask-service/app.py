"""A plain Flask service: does this pump need a repair?"""

import json
from pathlib import Path

import numpy as np
from flask import Flask, request

MODEL = json.loads(Path(__file__).with_name("model.json").read_text())
MEANS, DEVIATIONS, WEIGHTS = (np.array(MODEL[k]) for k in ("means", "deviations", "weights"))

app = Flask(__name__)


@app.get("/health")
def health():
    """Answer as soon as the model is loaded."""
    return {"status": "ok"}


@app.post("/predict")
def predict():
    """Take the three readings as JSON, give the answer and how sure it is."""
    sent = request.get_json()
    try:
        readings = np.array([float(sent[name]) for name in MODEL["readings"]])
    except (KeyError, TypeError, ValueError):
        return {"error": f"send the numbers {', '.join(MODEL['readings'])}"}, 400
    score = (readings - MEANS) / DEVIATIONS @ WEIGHTS[:-1] + WEIGHTS[-1]
    probability = float(1 / (1 + np.exp(-score)))
    return {"repair": probability > 0.5, "probability": probability}
