"""The API page in Debian's Chromium: nothing comes from the internet, and /predict can be tried."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile_pictures import good
from playwright.sync_api import expect
from service_container import Launch, RunningService, service_container
from visits import Visit, visiting

from builders.engine import Engine

pytestmark = [pytest.mark.engine, pytest.mark.variants]


@pytest.fixture(scope="module")
def service(engine: Engine, session_labels: dict[str, str]) -> Iterator[RunningService]:
    with service_container(engine, session_labels, Launch()) as running:
        yield running


@pytest.fixture
def visit(chromium: str, service: RunningService) -> Iterator[Visit]:
    """A browser at the API page."""
    with visiting(chromium) as made:
        made.page.goto(f"{service.url}/docs")
        expect(made.page.locator(".opblock").first).to_be_visible()
        yield made


def test_the_page_shows_every_operation(visit: Visit, service: RunningService):
    shown = visit.page.locator(".opblock-summary-path").all_inner_texts()
    paths = {text.replace("\u200b", "") for text in shown}
    assert paths == set(service.json("/openapi.json")["paths"])
    assert visit.complaints == []


def test_nothing_comes_from_elsewhere(visit: Visit, service: RunningService):
    visit.page.wait_for_load_state("networkidle")
    asked = [url for url in visit.requested if not url.startswith("data:")]
    assert f"{service.url}/openapi.json" in asked
    assert [url for url in asked if not url.startswith(f"{service.url}/")] == []
    assert visit.failed == []
    assert visit.complaints == []


def test_predict_can_be_tried(visit: Visit, tmp_path: Path):
    picture = tmp_path / "picture.jpg"
    picture.write_bytes(good("JPEG", random.Random(1)))
    operation = visit.page.locator(".opblock-post", has_text="/predict")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.locator("input[type=file]").first.set_input_files(picture)
    operation.get_by_role("button", name="Execute").click()
    answer = operation.locator(".live-responses-table")
    expect(answer.locator(".response-col_status").nth(1)).to_contain_text("200")
    expect(answer).to_contain_text("class_id")
    assert visit.complaints == []
