"""Every expected failure, as a tree; each says what, where and what to do next.

SlimbenchError                exit 1
ConfigurationError          exit 2   variants.yaml or a command's words are wrong
NothingSelected             exit 3   the selection matches no variant
EngineUnavailable           exit 4   no engine answers, or it can't do what is needed
EngineError                 exit 1   the engine refused or broke off an operation
ImageNotFound                      no such image in the engine or registry
PullFailed                         a base can't be pulled
RegistryUnreachable              ... because no registry answers
PushFailed                         an image can't be pushed
BuildFailed                        a Dockerfile step failed
SessionFailed                      a measured container ended or answered badly
WrongAnswer                      ... a timed request was answered otherwise than verified
BootstrapFailed             exit 1   mmdebstrap can't make a base
RegistryFailed              exit 1   no registry can be run on loopback
SecondEngineFailed          exit 1   no empty engine can be run beside the user's
WheelhouseError             exit 1   a requirement set can't be downloaded
ExportFailed                exit 1   the exporter image gave no usable model
ServiceUnreachable          exit 1   no connection to a service can be made
DiskFull                    exit 1   too little free disk for what was asked
RecordError                 exit 2   a record can't be read
"""

from __future__ import annotations

from collections.abc import Mapping

EXIT_CODES: Mapping[int, str] = {
    0: "fine",
    1: "a variant failed, a gate was missed, or a step went wrong",
    2: "the matrix, a record, or the words of the command are wrong",
    3: "the selection matches no variant",
    4: "no engine answers, or it can't do what is needed",
    130: "ended with ctrl-C; what was measured is saved",
    143: "ended by SIGTERM, likewise",
}


class SlimbenchError(Exception):
    """An expected failure, told in one sentence.

    Attributes:
        what: what went wrong.
        where: file, image, container or step it went wrong in; empty when obvious.
        next_step: what the reader can do about it; empty when there is nothing.
        exit_code: the process's exit status.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", next_step: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.next_step = next_step

    def __str__(self) -> str:
        located = f"{self.where}: {self.what}" if self.where else self.what
        return f"{located}; {self.next_step}" if self.next_step else located


class ConfigurationError(SlimbenchError):
    """The matrix or the command line can't be understood; holds every problem found."""

    exit_code = 2

    def __init__(
        self, what: str, *, where: str = "", next_step: str = "", problems: tuple[str, ...] = ()
    ) -> None:
        super().__init__(what, where=where, next_step=next_step)
        self.problems = problems


class NothingSelected(SlimbenchError):  # noqa: N818 - reads as the state it is
    """The selection matches no variant."""

    exit_code = 3


class EngineUnavailable(SlimbenchError):  # noqa: N818
    """No engine answers, or the one that does can't do what is needed."""

    exit_code = 4


class EngineError(SlimbenchError):
    """The engine refused or broke off an operation."""


class ImageNotFound(EngineError):  # noqa: N818
    """No such image in the engine or registry."""


class PullFailed(EngineError):  # noqa: N818
    """A base can't be pulled; the registry answered and refused."""


class RegistryUnreachable(PullFailed):
    """A base can't be pulled since no registry answers."""


class PushFailed(EngineError):  # noqa: N818
    """An image can't be pushed; what the registry or the network said is in the sentence."""


class BuildFailed(EngineError):  # noqa: N818
    """A Dockerfile step failed; `log_tail` holds the last lines of its output."""

    def __init__(
        self, what: str, *, where: str = "", next_step: str = "", log_tail: tuple[str, ...] = ()
    ) -> None:
        super().__init__(what, where=where, next_step=next_step)
        self.log_tail = log_tail


class SessionFailed(EngineError):  # noqa: N818
    """A measured container ended, hung or answered something else than its protocol."""


class WrongAnswer(SessionFailed):
    """A timed request got another answer than the variant was verified with."""


class BootstrapFailed(SlimbenchError):  # noqa: N818
    """mmdebstrap is missing or can't make a base."""


class RegistryFailed(SlimbenchError):  # noqa: N818
    """docker-registry is missing or doesn't run."""


class SecondEngineFailed(SlimbenchError):  # noqa: N818
    """dockerd is missing, not permitted or doesn't run."""


class WheelhouseError(SlimbenchError):
    """A requirement set can't be downloaded, or what came has another hash."""


class ExportFailed(SlimbenchError):  # noqa: N818
    """The exporter image gave no usable model."""


class ServiceUnreachable(SlimbenchError):  # noqa: N818
    """No connection to a service can be made."""


class DiskFull(SlimbenchError):  # noqa: N818
    """There is too little free disk for what was asked."""


class RecordError(SlimbenchError):
    """A record is missing, cut off, or of a format this version doesn't read."""

    exit_code = 2


def sentences(error: SlimbenchError | OSError) -> list[str]:
    """What to tell the user: the failure, then its problems or the last lines of its log."""
    more: tuple[str, ...] = ()
    if isinstance(error, OSError):
        return [f"{error.filename}: {error.strerror}" if error.filename else str(error)]
    if isinstance(error, ConfigurationError):
        more = tuple(problem for problem in error.problems if problem not in str(error))
    elif isinstance(error, BuildFailed):
        more = error.log_tail
    return [str(error), *more]
