"""The command line: which container image recipe to ship, with proof.

Heavy modules (the SDK, pandas) are imported by the commands that need them, so that `--help` and
`list` answer at once.
"""
# No `annotations` from __future__: on Python 3.9 Typer reads them as they stand.

import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import lru_cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from builders import command_options as option
from builders.errors import ConfigurationError, SlimbenchError, sentences
from builders.interruption import end_in_order
from builders.matrix_file import load_matrix, select
from builders.workspace import DEFAULT_MATRIX, Workspace, shown
from reports import terminal

if TYPE_CHECKING:
    from bench.inspection.read_images import Reader
    from bench.record_types import Record
    from bench.run import Run
    from builders.engine import Engine
    from builders.matrix import Matrix, Variant
    from builders.measurement_settings import MeasurementSettings

app = typer.Typer(
    help="Tells an ML engineer which container image recipe to ship, with proof.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

INTERRUPTED = 130
DEFAULT_JOBS = min(2, os.cpu_count() or 1)


@app.callback()
def settings(
    ctx: typer.Context,
    file: Annotated[Path, typer.Option("-f", "--file", help="The matrix.")] = DEFAULT_MATRIX,
    verbose: Annotated[bool, typer.Option("--verbose", help="Print every step as a line.")] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Print tracebacks.")
    ] = False,  # main reads it
) -> None:
    """Options that stand before the command."""
    ctx.obj = {"file": file, "verbose": verbose}


@app.command()
def init(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Of your service.")] = Path(),
) -> None:
    """Write a first matrix for the service of a folder; an empty one gets a service, too."""
    from builders.starting.start import begin  # noqa: PLC0415

    file = ctx.obj["file"].name
    written = begin(folder, file)
    words = "slimbench run" if file == DEFAULT_MATRIX.name else f"slimbench -f {file} run"
    terminal.say(f"wrote {', '.join(map(shown, written))}; read it, then `{words}`")


@app.command("list")
def list_variants(
    ctx: typer.Context,
    *,
    only: option.Only = None,
    workload: option.WorkloadName = option.PREDICT,
    model: option.ModelName = None,
    as_json: option.AsJson = False,
) -> None:
    """Show the matrix; with --json also the job matrix of a CI."""
    matrix = _matrix(ctx)
    rows = [v.model_dump(exclude={"disk_bytes", "project"}) for v in _select(matrix, only)]
    kind = (
        ("base", "requirements", "runtime") if matrix.service is None else ("dockerfile", "image")
    )
    columns = ("name", "changed", "after", *kind)
    told = rows if as_json else [{key: row[key] for key in columns} for row in rows]
    terminal.show(told, as_json)


@app.command()
def schema() -> None:
    """Print the JSON Schema of the matrix, with which an editor completes and checks its keys."""
    from builders.matrix_schema import schema_text  # noqa: PLC0415

    typer.echo(schema_text(), nl=False)


@app.command()
def doctor(
    ctx: typer.Context,
    *,
    only: option.Only = None,
    workload: option.WorkloadName = option.PREDICT,
    model: option.ModelName = None,
    as_json: option.AsJson = False,
) -> None:
    """Say what a build needs and how each part would be had."""
    from builders import doctor as checks  # noqa: PLC0415
    from builders.docker_engine import connect  # noqa: PLC0415

    matrix = _matrix(ctx)
    variants, workspace = _select(matrix, only), _workspace(ctx, matrix)
    found = list(checks.examine(connect, matrix, variants, workspace, checks.answers))
    terminal.show([asdict(check) for check in found], as_json)
    raise typer.Exit(checks.exit_code(found))


@app.command()
def build(
    ctx: typer.Context,
    names: option.Names = None,
    *,
    only: option.Only = None,
    workload: option.WorkloadName = option.PREDICT,
    model: option.ModelName = None,
    jobs: option.Jobs = DEFAULT_JOBS,
    as_json: option.AsJson = False,
) -> None:
    """Build the variants' images, and all they stand on."""
    variants = _select(_matrix(ctx), only, names or ())
    _finish(_execute(ctx, variants, "build", jobs), variants, "build", as_json)


