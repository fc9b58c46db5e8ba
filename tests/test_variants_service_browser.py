"""The API page in Debian's Chromium: nothing comes from the internet, and /predict can be tried."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hostile_pictures import good
from playwright.sync_api import Page, expect, sync_playwright
from service_container import Launch, RunningService, service_container

from builders.engine import Engine

pytestmark = [pytest.mark.engine, pytest.mark.variants]

PROGRAM = "chromium"
OPTIONS = ("--no-sandbox", "--disable-dev-shm-usage")  # root has no sandbox
PATIENCE_MS = 60_000


@dataclass
class Visit:
    """A page, and what it did."""

    page: Page
    requested: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def chromium() -> str:
    """Without it the tests are skipped, and fail when CI=true."""
    found = shutil.which(PROGRAM)
    if found is None and os.environ.get("CI") == "true":
        pytest.fail(f"needs Debian's Chromium: apt-get install {PROGRAM}")
    if found is None:
        pytest.skip(f"needs Debian's Chromium: apt-get install {PROGRAM}")
    return found


@pytest.fixture(scope="module")
def service(engine: Engine, session_labels: dict[str, str]) -> Iterator[RunningService]:
    with service_container(engine, session_labels, Launch()) as running:
        yield running


@pytest.fixture
def visit(chromium: str, service: RunningService) -> Iterator[Visit]:
    """A browser at the API page; whatever it asks for or complains of is noted."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(OPTIONS))
        page = browser.new_page()
        page.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        made = Visit(page)
        page.on("request", lambda one: made.requested.append(one.url))
        page.on("requestfailed", lambda one: made.failed.append(one.url))
        page.on("console", lambda one: _note(made, one))
        page.on("pageerror", lambda one: made.complaints.append(str(one)))
        page.goto(f"{service.url}/docs")
        expect(page.locator(".opblock").first).to_be_visible()
        yield made
        browser.close()


def _note(visit: Visit, message: Any) -> None:
    if message.type == "error":  # Swagger UI warns of its own missing parts
        visit.complaints.append(message.text)


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
