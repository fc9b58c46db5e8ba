"""The containers that benchmarks of services compare: ours, a bare loop, the reference design."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from http import HTTPStatus
from pathlib import Path

from bench.collect import collect_answers
from bench.container_usage import between, container_usage
from bench.pictures import generated
from bench.service.asking import Asking
from bench.service.container import Service, hardened, service_spec, serving
from bench.service.conversation import wait_ready
from bench.service.counting import counted
from bench.service.cpus import generator_cpus
from bench.service.exchanges import Attack
from bench.service.generators import InstalledTools, Target
from benchmarks.same_image import KIND, ROOT, VARIANT
from builders import wheelhouse
from builders.docker_engine import connect
from builders.engine import ContainerSpec, Engine, ImageInfo, Mount
from builders.errors import ImageNotFound
from builders.labels import of_kind
from builders.matrix import Matrix
from builders.matrix_file import load_matrix
from builders.own_container import own_container
from builders.plan import tag
from builders.workspace import Workspace

PEERS = Path(__file__).parent / "peers"
JPEG = (".jpg", ".jpeg")
TIMEOUT_S = 600.0


@dataclass(frozen=True)
class Rate:
    """Pictures a second, and the processor time of one in ms."""

    pictures_per_s: float
    cpu_ms: float


@dataclass(frozen=True)
class Bench:
    """The image of `distroless-onnx` that serves, and JPEG files with their right answers."""

    pictures: Sequence[Path] = ()  # none: the model's generated samples
    engine: Engine = field(default_factory=connect)
    matrix: Matrix = field(default_factory=lambda: load_matrix(ROOT / "variants.yaml", "serve"))

    @cached_property
    def image(self) -> ImageInfo:
        """The service's image; raises ImageNotFound before it is built."""
        name = tag(VARIANT, self.matrix.variant(VARIANT).edition)
        image = self.engine.image(name)
        if image is None:
            step = "slimbench build --workload serve"
            raise ImageNotFound("it has not been built", where=name, next_step=step)
        return image

    @cached_property
    def asking(self) -> Asking:
        """The pictures, and what a session of the same image answers."""
        variant = self.matrix.variant(VARIANT)
        found = self.pictures or generated(Workspace.of(ROOT).artefacts / variant.model)
        chosen = [path for path in found if path.suffix.lower() in JPEG]
        top_k, name = self.matrix.verification.top_k, self.image.image_id
        answers = collect_answers(self.engine, name, self.matrix.limits, chosen, top_k)
        tolerance = self.matrix.verification.tolerances[variant.tolerance]
        assert isinstance(tolerance, float)
        return Asking(answers, top_k, tolerance)

    @contextmanager
    def ours(self) -> Iterator[Service]:
        """Our service, warmed up."""
        port = self.matrix.measurement.service.port
        spec = service_spec(self.image.image_id, self.matrix.limits, port)
        with self._warm(spec) as running:
            yield running

    @contextmanager
    def reference(self) -> Iterator[Service]:
        """The reference design in the same image, with Flask beside it, warmed up."""
        port = self.matrix.measurement.service.port
        with _installed(PEERS / "flask.txt") as folder:
            words = ("/peers/flask_per_request.py", str(port))
            spec = self._peer(words, Mount(folder, "/opt/flask"))
            path = ":".join([*self._python_path, "/opt/flask"])
            spec = replace(spec, environment={**spec.environment, "PYTHONPATH": path})
            with self._warm(spec) as running:
                yield running

    def bare_loop(self, seconds: int, batches: Sequence[int]) -> dict[int, Rate]:
        """What it does by size of batches."""
        words = ("/peers/bare_loop.py", str(seconds), *map(str, batches))
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            folder.chmod(0o755)
            _copied(self.asking, folder)
            spec = self._peer(words, Mount(folder, "/data"))
            with own_container(self.engine, spec) as container:
                self.engine.start(container)
                self.engine.wait(container, TIMEOUT_S)
                lines = self.engine.logs(container).splitlines()
        found = (json.loads(line) for line in lines)
        return {one.pop("batch"): Rate(**one) for one in found}

    def load(self, running: Service, concurrency: int, seconds: int) -> Attack:
        """A closed loop on a service; raises WrongAnswer for any wrong answer."""
        apart = self.engine.info().shares_host_kernel
        cpus = generator_cpus(self.matrix.limits.cpu_set, one_kernel=apart).cpu_set
        target = Target(running.url(self.asking.path), self.asking.forms, cpus)
        attack = InstalledTools().closed(target, concurrency, seconds)
        for one in attack.exchanges:
            if one.status == HTTPStatus.OK:
                self.asking.require(one.body, one.picture, "a request under load")
        return attack

    def rate(self, running: Service, concurrency: int, warmup_s: int, seconds: int) -> Rate:
        """What a service does in a closed loop, in right answers."""
        before = container_usage(running.pid)
        attack = self.load(running, concurrency, warmup_s + seconds)
        used_ns = between(before, container_usage(running.pid)).cpu_ns or 0
        right = counted(attack.exchanges, "closed", warmup_s, seconds).latency_ns
        return Rate(len(right) / seconds, used_ns / len(attack.exchanges) / 1e6)

    @property
    def _python_path(self) -> list[str]:
        named = (entry.partition("=") for entry in self.image.environment)
        return [value for name, _, value in named if name == "PYTHONPATH"]

    def _peer(self, words: tuple[str, ...], *mounts: Mount) -> ContainerSpec:
        limits = self.matrix.limits
        spec = ContainerSpec(
            image=self.image.image_id,
            entrypoint=(self.image.entrypoint[0],),  # its Python
            command=words,
            labels=of_kind(KIND),
            mounts=(Mount(PEERS, "/peers"), *mounts),
            environment={"THREADS": str(limits.threads), "PYTHONDONTWRITEBYTECODE": "1"},
        )
        return hardened(spec, limits)

    @contextmanager
    def _warm(self, spec: ContainerSpec) -> Iterator[Service]:
        port = self.matrix.measurement.service.port
        with serving(self.engine, spec, port) as running:
            wait_ready(running)
            self.asking.each_once(running)
            yield running


def _copied(asking: Asking, folder: Path) -> None:
    """The pictures alone: others may lie beside them."""
    for number, answer in enumerate(asking.expected.pictures):
        copy = folder / f"{number:03}.jpg"
        copy.write_bytes(Path(answer.picture).read_bytes())
        copy.chmod(0o644)


@contextmanager
def _installed(lock: Path) -> Iterator[Path]:
    """A folder with a locked set, installed for the images' Python."""
    wheels = wheelhouse.download(lock, Workspace.of(ROOT).cache)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        words = ["install", "--quiet", "--no-deps", "--no-index", "--require-hashes"]
        where = [f"--find-links={wheels}", f"--target={folder}", f"--requirement={lock}"]
        python = ["--only-binary=:all:", f"--python-version={wheelhouse.PYTHON_VERSION}"]
        subprocess.run([sys.executable, "-m", "pip", *words, *where, *python], check=True)
        yield folder
