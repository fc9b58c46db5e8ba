"""Building the planned variants: independent ones in parallel, a failing one as a value."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Optional

from builders import context, wheelhouse
from builders.built import BuildOutcome, BuiltImage, FailedBuild
from builders.engine import BuildRequest, Engine, ImageInfo
from builders.errors import BuildFailed, EngineUnavailable, SlimbenchError
from builders.plan import BuildPlan, VariantPlan
from builders.workspace import Workspace, shown

Wheels = Optional[wheelhouse.WheelServer]


@dataclass(frozen=True)
class Builder:
    """How to build: where logs and wheels are, which image serves the wheels, how many at once."""

    workspace: Workspace
    server_image: str  # has Python; empty where nothing is installed from the wheelhouse
    jobs: int

    def wheels(self, engine: Engine) -> AbstractContextManager[Wheels]:
        """A wheelhouse that serves while the context lasts."""
        if not self.server_image:
            return nullcontext()
        return wheelhouse.serving(engine, self.server_image, self.workspace.cache)


def build_all(
    engine: Engine, plans: tuple[VariantPlan, ...], builder: Builder
) -> Iterator[BuildOutcome]:
    """Build what isn't up to date, `builder.jobs` at a time; outcomes come as they are ready.

    An image that another's Dockerfile begins from is built before it.

    Raises:
        EngineUnavailable: the engine went away; every other failure is a FailedBuild.
    """
    stale = []
    for plan in plans:
        image = up_to_date(engine, plan.build)
        if image is not None:
            yield _built(plan, image, builder.workspace, None)
        else:
            stale.append(plan)
    if stale:
        with builder.wheels(engine) as server, ThreadPoolExecutor(builder.jobs) as pool:
            futures = [pool.submit(_attempt, engine, plan, builder, server) for plan in stale]
            try:
                yield from (future.result() for future in as_completed(futures))
            finally:
                for future in futures:
                    future.cancel()  # a command that is broken off begins no further build


def up_to_date(engine: Engine, plan: BuildPlan) -> ImageInfo | None:
    """The engine's image if it is what the plan would give, else None."""
    image = engine.image(plan.tag)
    return image if image is not None and plan.is_up_to_date(image) else None


def build_exporter(engine: Engine, plan: BuildPlan, builder: Builder) -> ImageInfo:
    """The exporter's image, built unless it is up to date; raises BuildFailed."""
    image = up_to_date(engine, plan)
    if image is not None:
        return image
    with builder.wheels(engine) as server:
        return build_one(engine, plan, builder.workspace.log(plan.name), server)


def build_one(engine: Engine, plan: BuildPlan, log_file: Path, server: Wheels) -> ImageInfo:
    """Build one plan, its output going to `log_file`; raises BuildFailed that names the log."""
    with tempfile.TemporaryDirectory(prefix="slimbench-") as folder, log_file.open("w") as log:
        archive = Path(folder) / "context.tar"
        context.write(plan.context, archive)
        try:
            return engine.build(
                _request(plan, archive, server), lambda line: print(line, file=log, flush=True)
            )
        except BuildFailed as error:
            raise BuildFailed(
                error.what,
                where=plan.dockerfile,
                next_step=f"the whole output is in {shown(log_file)}",
                log_tail=error.log_tail,
            ) from error


def _request(plan: BuildPlan, archive: Path, server: Wheels) -> BuildRequest:
    request = BuildRequest(
        context=archive,
        dockerfile=plan.dockerfile,
        tag=plan.tag,
        labels=plan.labels,
        build_args=plan.build_args,
    )
    if plan.lock is None or server is None:
        return request
    arguments = {**plan.build_args, **server.build_args(plan.lock)}
    return replace(request, build_args=arguments, network=server.network)


def _attempt(engine: Engine, plan: VariantPlan, builder: Builder, server: Wheels) -> BuildOutcome:
    started = time.monotonic()
    log = builder.workspace.log(plan.build.name)
    try:
        image = _build_on_its_rung(engine, plan.build, builder.workspace, server)
    except EngineUnavailable:
        raise
    except SlimbenchError as error:
        return FailedBuild(plan.variant, error, log)
    except OSError as error:
        failure = SlimbenchError(f"{error.strerror}", where=str(error.filename or "a file"))
        return FailedBuild(plan.variant, failure, log)
    return _built(plan, image, builder.workspace, time.monotonic() - started)


def _build_on_its_rung(
    engine: Engine, plan: BuildPlan, workspace: Workspace, server: Wheels
) -> ImageInfo:
    if plan.rung is not None and up_to_date(engine, plan.rung) is None:
        build_one(engine, plan.rung, workspace.log(plan.rung.name), server)
    return build_one(engine, plan, workspace.log(plan.name), server)


def _built(
    plan: VariantPlan, image: ImageInfo, workspace: Workspace, seconds: float | None
) -> BuiltImage:
    return BuiltImage(
        variant=plan.variant,
        image=image,
        tag=plan.build.tag,
        base=plan.base,
        context_digest=plan.build.context.digest,
        up_to_date=seconds is None,
        seconds=seconds or 0.0,
        log=workspace.log(plan.build.name),
    )
