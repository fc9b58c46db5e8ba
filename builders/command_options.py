"""What can be said to the commands, each option and argument once, with its help.

Imported by the command line alone.
"""
# No `annotations` from __future__: on Python 3.9 Typer reads them as they stand.

import enum
from pathlib import Path
from typing import Annotated, Optional

import typer

from builders.units import duration_s, short_size_bytes

IMAGE_HELP = (
    "A variant, a name or id in the engine, an archive (`docker save`, OCI layout), or - for one"
    " on standard input."
)


class PageCache(str, enum.Enum):
    """Where a start finds its files."""

    warm = "warm"
    cold = "cold"


def duration(text: str) -> float:
    """Seconds of a duration on the command line."""
    try:
        return duration_s(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def size(text: str) -> int:
    """Bytes of a size on the command line."""
    try:
        return short_size_bytes(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


USUAL_JOBS = "2, or 1 on one CPU"
Names = Annotated[
    Optional[list[str]],
    typer.Argument(metavar="[VARIANT...]", help="Those to build; default: all."),
]
Only = Annotated[Optional[str], typer.Option(help="Variants to take, separated by commas.")]
Jobs = Annotated[
    int, typer.Option(min=1, help="Images built at the same time.", show_default=USUAL_JOBS)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Pictures = Annotated[
    Optional[Path], typer.Option(help="A folder of your own pictures to verify on as well.")
]
Out = Annotated[
    Optional[Path], typer.Option(help="Folder for the report; default: reports/published.")
]
Inject = Annotated[
    Optional[Path],
    typer.Option(
        metavar="FILE", help="Rewrite what stands between our markers in this file, and no more."
    ),
]
Check = Annotated[
    bool, typer.Option("--check", help="Write nothing; exit 1 where something is out of date.")
]
Precision = Annotated[
    Optional[float],
    typer.Option(min=0.001, max=1, help="Measure until medians are this sure; 0.02 is 2 %."),
]
MaxTime = Annotated[
    Optional[float],
    typer.Option(parser=duration, metavar="TIME", help="Begin no round later, such as 10min."),
]
Cache = Annotated[
    Optional[PageCache], typer.Option(help="The page cache before each start; default: warm.")
]
Twice = Annotated[
    Optional[bool],
    typer.Option("--aa/--no-aa", help="Measure the reference twice, which shows the noise."),
]
Resume = Annotated[
    bool, typer.Option("--resume", help="Go on with the rounds of a run that was broken off.")
]
Scenarios = Annotated[
    bool,
    typer.Option(
        "--scenarios/--no-scenarios", help="Measure throughput too, in batches and by threads."
    ),
]
Pull = Annotated[
    bool, typer.Option("--pull", help="Measure pulls from a registry on loopback; needs root.")
]
PullRounds = Annotated[int, typer.Option(min=1, help="Pulls of each image with --pull.")]
Serial = Annotated[
    bool, typer.Option("--serial", help="Build, measure and remove one variant at a time.")
]
Disk = Annotated[
    Optional[int],
    typer.Option(parser=size, metavar="SIZE", help="With --serial: the most for images, as 10G."),
]


Images = Annotated[list[str], typer.Argument(metavar="IMAGE", help=IMAGE_HELP)]
Before = Annotated[str, typer.Argument(metavar="A", help=IMAGE_HELP)]
After = Annotated[str, typer.Argument(metavar="B", help="The image to compare it with.")]
Sbom = Annotated[
    Optional[str],
    typer.Option(
        metavar="FILE", help="Write a CycloneDX bill of materials; - for standard output."
    ),
]
Compressed = Annotated[
    bool, typer.Option("--compressed", help="Measure sizes as a registry stores them; takes long.")
]
Platform = Annotated[
    Optional[str],
    typer.Option(metavar="OS/ARCH", help="Which image of an archive that holds several."),
]


Records = Annotated[
    list[Path], typer.Argument(metavar="RECORD...", help="Records of one variant each.")
]
MergedInto = Annotated[
    Optional[Path],
    typer.Option("--out", metavar="FILE", help="Where it goes; default: where `report` reads it."),
]

Url = Annotated[
    str, typer.Argument(metavar="URL", help="A service, such as http://127.0.0.1:8000.")
]
Picture = Annotated[Optional[Path], typer.Option(help="The picture to send; default: a small one.")]
RunTests = Annotated[
    bool, typer.Option("--run-tests", help="Send malformed requests, a batch and a load, too.")
]
ExpectClass = Annotated[Optional[int], typer.Option(min=0, help="The picture's first class.")]
MaxMs = Annotated[
    Optional[float], typer.Option(min=0.001, help="Longest time of a prediction, in ms.")
]
TokenEnv = Annotated[
    Optional[str], typer.Option(metavar="NAME", help="Variable that holds a bearer token.")
]
LoadRequests = Annotated[int, typer.Option(min=1, max=100_000, help="Predictions of the load.")]
LoadClients = Annotated[int, typer.Option(min=1, max=256, help="Clients of the load.")]
Timeout = Annotated[float, typer.Option(min=0.1, max=3600, help="Seconds for one whole answer.")]


class WorkloadOption(str, enum.Enum):
    """What runs in the images."""

    predict = "predict"
    serve = "serve"
    train = "train"


# Read by `_matrix`, for whichever command was called.
WorkloadName = Annotated[
    WorkloadOption, typer.Option("--workload", help="What the images are to do.")
]
ModelName = Annotated[
    Optional[str], typer.Option("--model", help="Another of the matrix's models.")
]
PREDICT = WorkloadOption.predict


RecordFile = Annotated[
    Optional[Path],
    typer.Argument(metavar="RECORD", help="A record; default: the last one of this matrix."),
]
OldRecord = Annotated[Path, typer.Argument(metavar="OLD", help="A record.")]
NewRecord = Annotated[Path, typer.Argument(metavar="NEW", help="The record to compare it with.")]
Baseline = Annotated[
    Optional[Path], typer.Option(help="An earlier record, beyond which nothing may grow.")
]
Timings = Annotated[
    bool,
    typer.Option("--timings/--no-timings", help="Hold times and memory to the baseline's, too."),
]
JUnit = Annotated[Optional[Path], typer.Option(metavar="FILE", help="Write JUnit XML.")]
Summary = Annotated[Optional[Path], typer.Option(metavar="FILE", help="Write Markdown.")]


class ReportFormat(str, enum.Enum):
    """What `report` gives."""

    markdown = "markdown"
    json = "json"
    csv = "csv"
