"""The two ways of asking: each asks an image once, or takes a sample of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bench.own_service.asking import Right, http_request
from bench.own_service.command_run import run_command
from bench.own_service.command_sample import CommandAsking, take_command_sample
from bench.own_service.containers import command_spec, http_spec
from bench.own_service.http_sample import HttpAsking, first_answer, take_http_sample
from bench.own_service.judging import Given
from bench.run import Run
from bench.sample_types import Sample
from bench.service.container import serving
from builders.engine import ContainerSpec
from builders.own_answers import Expectation
from builders.own_service import CommandService, HttpService, Service


class Kind(Protocol):
    """A way of asking every image of a run."""

    @property
    def name(self) -> str:
        """What is asked, for sentences."""

    @property
    def expected(self) -> Expectation:
        """What the matrix says of a right answer."""

    def once(self, image: str) -> Given:
        """The answer of a fresh container; raises SessionFailed or EngineError."""

    def sample(self, image: str, right: Right, place: tuple[int, int]) -> Sample:
        """A sample of a fresh container; raises WrongAnswer, too."""


@dataclass(frozen=True)
class Http:
    """A service that listens."""

    run: Run
    service: Service
    http: HttpService

    @property
    def name(self) -> str:
        """Method and path."""
        return self._asking().request.name

    @property
    def expected(self) -> Expectation:
        """Of its answers."""
        return self.http.expect

    def once(self, image: str) -> Given:
        """The first answer of a fresh container."""
        asking, project = self._asking(), self.run.project
        spec = http_spec(image, self.service, project.matrix.limits)
        with serving(project.engine, spec, self.http.port) as running:
            _, first = first_answer(running, asking)
        return first.given

    def sample(self, image: str, right: Right, place: tuple[int, int]) -> Sample:
        """A start and its requests."""
        project = self.run.project
        spec = http_spec(image, self.service, project.matrix.limits)
        return take_http_sample(project.engine, spec, self._asking(), right, place)

    def _asking(self) -> HttpAsking:
        settings = self.run.settings
        return HttpAsking(
            port=self.http.port,
            ready=self.http.ready,
            request=http_request(self.http.request, self.run.project.matrix.folder),
            timeout_s=self.service.timeout_s,
            warmups=settings.warmups,
            requests=settings.requests,
            one_kernel=self.run.one_kernel,
        )


@dataclass(frozen=True)
class Command:
    """A command that answers and ends."""

    run: Run
    service: Service
    command: CommandService

    @property
    def name(self) -> str:
        """Its arguments, or that it has none."""
        words = (*(self.command.entrypoint or ()), *self.command.arguments)
        return " ".join(words) or "its own command"

    @property
    def expected(self) -> Expectation:
        """Of its output."""
        return self.command.expect

    def once(self, image: str) -> Given:
        """What a run of it says."""
        engine = self.run.project.engine
        done = run_command(engine, self._spec(image), self.service.timeout_s, self.run.one_kernel)
        return done.given

    def sample(self, image: str, right: Right, place: tuple[int, int]) -> Sample:
        """A run."""
        asking = CommandAsking(self.name, self.service.timeout_s, self.run.one_kernel)
        engine = self.run.project.engine
        return take_command_sample(engine, self._spec(image), asking, right, place)

    def _spec(self, image: str) -> ContainerSpec:
        matrix = self.run.project.matrix
        return command_spec(image, self.service, self.command, matrix.limits, matrix.folder)


def kind_of(run: Run) -> Kind:
    """How the images of this run are asked."""
    service = run.project.matrix.service
    if service is not None and service.http is not None:
        return Http(run, service, service.http)
    if service is not None and service.command is not None:
        return Command(run, service, service.command)
    raise AssertionError("only a matrix with 'service' has workloads of this kind")
