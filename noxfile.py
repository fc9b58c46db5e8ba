"""The index of commands: each session is one line that a person could type, too."""

from __future__ import annotations

import sys
from pathlib import Path

import nox

nox.options.default_venv_backend = "none"  # the .venv that nox runs from holds everything
nox.options.sessions = ["report"]

SHELL_SCRIPTS = ("install_dev_tools.sh", ".ci/run")
LOCKED_SETS = sorted(
    path
    for place in ("dockerfiles/requirements", "benchmarks/peers", "examples/*")
    for path in Path().glob(f"{place}/*.in")
)
LOCK = ("piptools", "compile", "--quiet", "--no-header", "--generate-hashes", "--strip-extras")
WHOLE = ("--allow-unsafe",)  # torch needs setuptools; left out, pip refuses the hashed set
NO_INDEX = ("--no-emit-index-url", "--no-emit-find-links", "--no-emit-trusted-host")


def module(session: nox.Session, *arguments: str) -> None:
    session.run(sys.executable, "-m", *arguments)


@nox.session
def build_all(session: nox.Session) -> None:
    """Build every variant's image."""
    module(session, "slimbench", "build", *session.posargs)


@nox.session
def verify(session: nox.Session) -> None:
    """Compare every variant's answers with the reference's."""
    module(session, "slimbench", "verify", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure every variant that answers rightly."""
    module(session, "slimbench", "bench", *session.posargs)


@nox.session
def report(session: nox.Session) -> None:
    """The main job: build, verify, bench, report."""
    module(session, "slimbench", "run", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """All tests; those that need an engine fail without one when CI=true."""
    module(session, "pytest", *session.posargs)


@nox.session
def tests_unit(session: nox.Session) -> None:
    """The tests that need no engine."""
    module(session, "pytest", "-m", "not engine and not exporter", *session.posargs)


@nox.session
def tests_variants(session: nox.Session) -> None:
    """The tests on the repository's images, once they are built for every workload."""
    module(session, "pytest", "-m", "variants", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Style, formatting and the shell scripts."""
    module(session, "ruff", "check", ".")
    module(session, "ruff", "format", "--check", ".")
    session.run("shellcheck", *SHELL_SCRIPTS, external=True)


@nox.session
def types(session: nox.Session) -> None:
    """Static types, strict."""
    module(session, "mypy")


@nox.session
def docs(session: nox.Session) -> None:
    """Renew the pages that are made from the code, then build the site into .slimbench/site."""
    module(session, "docs.pages")
    module(session, "mkdocs", "build", "--strict", *session.posargs)


@nox.session
def lock(session: nox.Session) -> None:
    """Renew the locked requirement sets from their .in files."""
    for source in LOCKED_SETS:
        target = str(source.with_suffix(".txt"))
        arguments = (*LOCK, *WHOLE, *NO_INDEX, *session.posargs)
        module(session, *arguments, "--output-file", target, str(source))