@app.command()
def verify(
    ctx: typer.Context,
    *,
    only: option.Only = None,
    workload: option.WorkloadName = option.PREDICT,
    model: option.ModelName = None,
    jobs: option.Jobs = DEFAULT_JOBS,
    pictures: option.Pictures = None,
    as_json: option.AsJson = False,
) -> None:
    """Build what is missing, then compare every variant's answers with the reference's."""
    variants = _with_reference(ctx, only)
    record = _execute(ctx, variants, "verify", jobs, pictures)
    _finish(record, variants, "verify", as_json)


@app.command()
def bench(
    ctx: typer.Context,
    *,
    only: option.Only = None,
    workload: option.WorkloadName = option.PREDICT,
    model: option.ModelName = None,
    jobs: option.Jobs = DEFAULT_JOBS,
    pictures: option.Pictures = None,
    precision: option.Precision = None,
    max_time: option.MaxTime = None,
    cache: option.Cache = None,
    aa: option.Twice = None,
    scenarios: option.Scenarios = True,
    pull: option.Pull = False,
    pull_rounds: option.PullRounds = 3,
    resume: option.Resume = False,
    as_json: option.AsJson = False,
) -> None:
    """Build and verify what is missing, then measure start-up, latency and memory."""
    variants = _with_reference(ctx, only)
    asked = _measurement(ctx, precision, max_time, cache, aa)
    rounds = pull_rounds if pull else 0
    extras = {"scenarios": scenarios, "pull_rounds": rounds, "resume": resume}
    record = _execute(ctx, variants, None, jobs, pictures, asked=asked, extras=extras)
    _finish(record, variants, "measure", as_json)


@app.command()
def report(
    ctx: typer.Context,
    *,
    report_format: Annotated[
        option.ReportFormat, typer.Option("--format", help="Write all files, or print JSON or CSV.")
    ] = option.ReportFormat.markdown,
    workload: option.WorkloadName = option.PREDICT,
    model: option.ModelName = None,
    out: option.Out = None,
    inject: option.Inject = None,
    check: option.Check = False,
) -> None:
    """Write the comparison from the last record; runs nothing."""
    matrix = _matrix(ctx)
    workspace = _workspace(ctx, matrix)
    folder = out or workspace.reports
    printed = report_format is not option.ReportFormat.markdown
    if printed and (inject or check):
        what = f"--format {report_format.value} prints, and goes with neither --inject nor --check"
        raise ConfigurationError(what, next_step="leave one of them out")
    record = _reported(matrix, workspace, folder, there=check and not inject)
    if printed:
        typer.echo(_printed(record, report_format), nl=False)
    elif inject:
        _inject(record, matrix, inject, check)
    elif check:
        _check(record, matrix, workspace, folder)
    else:
        _publish(record, matrix, workspace, out)


@app.command()
def merge(ctx: typer.Context, records: option.Records, *, out: option.MergedInto = None) -> None:
    """Join records of single variants, one a CI job, into one; builds and runs nothing."""
    from bench.merging import merged  # noqa: PLC0415
    from bench.record import load, save  # noqa: PLC0415

    record = merged([(shown(path), load(path)) for path in records])
    matrix: Path = ctx.obj["file"]
    path = out or Workspace.of(matrix.parent.resolve(), matrix, record.edition).record
    if path.resolve() in {one.resolve() for one in records}:
        what, step = "is one of the records to merge", "choose another file with --out"
        raise ConfigurationError(what, where=shown(path), next_step=step)
    save(path, record)
    names = ", ".join(part.name for part in record.parts)
    terminal.say(f"wrote {shown(path)}, merged from the runs of {names}")


