"""The pages of `inspect` and `diff` on a terminal, and their JSON."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from inspected_images import changed, empty, full, layer

from bench.inspection.difference_types import Difference
from bench.inspection.facts import ImageFacts
from bench.inspection.sharing import Sharing, sharing
from reports import difference, inspection, inspection_overview, inspections
from reports.page import plain, show
from reports.pieces import Advice, Column, Grid, Heading, Piece

ROOT = Path(__file__).parent.parent
SNAPSHOTS = Path(__file__).parent / "snapshots"
DOCS = ROOT / "docs" / "inspection.md"

SLIM = empty().model_copy(update={"layers": full().layers[:1]})


def several() -> Iterable[Piece]:
    found = {"fat": full(), "slim": SLIM, "none": empty()}
    shared = sharing({name: facts.layers for name, facts in found.items()})
    return inspection_overview.page(found, shared)


PAGES = {
    "inspection-full": lambda: inspection.page("slimbench/fat", full()),
    "inspection-empty": lambda: inspection.page("nothing.tar", empty()),
    "inspection-several": several,
    "difference": lambda: difference.page(changed()),
}


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("name", PAGES)
def test_pages_are_as_people_saw_them(
    name: str, width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    show(PAGES[name]())
    snapshot = SNAPSHOTS / f"{name}-{width}.txt"
    assert capsys.readouterr().out == snapshot.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_of_a_table_is_wider_than_the_terminal(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    show(piece for piece in inspection.page("x", full()) if isinstance(piece, Grid))
    assert max(map(len, capsys.readouterr().out.splitlines())) <= width


def test_what_is_cut_keeps_the_telling_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    words = "begin" + "x" * 90 + "end"
    show([Grid((Column("", "line"), Column("", "path")), [(words, words)])])
    (line,) = capsys.readouterr().out.splitlines()
    step, path = line.split()
    assert len(line) == 60 - 2  # the gap after the last column
    assert step.startswith("begin")
    assert step.endswith("…")
    assert path.startswith("…")
    assert path.endswith("end")


def test_code_keeps_its_lines_and_indents(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    code = f"RUN {'word ' * 20}\\\n    && next"
    show([Advice("a title", "", ("why",), code)])
    assert capsys.readouterr().out.splitlines()[-2:] == [
        f"      RUN {'word ' * 20}\\",
        " " * 10 + "&& next",
    ]


def test_bars_and_names_are_readable_without_unicode(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
    show([Grid((Column(""), Column("", "bar")), [("ünï", 0.5)])])
    sys.stdout.flush()
    assert written.getvalue() == b"  \\xfcn\\xef  #####\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("a\n  b\tc", "a b c"),
        ("\x07\x9b2J", "\\x07\\x9b2J"),
        ("\u202eevil", "\\u202eevil"),
        ("ünï 日本", "ünï 日本"),
    ],
)
def test_nothing_in_an_image_moves_the_cursor(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_a_heading_is_printed_as_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    show([Heading("[bold]not markup[/bold]", "[x]")])
    assert capsys.readouterr().out == "[bold]not markup[/bold]  [x]\n"


def test_largest_come_first() -> None:
    shuffled = full().model_copy(update={"owners": full().owners[::-1]})
    assert list(inspection.page("x", shuffled))[5] == list(inspection.page("x", full()))[5]


def test_an_unknown_compressed_size_says_how_to_have_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    unmeasured = full().model_copy(update={"layers": (layer(1000, "RUN x", None),)})
    show(inspection.page("x", unmeasured))
    output = capsys.readouterr().out
    assert "not measured: --compressed does it" in output
    assert "gzip" not in output


def test_json_of_one_image_is_the_facts_and_their_sums(
    capsys: pytest.CaptureFixture[str],
) -> None:
    inspections.show_images({"fat": full()}, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert list(told)[:4] == ["version", "image", "size_bytes", "compressed_bytes"]
    assert told["size_bytes"] == full().size_bytes
    facts = {name: value for name, value in told.items() if name in ImageFacts.model_fields}
    assert ImageFacts.model_validate_json(json.dumps(facts)) == full()


def _fields(schema: dict[str, object]) -> set[str]:
    """Every name in a JSON schema, those of nested objects too."""
    parts = [schema, *schema.get("$defs", {}).values()]  # type: ignore[attr-defined]
    return {name for part in parts for name in part.get("properties", {})}


@pytest.mark.parametrize("model", [ImageFacts, Sharing, Difference])
def test_every_field_of_the_json_is_documented(model: type[ImageFacts]) -> None:
    told = set(re.findall(r"`(\w+)`", DOCS.read_text(encoding="utf-8")))
    assert _fields(model.model_json_schema()) - told == set()
    assert {"version", "image", "size_bytes", "compressed_bytes", "images", "sharing"} <= told


def test_no_documented_field_is_gone() -> None:
    text = DOCS.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)
    models = (ImageFacts, Sharing, Difference)
    known = set().union(*(_fields(model.model_json_schema()) for model in models))
    assert len(rows) > 60
    assert set(rows) - known == {"version", "image", "images", "sharing", "size_bytes"} - known
