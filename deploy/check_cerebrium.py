"""Whether a deployment file for Cerebrium and the image agree; starts the image as it would be.

    python -m deploy.check_cerebrium [--file deploy/cerebrium.toml] [--image IMAGE | --files-only]

One line for each check. Exit status: 0 all hold, 1 one doesn't, 2 the file can't be read, 4 no
engine. Where the engine has no NVIDIA runtime the CPU is allowed, and the last line says so.
"""

from __future__ import annotations

import argparse
import http.client
import sys
import time
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from pathlib import Path

from bench.service.container import Service, hardened, serving
from bench.service.conversation import health
from builders.docker_engine import connect
from builders.engine import ContainerSpec, Engine
from builders.errors import ImageNotFound, SlimbenchError, sentences
from builders.gpus import has_gpus
from builders.labels import KIND_SERVICE, of_kind
from builders.matrix import Limits
from deploy.cerebrium_file import Check, Deployment, check_files, check_image_words, read

FILE = Path(__file__).with_name("cerebrium.toml")
IMAGE = "slimbench/onnx-gpu:serve"
ANSWER_TIMEOUT_S = 120.0
POLL_S = 0.05


def main(words: Sequence[str]) -> int:
    """Check what the words say, and print it."""
    asked = _parser().parse_args(words)
    failed = False
    try:
        for check in _checks(asked):
            print(f"{'ok' if check.holds else 'DIFFERS':8}{check.subject}: {check.told}")
            failed = failed or not check.holds
    except SlimbenchError as error:
        print("\n".join(sentences(error)), file=sys.stderr)
        return error.exit_code
    return int(failed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.check_cerebrium")
    parser.add_argument("--file", type=Path, default=FILE)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--image", default=IMAGE, help=f"default: {IMAGE}")
    which.add_argument("--files-only", action="store_true", help="without the image")
    return parser


def _checks(asked: argparse.Namespace) -> Iterator[Check]:
    deployment = read(asked.file)
    yield from check_files(deployment)
    if not asked.files_only:
        yield from check_image(connect(), deployment, asked.image)


def check_image(engine: Engine, deployment: Deployment, image: str) -> Iterator[Check]:
    """Start the image with the file's command and ask its paths.

    Raises:
        ImageNotFound: it isn't in the engine.
        SessionFailed: it ended.
    """
    found = engine.image(image)
    if found is None:
        step = "`slimbench build onnx-gpu --workload serve` makes it"
        raise ImageNotFound("there is no such image", where=image, next_step=step)
    yield from check_image_words(deployment, image, found.entrypoint)
    spec = _spec(engine, deployment, found.image_id)
    with serving(engine, spec, deployment.port) as service:
        for subject, path in (("ready", deployment.ready), ("health", deployment.health)):
            status = _ok_within(service, path)
            yield Check(subject, status == HTTPStatus.OK, f"GET {path} answers {status or 'not'}")
        device = health(service).device
        why = "" if spec.gpus else ", as the engine here has no NVIDIA runtime"
        yield Check("device", device == "cuda" or not spec.gpus, f"computes on {device}{why}")


def _spec(engine: Engine, deployment: Deployment, image: str) -> ContainerSpec:
    gpus = has_gpus(engine.info())
    spec = ContainerSpec(
        image=image,
        command=(),
        labels=of_kind(KIND_SERVICE),
        entrypoint=deployment.entrypoint,
        environment={} if gpus else {"SLIMBENCH_GPU_FALLBACK": "1"},
        gpus=gpus,
    )
    return hardened(spec, Limits())


def _ok_within(service: Service, path: str) -> int:
    """The status of the path once it is 200, or the last one; 0 where nobody answers."""
    deadline = time.monotonic() + ANSWER_TIMEOUT_S
    while True:
        status = _status(service, path)
        if status == HTTPStatus.OK or time.monotonic() > deadline:
            return status
        service.require_running(f"answering {path}")
        time.sleep(POLL_S)


def _status(service: Service, path: str) -> int:
    connection = http.client.HTTPConnection(service.address, service.port, timeout=ANSWER_TIMEOUT_S)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
