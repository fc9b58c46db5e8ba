"""The HTML page: all of the run is in it, and whatever an image holds is text."""

from __future__ import annotations

import math
import re

import pytest
from full_record import full_record
from html_document import Element, element
from hypothesis import given, settings
from inspected_images import full
from poisoned_record import poisoned
from report_records import ladder_of_seven, measured, record, variant
from test_report_markdown import records
from test_service_page import served, serving
from training_records import training_record

from bench.record_types import Record
from reports import markdown
from reports.columns import COMPARISON
from reports.html.captions import Captions, Places
from reports.html.page import render
from reports.html.prose import blocks, inline
from reports.inspection import short_step
from reports.judgement import best
from reports.pictures.gallery import NAMES
from reports.pictures.picture import Picture
from reports.verdicts import judge

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>"
POISONS = {
    "elements": f"\"'-->]]></style></title></svg>{SCRIPT}",
    "markdown": f"`|\\{SCRIPT} ](javascript:alert(1)) ![x](//x.example/x.png) **b** <b@x.example>",
    "jinja": "{{ 7 * 7 }}{% raw %}{#",
    "controls": "\x00\x1b[2J\u202e\u2028\ud800",
}
ALLOWED_LINKS = re.compile(r"#[\w-]+|data:,")


def inspected() -> Record:
    """Three variants with every part there is, one of them taken apart in full."""
    made = full_record()
    first, *others = made.variants
    taken_apart = first.model_copy(update={"image": full()})
    return made.model_copy(update={"variants": (taken_apart, *others)})


def tables(root: Element, caption: str) -> list[Element]:
    return [one for one in root.all("table") if one.children[0].text == caption]


def rows(table: Element) -> list[list[Element]]:
    return [row.children for row in table.all("tr")]


