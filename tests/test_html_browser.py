"""The HTML page in Debian's Chromium: from disk, by mouse and by keyboard, light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, expect
from poisoned_record import poisoned
from report_records import ladder_of_seven
from test_html_page import POISONS, inspected
from visits import Visit, visiting

from reports.column import Column
from reports.columns import COMPARISON
from reports.html.page import render
from reports.html.tables import sort_key

pytestmark = pytest.mark.process

NARROW = {"width": 400, "height": 800}
SERIOUS = {"serious", "critical"}
PUBLISHED = Path(__file__).parent.parent / "reports" / "published" / "comparison.html"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The published page, one with every state a variant can be in, and a hostile one."""
    folder = tmp_path_factory.mktemp("pages")
    made = {"every state": ladder_of_seven(), "hostile": poisoned(inspected(), POISONS["elements"])}
    found = {"published": PUBLISHED}
    for number, (name, record) in enumerate(made.items()):
        found[name] = folder / f"{number}.html"
        found[name].write_text(render(record), encoding="utf-8")
    return found


@pytest.fixture
def states(chromium: str, pages: dict[str, Path]) -> Iterator[Visit]:
    with visiting(chromium) as made:
        made.page.goto(pages["every state"].as_uri())
        yield made


def first_table(made: Visit) -> Locator:
    return made.page.locator("table.sortable").first


def shown_order(made: Visit) -> list[str]:
    return [text.strip() for text in first_table(made).locator("tbody th").all_inner_texts()]


def expected_order(column: Column, direction: str) -> list[str]:
    """By raw values; equal ones in the run's order, unknown ones last whichever way round."""
    rows = list(ladder_of_seven().variants)
    known = [row for row in rows if column.value(row) is not None]
    down = direction == "descending"
    ordered = sorted(known, key=lambda row: sort_key(column.value(row)), reverse=down)
    return [row.name for row in ordered] + [row.name for row in rows if row not in known]


@pytest.mark.parametrize("name", ["published", "every state", "hostile"])
def test_nothing_is_asked_for_and_nothing_complained_of(
    chromium: str, pages: dict[str, Path], name: str
):
    address = pages[name].as_uri()
    with visiting(chromium) as made:
        made.page.goto(address)
        made.page.wait_for_load_state("networkidle")
        for button in first_table(made).get_by_role("button").all():
            button.click()
        open_everything(made)
        assert made.requested == [address]
        assert made.failed == []
        assert made.complaints == []


def open_everything(made: Visit) -> None:
    """By the reader's own means, from the outer ones to the inner ones."""
    for level in ("main > section > details", "main > section > details > details"):
        for summary in made.page.locator(f"{level} > summary").all():
            summary.click()
    assert made.page.locator("details:not([open])").count() == 0


@pytest.mark.parametrize("column", COMPARISON, ids=lambda column: column.key)
def test_a_click_on_a_heading_sorts_by_raw_values(states: Visit, column: Column):
    before = shown_order(states)
    head = first_table(states).locator("thead th").nth(COMPARISON.index(column) + 1)
    assert head.get_attribute("aria-sort") is None
    for direction in ("ascending", "descending"):
        head.get_by_role("button").click()
        assert head.get_attribute("aria-sort") == direction
        assert shown_order(states) == expected_order(column, direction)
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") is None
    assert shown_order(states) == before


def test_the_keyboard_sorts_too_and_it_is_said(states: Visit):
    buttons = first_table(states).get_by_role("button")
    buttons.first.focus()
    while states.page.evaluate("document.activeElement.textContent") != "size, MB":
        states.page.keyboard.press("Tab")
    head = first_table(states).locator("th[data-sorts]", has_text="size, MB")
    for key, direction in (("Enter", "ascending"), ("Space", "descending")):
        states.page.keyboard.press(key)
        assert head.get_attribute("aria-sort") == direction
        expect(states.page.get_by_role("status")).to_have_text(f"Sorted by size, MB, {direction}")
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert states.page.evaluate(outline) == "solid"


