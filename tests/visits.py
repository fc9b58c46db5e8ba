"""Debian's Chromium at a page; whatever the page asks for or complains of is noted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page, expect, sync_playwright

OPTIONS = ("--no-sandbox", "--disable-dev-shm-usage")  # root has no sandbox
PATIENCE_MS = 60_000


@dataclass
class Visit:
    """A page, and what it did."""

    page: Page
    requested: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@contextmanager
def visiting(program: str, **context: Any) -> Iterator[Visit]:
    """A browser with an empty page.

    Args:
        program: Chromium's path.
        context: what the browser is told of its user, such as a colour scheme.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(OPTIONS))
        page = browser.new_page(**context)
        page.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        made = Visit(page)
        page.on("request", lambda one: made.requested.append(one.url))
        page.on("requestfailed", lambda one: made.failed.append(one.url))
        page.on("console", lambda one: _note(made, one))
        page.on("pageerror", lambda one: made.complaints.append(str(one)))
        try:
            yield made
        finally:
            browser.close()


def _note(visit: Visit, message: Any) -> None:
    if message.type == "error":  # Swagger UI warns of its own missing parts
        visit.complaints.append(message.text)
