"""What a model computes on: what was asked for, and whether the CPU will do."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass

CPU, CUDA = "cpu", "cuda"
DEVICES = (CPU, CUDA)
DEVICE_VARIABLE = "SLIMBENCH_DEVICE"
FALLBACK_VARIABLE = "SLIMBENCH_GPU_FALLBACK"
_YES = ("1", "true", "yes")


@dataclass(frozen=True)
class Wish:
    """The device asked for; `fallback` allows the CPU where no GPU can be used."""

    device: str = CPU
    fallback: bool = False


class NoGpu(Exception):  # noqa: N818 - reads as the state it is
    """A runtime can't compute on a GPU; the text is a clause that says why."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """`--device` and `--gpu-fallback`, whose defaults come from the environment."""
    parser.add_argument(
        "--device",
        type=_device,
        default=os.environ.get(DEVICE_VARIABLE) or CPU,
        help=f"cpu or cuda (default: {DEVICE_VARIABLE}, else cpu)",
    )
    parser.add_argument(
        "--gpu-fallback",
        action="store_true",
        default=os.environ.get(FALLBACK_VARIABLE, "").lower() in _YES,
        help="compute on the CPU, and say so, where no GPU can be used",
    )


def wish(asked: argparse.Namespace) -> Wish:
    """What the command line, or the environment, asks for."""
    return Wish(asked.device, asked.gpu_fallback)


def _device(word: str) -> str:
    if word in DEVICES:
        return word
    raise argparse.ArgumentTypeError(f"'{word}' is neither {' nor '.join(DEVICES)}")