def test_one_column_at_a_time_is_sorted(states: Visit):
    buttons = first_table(states).get_by_role("button")
    buttons.nth(1).click()
    buttons.nth(3).click()
    assert first_table(states).locator("[aria-sort]").count() == 1


def test_details_open_by_keyboard_and_by_link(chromium: str, pages: dict[str, Path]):
    with visiting(chromium) as made:
        made.page.goto(pages["published"].as_uri())
        image = made.page.locator("details.image").first
        image.locator("> summary").focus()
        made.page.keyboard.press("Enter")
        expect(image).to_have_attribute("open", "")
        made.page.keyboard.press("Tab")  # to the first topic
        made.page.keyboard.press("Space")
        expect(image.locator("details.topic").first).to_have_attribute("open", "")
        expect(image.locator("details.topic table").first).to_be_visible()
        first_table(made).locator("tbody a").last.click()
        expect(made.page.locator("details.image").last).to_have_attribute("open", "")


def test_the_first_tab_stop_leads_to_the_content(states: Visit):
    states.page.keyboard.press("Tab")
    expect(states.page.locator(":focus")).to_have_text("Skip to the content")
    states.page.keyboard.press("Enter")
    assert states.page.evaluate("document.activeElement.id") == "content"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1280])
def test_axe_finds_nothing_serious(chromium: str, pages: dict[str, Path], scheme: str, width: int):
    size = {"width": width, "height": 900}
    with visiting(chromium, color_scheme=scheme, viewport=size) as made:
        made.page.goto(pages["published"].as_uri())
        first_table(made).get_by_role("button").nth(3).click()
        made.page.locator("details.image > summary").last.click()  # the one with fewest packages
        for topic in made.page.locator("details.image[open] > details > summary").all():
            topic.click()
        found = Axe().run(made.page).response["violations"]
        assert found is not None
        serious = [one for one in found if one["impact"] in SERIOUS]
        assert [(one["id"], one["nodes"][0]["html"][:200]) for one in serious] == []


def test_dark_is_dark(chromium: str, pages: dict[str, Path]):
    colours = {}
    for scheme in ("light", "dark"):
        with visiting(chromium, color_scheme=scheme) as made:
            made.page.goto(pages["every state"].as_uri())
            script = "getComputedStyle(document.body).backgroundColor"
            colours[scheme] = made.page.evaluate(script)
    assert colours == {"light": "rgb(255, 255, 255)", "dark": "rgb(13, 17, 23)"}


def test_a_narrow_page_does_not_scroll_sideways(chromium: str, pages: dict[str, Path]):
    with visiting(chromium, viewport=NARROW) as made:
        made.page.goto(pages["published"].as_uri())
        open_everything(made)
        wide, shown = made.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert wide <= shown
        region = first_table(made).locator("xpath=..")
        assert region.evaluate("one => one.scrollWidth > one.clientWidth")
        region.focus()
        made.page.keyboard.press("ArrowRight")
        made.page.wait_for_function("one => one.scrollLeft > 0", arg=region.element_handle())


def test_without_scripts_all_is_there_but_sorting(chromium: str, pages: dict[str, Path]):
    with visiting(chromium, java_script_enabled=False) as made:
        made.page.goto(pages["published"].as_uri())
        assert first_table(made).get_by_role("button").count() == 0
        assert made.page.locator("main > section > h2").count() > 10
        summary = made.page.locator("details.image > summary").first
        summary.click()
        expect(made.page.locator("details.image").first.locator("dl").first).to_be_visible()


def test_axe_would_notice(chromium: str, tmp_path: Path):
    bad = tmp_path / "bad.html"
    bad.write_text(
        "<!doctype html><title>x</title><img src='data:,'><p style='color:#eee'>pale</p>"
    )
    with visiting(chromium) as made:
        made.page.goto(bad.as_uri())
        impacts = {one["impact"] for one in Axe().run(made.page).response["violations"]}
    assert impacts & SERIOUS
