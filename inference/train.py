"""`train`: a perceptron on toy data, told as events; `docs/training.md` describes them."""

from __future__ import annotations

import argparse
import importlib
import platform
import sys
import time
from typing import Any

from inference import protocol
from inference.channel import Channel, standard_channel
from inference.failures import InferenceError
from inference.process_facts import peak_rss_bytes
from inference.toy_data import toy_data


def train(asked: argparse.Namespace, started_ns: int) -> int:
    """Train, telling each epoch's loss and the weights in the end; 1 when torch is missing.

    The same seed, epochs and threads give the same weights, with the same build of torch on the
    same kind of processor to the last bit.
    """
    channel = standard_channel()
    channel.emit(
        protocol.STARTED,
        started_ns,
        protocol=protocol.PROTOCOL_VERSION,
        python=platform.python_version(),
    )
    status = 0
    try:
        _train(channel, asked, _import_perceptron())
    except InferenceError as error:
        channel.emit(protocol.ERROR, id=None, code=error.code, message=error.message)
        status = 1
    channel.emit(protocol.BYE)
    return status


def _import_perceptron() -> Any:
    try:
        return importlib.import_module("inference.perceptron")
    except ImportError as error:
        message = f"torch can't be imported ({error})"
        raise InferenceError(protocol.MODEL_UNUSABLE, message) from error


def _train(channel: Channel, asked: argparse.Namespace, torch_side: Any) -> None:
    versions = {"python": platform.python_version(), "torch": torch_side.VERSION}
    channel.emit(protocol.IMPORTED, versions=versions)
    data = toy_data(asked.seed)
    perceptron = torch_side.Perceptron(asked.threads)
    batches = torch_side.batches_of(data.training)
    for number in range(1, asked.epochs + 1):
        channel.emit(protocol.EPOCH, epoch=number, loss=perceptron.epoch(batches))
    channel.emit(
        protocol.TRAINED,
        seed=asked.seed,
        epochs=asked.epochs,
        threads=perceptron.threads,
        points=len(data.training.labels),
        held_out=len(data.held_out.labels),
        accuracy=perceptron.accuracy(data.held_out),
        weights=perceptron.weights(),
        peak_rss_bytes=peak_rss_bytes(),
        cpu_ns=time.process_time_ns(),
    )
    if asked.wait:
        sys.stdin.buffer.read()