def check_structure(root: Element) -> None:
    """What a valid page has: unique ids, links that lead somewhere, tables that are rectangles."""
    elements = list(root.all())
    ids = [one.attributes["id"] for one in elements if "id" in one.attributes]
    assert len(ids) == len(set(ids)), [one for one in ids if ids.count(one) > 1]
    for one in elements:
        href = one.attributes.get("href", "#content")
        assert ALLOWED_LINKS.fullmatch(href), href
        assert not href.startswith("#") or href[1:] in ids, href
        for place in one.attributes.get("aria-labelledby", "").split():
            assert place in ids, place
        assert not [name for name in one.attributes if name.startswith("on")]
    for table in root.all("table"):
        head, *body = rows(table)
        assert table.children[0].name == "caption"
        assert {len(row) for row in body} <= {len(head)}
        assert {cell.attributes["scope"] for cell in head if cell.name == "th"} <= {"col"}
        assert all(row[0].attributes.get("scope") == "row" for row in body)
    levels = [int(one.name[1]) for one in root.all("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:]))


PAGES = {
    "full": full_record,
    "inspected": inspected,
    "every state": ladder_of_seven,
    "begun": lambda: record(variant("fat"), variant("slim", after="fat")),
    "nothing": record,
    "services": lambda: served(serving("fat"), serving("slim")),
    "trainings": training_record,
}


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_well_formed(name: str):
    root = element(render(PAGES[name]()))
    check_structure(root)
    assert (
        len(list(root.all("h1"))) == len(list(root.all("main"))) == len(list(root.all("nav"))) == 1
    )


def test_the_page_asks_nobody_for_anything():
    page = render(inspected())
    root = element(page)
    policies = [one for one in root.all("meta") if "http-equiv" in one.attributes]
    assert [one.attributes["content"] for one in policies] == [
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
    ]
    assert not list(root.all("img", "iframe", "object", "embed", "form", "base"))
    assert "src" not in {name for one in root.all() for name in one.attributes}
    assert "@import" not in page
    assert "url(http" not in page


def test_every_variant_and_column_is_in_the_first_table():
    made = ladder_of_seven()
    (table,) = tables(element(render(made)), "All variants")
    head, *body = rows(table)
    assert [cell.text for cell in head] == ["variant", *(column.title for column in COMPARISON)]
    assert [row[0].text for row in body] == [row.name for row in made.variants]
    for row, cells in zip(made.variants, body):
        for column, cell in zip(COMPARISON, cells[1:]):
            assert cell.text.removesuffix(", best") == plain(column.text(column.value(row)))


def plain(markdown_text: str) -> str:
    return str(inline(markdown_text).striptags())


def test_rows_are_sorted_by_raw_values():
    made = ladder_of_seven()
    (table,) = tables(element(render(made)), "All variants")
    head, *body = rows(table)
    for place, column in enumerate(COMPARISON, start=1):
        values = [column.value(row) for row in made.variants]
        keys = [row[place].attributes.get("data-key") for row in body]
        assert [key is None for key in keys] == [value is None for value in values]
        if head[place].attributes["data-sorts"] == "number":
            told = [float(key) for key in keys if key is not None]
            assert told == [value for value in values if value is not None]


def test_a_number_that_is_none_sorts_with_the_missing_ones():
    broken = measured("fat", None, "", 100, 1000, 10).model_copy(
        update={"verification": ladder_of_seven().variants[0].verification}
    )
    checked = broken.verification
    assert checked is not None
    pictures = tuple(one.model_copy(update={"max_abs_diff": math.inf}) for one in checked.pictures)
    verification = checked.model_copy(update={"pictures": pictures})
    made = record(broken.model_copy(update={"verification": verification}))
    (table,) = tables(element(render(made)), "What was verified")
    place = [cell.text for cell in rows(table)[0]].index("max abs diff")
    assert "data-key" not in rows(table)[1][place].attributes


def test_the_best_are_marked_for_those_who_see_no_bold():
    made = full_record()
    verdicts = judge(made, [column for column in COMPARISON if column.spread is not None])
    (table,) = tables(element(render(made)), "All variants")
    _, *body = rows(table)
    marked = 0
    for place, column in enumerate(COMPARISON, start=1):
        names = best(column, made.variants, verdicts)
        told = {row[0].text for row in body if row[place].text.endswith(", best")}
        assert told == names
        marked += len(names)
    assert marked


def test_every_pair_has_its_verdict():
    made = full_record()
    (table,) = tables(element(render(made)), "Every pair of variants: cold start")
    classes = [cell.attributes.get("class", "") for row in rows(table)[1:] for cell in row[1:]]
    assert classes == ["pair same", "", "pair faster", "pair faster"]
    assert [row[0].text for row in rows(table)[1:]] == ["slim", "onnx"]


def test_an_image_is_told_in_layers_packages_categories_and_hints():
    facts = full()
    root = element(render(inspected()))
    (image,) = [one for one in root.all("details") if one.attributes.get("id") == "image-fat"]
    topics = {one.children[0].text.split("  ")[0] for one in image.all("details")}
    told = image.text
    assert any(topic.startswith("Layers") for topic in topics)
    for layer in facts.layers:
        assert short_step(layer.created_by) in told
    for owner in facts.owners:
        assert owner.name in told
    for tool in facts.tools:
        assert tool.name in told
    for node in facts.tree.children:
        assert node.name in told or not node.files
    for hint in facts.hints:
        assert hint.title in told
        assert all(line in told for line in hint.dockerfile.splitlines())
    links = [one for one in root.all("a") if one.attributes["href"] == "#image-fat"]
    assert [link.text for link in links[:1]] == ["fat"]
    assert len(links) > 1


def test_the_sections_are_those_of_the_markdown():
    made = ladder_of_seven()
    written = [line[3:] for line in markdown.render(made).splitlines() if line.startswith("## ")]
    shown = [one.text for one in element(render(made)).all("h2")]
    assert [title for title in shown if title != "Every image in detail"] == [
        plain(title) for title in written
    ]


def test_the_pictures_are_part_of_the_page():
    titles = [one.children[0].text for one in element(render(inspected())).all("svg")]
    assert len(titles) >= 3
    assert all(titles)


def test_links_to_neighbouring_files_are_words():
    assert "docs/measurement.md" in element(render(full_record())).text
    assert inline("[x](../../docs/x.md), [y](https://x.example)") == "x, y"
    assert inline("[x](#imports)") == '<a href="#imports">x</a>'


def test_the_same_record_gives_the_same_bytes():
    assert render(inspected()) == render(inspected().model_copy(deep=True))


@pytest.mark.parametrize("name", POISONS)
@pytest.mark.parametrize("page", ["inspected", "every state", "services", "trainings"])
def test_hostile_text_is_text(name: str, page: str):
    sound, ill = PAGES[page](), poisoned(PAGES[page](), POISONS[name])
    root = element(render(ill))
    check_structure(root)
    kinds = {one.name for one in element(render(sound)).all()}
    assert {one.name for one in root.all()} <= kinds
    assert len(list(root.all("script"))) == 1
    if "alert" in POISONS[name]:
        assert root.text.count("<script>alert(1)</script>") > 50
    if name == "jinja":
        assert "{{ 7 * 7 }}" in root.text
    shown = render(ill).encode().decode()  # a lone surrogate couldn't be written
    assert not set(shown) & set("\x00\x1b")


@settings(deadline=None, max_examples=20)
@given(records)
def test_any_record_gives_a_well_formed_page(made: Record):
    drawn = [Picture(name, name, name, "<svg></svg>") for name in NAMES]  # drawing takes seconds
    check_structure(element(render(made, drawn)))


def test_tables_of_a_section_have_captions_of_their_own():
    captions = Captions("Imports")
    made = blocks("| a | b |\n|:--|--:|\n| 1 | 2 |\n\n| a |\n|:--|\n| 1 |", captions)
    assert [one.text for one in element(made).all("caption")] == ["Imports", "Imports, 2"]


def test_places_are_words_and_unique():
    places = Places(("content",))
    told = [places.another(words) for words in ("Content", "a B/c", "a b-c", "<>", "")]
    assert told == ["content-2", "a-b-c", "a-b-c-2", "place", "place-2"]