@app.command()
def run(
    ctx: typer.Context,
    *,
    only: option.Only = None,
    workload: option.WorkloadName = option.PREDICT,
    model: option.ModelName = None,
    jobs: option.Jobs = DEFAULT_JOBS,
    pictures: option.Pictures = None,
    precision: option.Precision = None,
    max_time: option.MaxTime = None,
    cache: option.Cache = None,
    aa: option.Twice = None,
    scenarios: option.Scenarios = True,
    pull: option.Pull = False,
    pull_rounds: option.PullRounds = 3,
    resume: option.Resume = False,
    serial: option.Serial = False,
    disk: option.Disk = None,
    out: option.Out = None,
) -> None:
    """The main job: build, verify, measure and report."""
    matrix = _matrix(ctx)
    variants = _with_reference(ctx, only)
    asked = _measurement(ctx, precision, max_time, cache, aa)
    rounds = pull_rounds if pull else 0
    extras = {"scenarios": scenarios, "pull_rounds": rounds, "resume": resume}
    by = _serially(disk) if serial else None
    if disk is not None and not serial:
        what = "--disk limits what --serial keeps at a time"
        raise ConfigurationError(what, next_step="say --serial too")
    record = _execute(ctx, variants, None, jobs, pictures, asked=asked, extras=extras, by=by)
    _publish(record, matrix, _workspace(ctx, matrix), out)
    _finish(record, variants, "measure", as_json=False)


@app.command()
def compare(
    old: option.OldRecord,
    new: option.NewRecord,
    report_format: Annotated[
        option.ReportFormat,
        typer.Option("--format", help="Markdown for people, JSON for programs."),
    ] = option.ReportFormat.markdown,
) -> None:
    """Tell what changed between two records; needs no matrix and no engine."""
    from bench.admission import beside  # noqa: PLC0415
    from bench.record import load  # noqa: PLC0415
    from reports.changes import as_json, page  # noqa: PLC0415
    from reports.changes.shifts import changes  # noqa: PLC0415

    later = load(new)
    found = changes(beside(old, later), later)
    rendered = as_json.rendered if report_format is option.ReportFormat.json else page.markdown
    typer.echo(rendered(found), nl=False)


@app.command()
def gate(
    ctx: typer.Context,
    record: option.RecordFile = None,
    *,
    baseline: option.Baseline = None,
    only: option.Only = None,
    workload: option.WorkloadName = option.PREDICT,
    model: option.ModelName = None,
    timings: option.Timings = True,
    junit: option.JUnit = None,
    summary: option.Summary = None,
    as_json: option.AsJson = False,
) -> None:
    """Hold a record to the matrix's budgets and to an earlier record; exit 1 on a miss."""
    from bench import admission  # noqa: PLC0415
    from reports.gate import hold, outputs  # noqa: PLC0415
    from reports.gate import junit as junit_xml  # noqa: PLC0415

    matrix = _matrix(ctx)
    names = [variant.name for variant in _select(matrix, only)]
    new = admission.of_matrix(record or _workspace(ctx, matrix).record, matrix)
    old = None if baseline is None else admission.baseline(baseline, new, timings=timings)
    verdict = hold.hold(new, old, matrix.budgets, names, timings=timings)
    texts = junit_xml.junit(verdict, new.started_at), outputs.markdown(verdict)
    _write([(file, text) for file, text in zip((junit, summary), texts) if file is not None])
    typer.echo(outputs.as_json(verdict), nl=False) if as_json else outputs.show(verdict)
    if not verdict.checks:
        terminal.warn("nothing was held: give --baseline, or 'budgets' to the matrix")
    raise typer.Exit(0 if verdict.holds else 1)


@app.command()
def inspect(
    ctx: typer.Context,
    images: option.Images,
    *,
    sbom: option.Sbom = None,
    compressed: option.Compressed = False,
    platform: option.Platform = None,
    as_json: option.AsJson = False,
) -> None:
    """Explain every byte of an image, or set several side by side; builds and runs nothing."""
    from bench.inspection import sbom_file  # noqa: PLC0415
    from bench.inspection.image_facts import image_facts  # noqa: PLC0415
    from reports import inspections  # noqa: PLC0415

    words = tuple(dict.fromkeys(images))
    if sbom is not None:
        sbom_file.check(sbom, words, as_json=as_json)
    with _reader(ctx, compressed, platform) as reader:
        found = {one.contents.name: image_facts(one) for one in reader.taken_apart(words)}
    if sbom is not None:
        from reports.sbom import sbom as bill  # noqa: PLC0415 - its library takes a while

        sbom_file.write(sbom, *(bill(facts, name) for name, facts in found.items()))
    if sbom != sbom_file.STANDARD_OUTPUT:
        inspections.show_images(found, as_json)


