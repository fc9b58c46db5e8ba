"""An image's answers to pictures, from one container; `bench.verification` judges them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.answers import Answer, Answers
from bench.devices import ON_CPU, Computing
from bench.events import Description, Result
from bench.mounted_pictures import mounted
from bench.scenario_types import Interpreter
from bench.session import Launch, Session, session
from builders.engine import Engine
from builders.matrix import Limits
from inference import protocol


def collect_answers(
    engine: Engine,
    image: str,
    limits: Limits,
    pictures: Sequence[Path],
    top_k: int,
    *,
    computing: Computing = ON_CPU,
) -> Answers:
    """Ask a container of the image about every picture, and then to describe itself.

    Args:
        engine: where the image is.
        image: its reference.
        limits: the same as when it is measured, since thread counts may change sums.
        pictures: files of the host, in any number of folders.
        top_k: how many ranked classes to ask for.
        computing: what it is told to compute on.

    Raises:
        SessionFailed: the container failed, or couldn't answer for a picture.
    """
    paths = mounted(pictures)
    with session(engine, Launch(image, limits, paths.mounts, computing)) as running:
        answers = tuple(
            _answer(running, picture, path, top_k) for picture, path in zip(pictures, paths.inside)
        )
        described = running.ask(Description, protocol.DESCRIBE).event
        running.stop()
    return Answers(
        pictures=answers,
        runtime_versions=running.startup.imported.versions,
        runtime_threads=running.startup.ready.threads,
        device=running.startup.ready.device,
        fallback=running.startup.ready.fallback,
        interpreter=Interpreter(
            python=described.python,
            compiler=described.compiler,
            build_flags=described.build_flags,
            packages=described.packages,
        ),
    )


def _answer(running: Session, picture: Path, path: str, top_k: int) -> Answer:
    found = running.ask(Result, protocol.PREDICT, path=path, top=top_k, probs=True).event
    return Answer(picture=str(picture), top=found.top, probs=found.probs)
