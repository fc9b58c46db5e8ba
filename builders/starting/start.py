"""`slimbench init`: a folder's first matrix, or in an empty folder a service to begin from."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from builders.errors import ConfigurationError
from builders.matrix_schema import schema_text
from builders.starting.folder import look
from builders.starting.matrix_text import matrix_text
from builders.starting.service import command_of, http_of
from builders.starting.variants import variants_of
from builders.workspace import DEFAULT_MATRIX, Workspace, shown


def begin(folder: Path, name: str = DEFAULT_MATRIX.name) -> tuple[Path, ...]:
    """Write the matrix `name` of a folder; gives what was written, the matrix first.

    Nothing is overwritten. A folder with nothing in it, hidden files apart, gets a service too.

    Raises:
        ConfigurationError: the matrix is there already, nothing to make one of is, or the folder
            can't be read or written.
    """
    try:
        if not folder.is_dir():
            step = "make it, or name the folder of your service"
            raise ConfigurationError("is no folder", where=shown(folder), next_step=step)
        _refuse_to_overwrite(folder / name)
        is_empty = all(path.name.startswith(".") for path in folder.iterdir())
        return tuple(_starter(folder, name)) if is_empty else (_matrix(folder, name),)
    except OSError as error:
        step = "let it be read and written, or name another folder"
        what = f"no matrix can be made there: {error.strerror}"
        raise ConfigurationError(what, where=shown(folder), next_step=step) from error


def _refuse_to_overwrite(matrix: Path) -> None:
    if matrix.exists() or matrix.is_symlink():
        step = "change it, take it away, or name another with `slimbench -f FILE init`"
        raise ConfigurationError("is there already", where=shown(matrix), next_step=step)


def _write(folder: Path, name: str, text: str) -> Path:
    """The matrix, and the schema that its first line names, where no build sees it."""
    schema = Workspace.of(folder).state / "variants.schema.json"
    schema.parent.mkdir(exist_ok=True)
    schema.write_text(schema_text(), encoding="utf-8")
    line = f"# yaml-language-server: $schema={schema.relative_to(folder).as_posix()}\n"
    with (folder / name).open("x", encoding="utf-8") as file:
        file.write(line + text)
    return folder / name


def _matrix(folder: Path, name: str) -> Path:
    found = look(folder)
    first = found.recipes[0][1]
    service = http_of(found, first) or command_of(found, first)
    return _write(folder, name, matrix_text(found, service, variants_of(found)))


def _starter(folder: Path, name: str) -> Iterator[Path]:
    """Copy the example service; in a wheel it lies in this package, in a checkout in its place."""
    packed = Path(str(files("builders") / "starter"))
    example = Path(__file__).parents[2] / "examples" / "flask-service"
    source = packed if packed.is_dir() else example
    yield _write(folder, name, (source / DEFAULT_MATRIX).read_text(encoding="utf-8"))
    for path in sorted(source.iterdir()):
        if path.is_file() and path.name != DEFAULT_MATRIX.name:
            shutil.copyfile(path, folder / path.name)
            yield folder / path.name