@app.command()
def diff(
    ctx: typer.Context,
    before: option.Before,
    after: option.After,
    *,
    compressed: option.Compressed = False,
    platform: option.Platform = None,
    as_json: option.AsJson = False,
) -> None:
    """Tell what differs between two images, by bytes."""
    from bench.inspection.difference import difference  # noqa: PLC0415
    from reports import inspections  # noqa: PLC0415

    with _reader(ctx, compressed, platform) as reader:
        found = difference(*reader.taken_apart((before, after)))
    inspections.show_difference(found, as_json)


@app.command()
def probe(
    url: option.Url,
    *,
    image: option.Picture = None,
    run_tests: option.RunTests = False,
    expect_class: option.ExpectClass = None,
    max_ms: option.MaxMs = None,
    token_env: option.TokenEnv = None,
    requests: option.LoadRequests = 100,
    concurrency: option.LoadClients = 8,
    timeout: option.Timeout = 10.0,
    as_json: option.AsJson = False,
) -> None:
    """Check a deployed service of this interface from outside."""
    from bench.probe import checks, words  # noqa: PLC0415
    from bench.probe.context import Limits  # noqa: PLC0415
    from reports import probe_table  # noqa: PLC0415

    limits = Limits(expect_class, max_ms, requests, concurrency)
    context = words.context_of(url, image, token_env, timeout, limits)
    if words.exposes_token(context):
        terminal.warn("the token crosses the network as plain text; use https")
    found = checks.probe(context, run_tests)
    probe_table.show(found, as_json)
    raise typer.Exit(0 if found.passed else 1)


@app.command()
def clean(as_json: option.AsJson = False) -> None:
    """Remove what carries our labels from the engine, and nothing else."""
    from bench.left_pulls import remove_left_pulls  # noqa: PLC0415
    from builders.docker_engine import connect  # noqa: PLC0415
    from builders.labels import KIND  # noqa: PLC0415

    engine = connect()
    remove_left_pulls(engine, Workspace.of(Path.cwd()).cache)
    removed = asdict(engine.remove_labelled({KIND: ""}))
    if as_json:
        terminal.show([removed], as_json)
    else:
        terminal.say(terminal.removed(removed))


def main() -> None:
    """Run a command; expected failures end in one sentence and their exit code."""
    end_in_order()
    try:
        app()
    except (SlimbenchError, OSError) as error:  # OSError: a full or read-only disk, anywhere
        if "--debug" in sys.argv:
            traceback.print_exc()
        terminal.complain(sentences(error))
        sys.exit(getattr(error, "exit_code", 1))


@contextmanager
def _reader(ctx: typer.Context, compressed: bool, platform: Optional[str]) -> "Iterator[Reader]":
    """What reads images, showing how far it is; no matrix is needed, and no engine for a file."""
    from bench.inspection.layer_cache import LayerCache  # noqa: PLC0415
    from bench.inspection.read_images import Reader  # noqa: PLC0415
    from bench.inspection.variant_names import variant_names  # noqa: PLC0415

    cache = LayerCache(Workspace.of(Path.cwd()).cache / "layers")
    variants = lru_cache(None)(partial(variant_names, ctx.obj["file"], terminal.warn))
    with terminal.reading(ctx.obj["verbose"]) as say:
        yield Reader(_connect, cache, variants, say, compressed, platform)


def _connect() -> "Engine":
    from builders.docker_engine import connect  # noqa: PLC0415 - the SDK takes a while

    return connect()


def _matrix(ctx: typer.Context) -> "Matrix":
    """The matrix for the workload and model that the command was given."""
    workload = ctx.params.get("workload", option.PREDICT).value
    return load_matrix(ctx.obj["file"], workload, ctx.params.get("model"))


def _workspace(ctx: typer.Context, matrix: "Matrix") -> Workspace:
    return Workspace.of(matrix.folder, ctx.obj["file"], matrix.edition)


