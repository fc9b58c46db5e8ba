"""The pages that are made from the code: they are current, and say something of everything."""

# No `annotations` from __future__: what Typer reads has to stand as it is.
import re
from pathlib import Path
from typing import Annotated

import pytest
import typer
from pydantic import BaseModel

import slimbench
from builders import errors
from docs.pages import commands, exit_codes, record_fields
from docs.pages.__main__ import DOCS, pages


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.name)
def test_the_committed_page_is_current(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == pages()[path], "python -m docs.pages"


def test_every_command_and_option_is_told() -> None:
    page = commands.page(slimbench.app)
    names = re.findall(r"\n## ([\w-]+)\n", page)
    assert names == [one.name or one.callback.__name__ for one in slimbench.app.registered_commands]
    assert {"list", "schema", "run", "inspect"} <= set(names)
    cells = [line.split(" | ") for line in page.splitlines() if line.startswith("| `-")]
    assert len(cells) > 50
    assert [row for row in cells if not row[2].strip()] == []
    assert re.findall(r"\n- `.*: (?:None)?\n", page) == []


def test_options_are_told_as_typer_takes_them() -> None:
    app = typer.Typer()

    @app.callback()
    def settings(*, debug: Annotated[bool, typer.Option("--debug", help="Tell more.")] = False):
        """Options before the command."""

    @app.command()
    def weigh(
        image: Annotated[str, typer.Argument(metavar="IMAGE", help="What is weighed.")],
        *,
        out: Annotated[Path, typer.Option("--out", "-o", help="Where to.")],
        most: Annotated[int, typer.Option(min=1, max=9, help="At most.")] = 3,
        fast: Annotated[bool, typer.Option("--fast/--no-fast", help="Fast.")] = True,
    ):
        """Weigh an image."""

    page = commands.page(app)
    assert "    slimbench weigh [OPTIONS] IMAGE\n\n- `IMAGE`: What is weighed.\n" in page
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines()]
    assert ["`--debug`", "–", "Tell more.", "–"] in rows  # noqa: RUF001
    assert ["`--out`, `-o`", "`PATH`", "Where to.", "needed"] in rows
    assert ["`--most`", "`INTEGER`, 1 to 9", "At most.", "`3`"] in rows
    assert ["`--fast`, `--no-fast`", "–", "Fast.", "`--fast`"] in rows  # noqa: RUF001


def test_every_failure_has_an_exit_code_that_is_told() -> None:
    page = exit_codes.page()
    kinds = [
        one
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, errors.SlimbenchError)
    ]
    assert {kind.exit_code for kind in kinds} <= set(errors.EXIT_CODES)
    assert [kind.__name__ for kind in kinds if f"`{kind.__name__}`" not in page] == []
    assert re.search(r"\n\| `SlimbenchError` +\| +1 \|", page)
    assert re.search(r"\n\| (&nbsp;)+`NothingSelected` +\| +3 \|", page)


@pytest.mark.parametrize("kind", record_fields.types(), ids=lambda kind: kind.__name__)
def test_every_field_of_a_record_is_told(kind: type[BaseModel]) -> None:
    told = record_fields.descriptions(kind)
    assert [name for name in kind.model_fields if not told.get(name)] == []
    assert [name for name in told if name not in kind.model_fields] == []


def test_types_of_a_record_are_told_in_the_words_of_json() -> None:
    page = record_fields.page()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines()]
    types = {row[0]: row[1] for row in rows if len(row) == 3}
    assert types["`image`"] == "[ImageFacts](#imagefacts) or null"
    assert types["`disturbances`"] == "list of [Disturbance](#disturbance)"
    assert types["`sha256`"] == "object of text by name"
    assert types["`page_cache`"] == '`"warm"` or `"cold"`'


def test_every_type_has_its_place() -> None:
    page = record_fields.page()
    links = set(re.findall(r"\]\(#(\w+)\)", page))
    headings = {name.lower() for name in re.findall(r"\n## (\w+)\n", page)}
    assert links <= headings
    assert len(headings) > 30


def test_the_reference_is_where_the_site_looks_for_it() -> None:
    site = (DOCS.parent / "mkdocs.yml").read_text(encoding="utf-8")
    made = [path.relative_to(DOCS).as_posix() for path in pages() if path.suffix == ".md"]
    assert [path for path in made if f" {path}\n" not in site] == []
