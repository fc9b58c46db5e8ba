"""The site of docs/: its links hold there and in the repository, and it asks nobody else."""

from __future__ import annotations

import functools
import http.server
import logging
import os
import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from playwright.sync_api import sync_playwright

from docs.pages.site import copied, linked

ROOT = Path(__file__).parents[1]
PROGRAM = "chromium"
KNOWN = frozenset({"index.md", "report.md", "reference/record.md", "reports/published/x.md"})


@pytest.mark.parametrize(
    ("markdown", "path", "shown"),
    [
        ("[a](report.md#b)", "docs/index.md", "[a](report.md#b)"),
        ("[a](../report.md)", "docs/reference/record.md", "[a](../report.md)"),
        ("[a](../reports/published/x.md)", "docs/index.md", "[a](reports/published/x.md)"),
        ("[a](../../docs/report.md)", "reports/published/x.md", "[a](../../report.md)"),
        ("[a](../README.md)", "docs/report.md", "[a](index.md)"),
        ("[a](https://example.org/)", "docs/report.md", "[a](https://example.org/)"),
        ("[a](#b)", "docs/report.md", "[a](#b)"),
        ("[bench](../bench/run.py)", "docs/report.md", "bench (`bench/run.py`)"),
        ("[`bench/run.py`](../bench/run.py)", "docs/report.md", "`bench/run.py`"),
        ("[a](missing.md)", "docs/report.md", "[a](missing.md)"),
        ("[a](../missing.py)", "docs/report.md", "[a](../missing.py)"),
        ("    [a](../bench/run.py)", "docs/report.md", "    [a](../bench/run.py)"),
        ("```\n[a](../bench)\n```", "docs/report.md", "```\n[a](../bench)\n```"),
    ],
)
def test_a_link_of_the_repository_becomes_one_of_the_site(
    markdown: str, path: str, shown: str
) -> None:
    source = path[len("docs/") :] if path.startswith("docs/") else path
    assert linked(markdown, path, source, KNOWN) == shown


def markdown_files() -> list[Path]:
    pages = [path for path in copied(ROOT) if path.suffix == ".md"]
    return [*ROOT.glob("*.md"), *sorted(ROOT.glob("docs/**/*.md")), *pages]


@pytest.mark.parametrize("path", markdown_files(), ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_link_holds_in_the_repository(path: Path) -> None:
    text = re.sub(r"^(```|~~~).*?^\1", "", path.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    targets = re.findall(r"(?<!`)\]\(([^)\s#]+)(?:#[^)\s]*)?\)", text)
    relative = [target for target in targets if ":" not in target]
    assert [target for target in relative if not (path.parent / target).exists()] == []


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built strictly: any warning ends it."""
    folder = tmp_path_factory.mktemp("site")
    config = load_config(str(ROOT / "mkdocs.yml"), site_dir=str(folder), strict=True)
    logging.getLogger("mkdocs").setLevel(logging.WARNING)
    build(config)
    return folder


def test_every_page_of_docs_is_on_the_site(site: Path) -> None:
    pages = {path.relative_to(ROOT / "docs") for path in ROOT.glob("docs/**/*.md")}
    assert len(pages) > 20
    assert [page for page in pages if not (site / page).with_suffix(".html").is_file()] == []
    assert not (site / "pages").exists()


def test_the_built_pages_name_no_other_host(site: Path) -> None:
    """Nothing that a browser fetches by itself: scripts, styles, pictures, fonts."""
    fetched = re.compile(
        r"<(?:script|img|link|iframe|source)\b[^>]*?(?:src|href)=\"?(https?:[^\" >]+)"
    )
    pages = sorted(site.rglob("*.html"))
    found = {(page.name, url) for page in pages for url in fetched.findall(page.read_text("utf-8"))}
    assert found == set()


@pytest.fixture
def served(site: Path) -> Iterator[str]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *words: object) -> None:
            pass

    handler = functools.partial(Quiet, directory=str(site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def chromium() -> str:
    """Without it the tests are skipped, and fail where .ci/run or nox asks for it."""
    found = shutil.which(PROGRAM)
    if found is None and os.environ.get("CI") == "true":
        pytest.fail(f"needs Debian's Chromium: apt-get install {PROGRAM}")
    if found is None:
        pytest.skip(f"needs Debian's Chromium: apt-get install {PROGRAM}")
    return found


@pytest.mark.process
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_asks_nobody_else_and_finds_what_is_searched(
    chromium: str, served: str, scheme: str
) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(color_scheme=scheme)
        asked: list[str] = []
        complaints: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(f"{message.type} {message.text}"))
        for name in ("index", "matrix", "reference/commands", "reference/record"):
            page.goto(f"{served}/{name}.html", wait_until="networkidle")
            assert page.locator("h1").first.inner_text().strip("¶")
        page.click("input[name=query]")
        page.keyboard.type("exit codes")
        page.wait_for_selector(
            "a.md-search-result__link[href*='exit-codes.html']", state="attached"
        )
        browser.close()
    assert [url for url in asked if not url.startswith((served, "data:", "blob:"))] == []
    assert [one for one in complaints if one.startswith("error")] == []