def _select(
    matrix: "Matrix", only: Optional[str], names: Sequence[str] = ()
) -> "tuple[Variant, ...]":
    wanted = [*names, *(only.split(",") if only is not None else ())]
    return select(matrix, wanted)


def _with_reference(ctx: typer.Context, only: Optional[str]) -> "tuple[Variant, ...]":
    """The selection, and the variant that the others' answers are compared with."""
    matrix = _matrix(ctx)
    chosen = {matrix.reference, *(variant.name for variant in _select(matrix, only))}
    return select(matrix, sorted(chosen))


def _measurement(
    ctx: typer.Context,
    precision: Optional[float],
    max_time_s: Optional[float],
    cache: Optional[option.PageCache],
    aa: Optional[bool],
) -> "MeasurementSettings":
    """How much is measured: what the matrix says, but for what the command says."""
    return _matrix(ctx).measurement.overridden(
        precision=precision,
        max_time_s=max_time_s,
        page_cache=cache and cache.value,
        reference_twice=aa,
    )


def _execute(
    ctx: typer.Context,
    variants: "tuple[Variant, ...]",
    last: Optional[str],
    jobs: int,
    pictures: Optional[Path] = None,
    *,
    asked: "Optional[MeasurementSettings]" = None,
    extras: Mapping[str, Any] = MappingProxyType({}),
    by: "Optional[Callable[[Run], Record]]" = None,
) -> "Record":
    """Run the steps up to `last`, or what `by` makes of the run; the record that is then saved."""
    from bench import steps  # noqa: PLC0415
    from bench.record import load  # noqa: PLC0415
    from bench.run import Run  # noqa: PLC0415
    from builders.docker_engine import connect  # noqa: PLC0415
    from builders.prepare import Project  # noqa: PLC0415
    from reports.progress_table import shown as showing  # noqa: PLC0415

    matrix = _matrix(ctx)
    workspace = _workspace(ctx, matrix)
    measures = last not in steps.BEFORE_SAMPLES and by is None  # only then it can go on
    with _told_when_ended(workspace, measures), showing(ctx.obj["verbose"]) as display:
        project = Project(connect(), matrix, variants, workspace, jobs, display.say)
        heard: dict[str, Any] = {"watch": display.watch, "tell": display.tell}
        run = Run(project, pictures, asked, **heard, **extras)
        by(run) if by is not None else steps.execute(run, last)
    return load(workspace.record)  # as `report` reads it: the same record, the same bytes


def _serially(most_bytes: Optional[int]) -> "Callable[[Run], Record]":
    """How to run one variant at a time, within these bytes."""
    from bench.serial import execute_serially  # noqa: PLC0415
    from builders.disk_allowance import DiskAllowance  # noqa: PLC0415

    allowance = None if most_bytes is None else DiskAllowance(most_bytes)
    return partial(execute_serially, allowance=allowance)


@contextmanager
def _told_when_ended(workspace: Workspace, measures: bool) -> "Iterator[None]":
    """Say what is saved when a signal ends it: ctrl-C with 130, SIGTERM with 143."""
    from bench.interrupted import saved_so_far  # noqa: PLC0415

    try:
        yield
    except (KeyboardInterrupt, SystemExit) as end:
        terminal.warn(saved_so_far(workspace.record) if measures else "interrupted")
        raise typer.Exit(INTERRUPTED) if isinstance(end, KeyboardInterrupt) else end from end


def _reported(
    matrix: "Matrix", workspace: Workspace, folder: Path, *, there: bool = False
) -> "Record":
    """The last record or, where there is none or it is asked for, that beside the reports."""
    from bench.belonging import load_of  # noqa: PLC0415

    last, published = workspace.record, folder / workspace.record.name
    path = published if there or (published.exists() and not last.exists()) else last
    return load_of(matrix, path, shown(path))


def _printed(record: "Record", report_format: option.ReportFormat) -> bytes:
    """UTF-8 whatever the terminal speaks: the same record, the same bytes."""
    from reports import csv_report, json_report  # noqa: PLC0415

    render = json_report.render if report_format is option.ReportFormat.json else csv_report.render
    return render(record).encode()


