"""docs/your-own-service.md as it stands: its commands, in a folder with the examples."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from real_project import COMMAND_TIMEOUT_S, REPOSITORY, RealProject

from builders.engine import Engine
from builders.labels import MATRIX
from builders.starting.start import begin

PAGE = REPOSITORY / "docs" / "your-own-service.md"


def commands() -> str:
    """Everything that the page asks its reader to type, in its order."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    return "".join(blocks)


def test_the_page_tells_how_to_begin_measure_and_look() -> None:
    for words in ("init", "list", "doctor", "verify", "run", "inspect", "diff"):
        assert re.search(rf"^slimbench {words}\b", commands(), re.M), words


def test_what_init_writes_is_what_the_page_shows(tmp_path: Path) -> None:
    shutil.copytree(REPOSITORY / "examples" / "flask-service", tmp_path / "my-service")
    (tmp_path / "my-service" / "variants.yaml").unlink()
    (matrix,) = begin(tmp_path / "my-service")
    shown = re.search(r"^```yaml\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    assert shown is not None
    assert shown[1] in matrix.read_text(encoding="utf-8")


@pytest.fixture
def place(engine: Engine, tmp_path: Path) -> Iterator[Path]:
    """A folder with the examples and a `slimbench` that is this one; what is built goes away."""
    ignored = shutil.ignore_patterns("__pycache__", ".slimbench", "reports")
    shutil.copytree(REPOSITORY / "examples", tmp_path / "examples", ignore=ignored)
    program = tmp_path / "bin" / "slimbench"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m slimbench "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    yield tmp_path
    for matrix in tmp_path.glob("*/variants.yaml"):
        engine.remove_labelled({MATRIX: RealProject(matrix.parent, engine).matrix.digest})


@pytest.mark.engine
def test_the_commands_of_the_page_work_as_they_are_written(place: Path) -> None:
    path = f"{place / 'bin'}{os.pathsep}{os.environ['PATH']}"
    with subprocess.Popen(
        ["/bin/sh", "-e", "-x", "-c", commands()],
        cwd=place,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            output, errors = process.communicate(timeout=COMMAND_TIMEOUT_S)
        finally:
            process.kill()
    assert process.returncode == 0, f"{output}\n{errors}"
    page = (place / "my-service" / "reports" / "published" / "comparison.md").read_text()
    assert "| `today`" in page
    assert "| `slim`" in page
