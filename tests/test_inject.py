"""Blocks between markers: what is rewritten, what stays byte for byte, and what is refused."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from full_record import full_record
from hypothesis import given
from hypothesis import strategies as st

from reports import markdown
from reports.blocks import blocks, refreshed
from reports.choice import choices
from reports.inject import MarkersError, closing, injected, opening, rewritten
from reports.placed import place

NEW = {"comparison": "| new |", "choice": "- take it"}
BEGIN, END = opening("comparison"), closing("comparison")
around = st.text(st.characters(exclude_characters="<", exclude_categories=("Cs",)))
ends = st.sampled_from(["\n", "\r\n"])


@given(around, around, around, ends)
def test_everything_around_the_markers_stays(
    before: str, old: str, after: str, newline: str
) -> None:
    head = f"{before}{newline}{BEGIN}{newline}"
    tail = f"{END}{newline}{after}"
    made = injected(f"{head}{old}{newline}{tail}", NEW)
    assert made.startswith(head)
    assert made.endswith(tail)
    assert made[len(head) : -len(tail)] == f"{newline}| new |{newline}{newline}"
    assert injected(made, NEW) == made


def test_a_file_may_end_with_its_marker() -> None:
    assert injected(f"{BEGIN}\n{END}", NEW) == f"{BEGIN}\n\n| new |\n\n{END}"


def test_line_ends_are_those_at_the_marker() -> None:
    assert injected(f"unix\n{BEGIN}\r\n{END}\r\nunix\n", {"comparison": "a\nb"}) == (
        f"unix\n{BEGIN}\r\n\r\na\r\nb\r\n\r\n{END}\r\nunix\n"
    )


def test_several_blocks_are_rewritten_and_those_of_other_records_stay() -> None:
    other = "<!-- slimbench:service -->\nmine\n<!-- /slimbench:service -->\n"
    text = f"{opening('choice')}\n{closing('choice')}\n{other}{BEGIN}\n{END}\n"
    assert injected(text, NEW) == (
        f"{opening('choice')}\n\n- take it\n\n{closing('choice')}\n{other}"
        f"{BEGIN}\n\n| new |\n\n{END}\n"
    )


@pytest.mark.parametrize("example", [f"    {BEGIN}\n    {END}\n", f"Write `{BEGIN}` there.\n"])
def test_an_example_of_a_marker_is_none(example: str) -> None:
    made = injected(f"{example}{BEGIN}\n{END}\n", NEW)
    assert made == f"{example}{BEGIN}\n\n| new |\n\n{END}\n"


@pytest.mark.parametrize(
    "begin", ["<!--slimbench:comparison-->", f"   {BEGIN}  ", f"\ufeff{BEGIN}"]
)
def test_markers_may_be_spaced_otherwise(begin: str) -> None:
    assert injected(f"{begin}\nold\n{END}\n", NEW) == f"{begin}\n\n| new |\n\n{END}\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("no markers\n", f"has no line `{BEGIN}`"),
        (f"{opening('other')}\n{closing('other')}\n", f"has no line `{BEGIN}`"),
        (f"{BEGIN}\nalone\n", f"has `{BEGIN}` in line 1 without a closing one after it"),
        (f"a\n\n{END}\n", f"has `{END}` in line 3 without an opening one before it"),
        (f"{END}\n{BEGIN}\n", f"has `{END}` in line 1 without an opening one before it"),
        (f"{BEGIN}\n{END}\n" * 2, f"has `{BEGIN}` in line 1 and once more"),
        (
            f"{BEGIN}\n{BEGIN}\n{END}\n{END}\n",
            f"has `{BEGIN}` in line 2 before `{BEGIN}` in line 1 is closed",
        ),
        (
            f"{BEGIN}\n{opening('choice')}\n{END}\n{closing('choice')}\n",
            f"has `{opening('choice')}` in line 2 before `{BEGIN}` in line 1 is closed",
        ),
        (
            f"{BEGIN}\n{closing('choice')}\n",
            f"has `{closing('choice')}` in line 2 before `{BEGIN}` in line 1 is closed",
        ),
    ],
)
def test_markers_that_enclose_nothing_are_told(text: str, told: str) -> None:
    with pytest.raises(MarkersError) as raised:
        injected(text, NEW)
    assert raised.value.what == told


def test_what_is_no_utf_8_is_refused_with_the_place(tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    file.write_bytes(f"caf\u00e9\n{BEGIN}\n{END}\n".encode("latin-1"))
    with pytest.raises(MarkersError, match="UTF-8") as raised:
        rewritten(file, NEW)
    assert (raised.value.what, raised.value.path) == ("isn't UTF-8 text (byte 3)", file)


def test_a_linked_file_stays_a_link_and_keeps_its_mode(tmp_path: Path) -> None:
    file, link = tmp_path / "docs" / "README.md", tmp_path / "README.md"
    file.parent.mkdir()
    file.write_text("old")
    file.chmod(0o640)
    link.symlink_to(file)
    assert place({link: "new\r\n"}) == (link,)
    assert link.is_symlink()
    assert file.read_bytes() == b"new\r\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert list(file.parent.iterdir()) == [file]


def test_nothing_is_replaced_where_one_can_not_be_written(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_text("old")
    second.mkdir()
    with pytest.raises(IsADirectoryError):
        place({first: "new", second: "new"})
    assert first.read_text() == "old"
    assert sorted(tmp_path.iterdir()) == [first, second]


def test_a_write_protected_file_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may write to any: what the system answers others is set here."""
    file = tmp_path / "README.md"
    file.write_text("old")
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(PermissionError, match="README"):
        place({file: "new"})
    assert file.read_text() == "old"


def test_the_blocks_of_a_record_are_what_its_page_shows() -> None:
    made, page = blocks(full_record()), markdown.render(full_record())
    assert list(made) == ["comparison", "conclusions", "choice"]
    assert all(text.strip() and text.strip() in page for text in made.values())
    assert made["choice"].count("- ") == len(choices(full_record()))


def test_another_model_has_blocks_of_its_own() -> None:
    other = full_record().model_copy(update={"edition": "resnet50"})
    assert list(blocks(other)) == ["comparison-resnet50", "conclusions-resnet50", "choice-resnet50"]


@pytest.mark.parametrize(("workload", "name"), [("serve", "service"), ("train", "training")])
def test_other_workloads_show_their_own_table(workload: str, name: str) -> None:
    other = full_record().model_copy(update={"edition": workload, "workload": workload})
    ((told, table),) = blocks(other).items()
    assert told == name
    assert "`onnx`" in table


def test_a_readme_without_markers_of_the_record_is_left_alone(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    assert refreshed(full_record(), readme) is None
    for text in ("none", f"{opening('service')}\n{closing('service')}\n", "caf\u00e9"):
        readme.write_text(text, encoding="latin-1")
        assert refreshed(full_record(), readme) is None
    readme.write_text(f"{BEGIN}\n")
    with pytest.raises(MarkersError):
        refreshed(full_record(), readme)
