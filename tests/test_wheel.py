"""The wheel: what is in it, and that it works in an environment and a folder of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from real_project import COMMAND_TIMEOUT_S, REPOSITORY, Ended, RealProject

from builders.engine import Engine
from builders.labels import MATRIX

PLACES = ("bench", "builders", "inference", "reports")
SOURCES = ("pyproject.toml", "README.md", "LICENSE", "slimbench.py", "examples", *PLACES)


def ran(*words: object, folder: Path) -> Ended:
    """A command as someone types it who has never seen the repository."""
    clean = {
        key: text for key, text in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME")
    }
    with subprocess.Popen(
        [str(word) for word in words],
        cwd=folder,
        env=clean,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            output, errors = process.communicate(timeout=COMMAND_TIMEOUT_S)
        finally:
            process.kill()
    return Ended(process.pid, process.returncode, output, errors)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy of the sources, so that nothing left from another build gets into it."""
    sources = tmp_path_factory.mktemp("sources")
    ignored = shutil.ignore_patterns("__pycache__", ".slimbench")
    for name in SOURCES:
        source = REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, sources / name, ignore=ignored)
        else:
            shutil.copy(source, sources / name)
    words = ("wheel", "--quiet", "--no-deps", "--wheel-dir", sources / "wheels", sources)
    built = ran(sys.executable, "-m", "pip", *words, folder=sources)
    assert built.exit_code == 0, built.errors
    (found,) = (sources / "wheels").iterdir()
    return found


@pytest.mark.process
def test_the_wheel_holds_every_module_and_file_that_is_read_and_nothing_else(wheel: Path) -> None:
    names = [name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name]
    read = [
        path.relative_to(REPOSITORY).as_posix()
        for place in PLACES
        for path in (REPOSITORY / place).rglob("*")
        if path.suffix in (".py", ".lua", ".css", ".js", ".html") and "published" not in path.parts
    ]
    example = [path.name for path in (REPOSITORY / "examples" / "flask-service").iterdir()]
    starter = [
        f"builders/starter/{name}"
        for name in example
        if name not in ("__pycache__", ".slimbench", "reports")
    ]
    assert set(names) == {"slimbench.py", *read, *starter}


@pytest.fixture
def installed(wheel: Path, tmp_path: Path) -> Path:
    """The folder of programs of an environment with the wheel; what it needs is this one's."""
    home = tmp_path / "environment"
    made = ran(sys.executable, "-m", "venv", "--without-pip", home, folder=tmp_path)
    assert made.exit_code == 0, made.errors
    python = home / "bin" / "python"
    words = ("install", "--quiet", "--no-deps", "--no-index", wheel)
    done = ran(sys.executable, "-m", "pip", "--python", python, *words, folder=tmp_path)
    assert done.exit_code == 0, done.errors
    (packages,) = (home / "lib").glob("python3*/site-packages")
    (packages / "needed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return home / "bin"


@pytest.fixture
def empty(engine: Engine, tmp_path: Path) -> Iterator[Path]:
    """An empty folder; what is built for it goes away, but for bases and wheels."""
    place = tmp_path / "pumps"
    place.mkdir()
    yield place
    if (place / "variants.yaml").exists():
        engine.remove_labelled({MATRIX: RealProject(place, engine).matrix.digest})


@pytest.mark.engine
def test_the_installed_wheel_begins_and_measures_in_an_empty_folder(
    installed: Path, empty: Path
) -> None:
    words = ("-c", "import slimbench; print(slimbench.__file__)")
    where = ran(installed / "python", *words, folder=empty).output
    assert where.startswith(str(installed.parent))
    begun = ran(installed / "slimbench", "init", folder=empty)
    assert begun.exit_code == 0, begun.errors
    done = ran(installed / "slimbench", "run", "--max-time", "5s", folder=empty)
    assert done.exit_code == 0, done.errors
    rows = json.loads((empty / "reports" / "published" / "comparison.json").read_text())
    assert [(row["variant"], row["status"]) for row in rows] == [
        ("habit", "measured"),
        ("slim", "measured"),
    ]
    habit, slim = rows
    assert slim["size_bytes"] < habit["size_bytes"]
    assert (slim["outputs_match"], habit["outputs_match"]) == (True, True)