def _inject(record: "Record", matrix: "Matrix", file: Path, check: bool) -> None:
    from reports.blocks import blocks  # noqa: PLC0415
    from reports.inject import rewritten  # noqa: PLC0415
    from reports.placed import place  # noqa: PLC0415

    with _writing(file, "make it and its folder writable"):
        text, wanted = rewritten(file, blocks(record, matrix.budgets))
        if text != wanted and not check:
            place({file: wanted})
    if check:
        _tell_stale([file] if text != wanted else [], f" --inject {file}")
    else:
        terminal.say(f"{shown(file)} {'is up to date' if text == wanted else 'was rewritten'}")


def _check(record: "Record", matrix: "Matrix", workspace: Workspace, folder: Path) -> None:
    from reports.publish import stale  # noqa: PLC0415

    with _writing(folder, "choose a folder with --out"):
        found = stale(record, folder, _readme(workspace, folder), matrix.budgets)
    _tell_stale(found)


def _tell_stale(paths: Sequence[Path], words: str = "") -> None:
    """Exit 1 where there are any."""
    if paths:
        names = ", ".join(map(shown, paths))
        terminal.complain([f"out of date: {names}; run `slimbench report{words}`"])
        raise typer.Exit(1)
    terminal.say("all is up to date")


def _readme(workspace: Workspace, folder: Path) -> Optional[Path]:
    """The one that shows the usual matrix's reports, where they are in their own place."""
    own = folder == workspace.reports and not workspace.matrix_name
    return workspace.root / "README.md" if own else None


@contextmanager
def _writing(path: Path, next_step: str) -> "Iterator[None]":
    """Tell in one sentence what can't be read or written, or has markers that can't be used."""
    from reports.inject import MarkersError  # noqa: PLC0415

    try:
        yield
    except MarkersError as error:
        where = shown(error.path or path)
        raise ConfigurationError(error.what, where=where, next_step=error.next_step) from error
    except FileNotFoundError as error:
        raise ConfigurationError("there is no such file", where=shown(path)) from error
    except OSError as error:
        what = f"can't be read or written ({error.strerror})"
        raise ConfigurationError(what, where=shown(path), next_step=next_step) from error


def _publish(record: "Record", matrix: "Matrix", workspace: Workspace, out: Optional[Path]) -> None:
    """Write the reports, the record beside them, and the README's blocks when it is their place."""
    from bench.record import load, save  # noqa: PLC0415
    from reports.publish import publish, publish_models  # noqa: PLC0415

    folder = out or workspace.reports
    with _writing(folder, "choose a folder with --out"):
        written = publish(record, folder, _readme(workspace, folder), matrix.budgets)
        save(folder / workspace.record.name, record)
        beside = [folder / workspace.record_of(edition).name for edition in ("", *matrix.models)]
        written += publish_models([load(path) for path in beside if path.exists()], folder)
    terminal.say(f"wrote {', '.join(map(shown, written))} and the record beside them")


def _write(texts: Sequence[tuple[Path, str]]) -> None:
    """Write all of the files or, where one can't be written, none."""
    from bench.whole_file import write_all_whole  # noqa: PLC0415

    if len(dict(texts)) < len(texts):
        step = "give each output a file of its own"
        raise ConfigurationError("is named twice", where=shown(texts[0][0]), next_step=step)
    try:
        write_all_whole(dict(texts))
    except OSError as error:
        where = ", ".join(shown(path) for path, _ in texts)
        step = "choose a file in a folder that can be written"
        what = f"can't be written: {error.strerror}"
        raise ConfigurationError(what, where=where, next_step=step) from error


def _finish(record: "Record", variants: "tuple[Variant, ...]", last: str, as_json: bool) -> None:
    """Show how each selected variant ended; exit 1 when one failed."""
    from reports.outcomes import show  # noqa: PLC0415

    if not show(record, [variant.name for variant in variants], last, as_json):
        raise typer.Exit(1)


if __name__ == "__main__":
    main()
