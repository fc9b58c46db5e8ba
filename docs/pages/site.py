"""What mkdocs asks for while it builds the site: links of the repository become links of the site.

A page links as GitHub reads it, from its place in the repository. Within the site a link to a page
that is copied into it is kept, and one to any other file is shown as the path that it names: the
site is no copy of the repository, and doesn't know where that is.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[2]
COPIED = ("CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "reports/published/*.md")
PICTURES = ("reports/published/**/*.svg",)
_LINK = re.compile(r"(?P<image>!?)\[(?P<text>(?:[^\]\\`]|\\.|`[^`]*`)*)\]\((?P<to>[^)\s]+)\)")
_FENCE = re.compile(r"^(```|~~~)")


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Copy what stands outside docs/ and is read by people, under its own path."""
    for path in copied(ROOT):
        name = path.relative_to(ROOT).as_posix()
        files.append(File.generated(config, name, abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, *, page: Page, files: Files, **_: Any) -> str:
    """The page with the site's links."""
    source = page.file.src_uri
    is_copied = source in {path.relative_to(ROOT).as_posix() for path in copied(ROOT)}
    known = frozenset(file.src_uri for file in files)
    return linked(markdown, source if is_copied else f"docs/{source}", source, known)


def copied(root: Path) -> Iterator[Path]:
    """Files outside docs/ that the site has too."""
    for pattern in (*COPIED, *PICTURES):
        yield from sorted(root.glob(pattern))


def linked(markdown: str, path: str, source: str, known: frozenset[str]) -> str:
    """Markdown whose relative links are the site's.

    Args:
        markdown: as it stands in the repository.
        path: the page's in the repository.
        source: the page's in the site.
        known: all paths in the site.
    """

    def replaced(found: re.Match[str]) -> str:
        to, hash_, anchor = found["to"].partition("#")
        if not to or ":" in to:
            return found[0]
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), to))
        in_site = _in_site(target)
        if in_site in known:
            shown = posixpath.relpath(in_site, posixpath.dirname(source) or ".")
            return f"{found['image']}[{found['text']}]({shown}{hash_}{anchor})"
        is_elsewhere = (ROOT / target).exists() and not target.startswith("docs/")
        return _named(found["text"], target) if is_elsewhere else found[0]

    lines, is_code = [], False
    for line in markdown.split("\n"):
        is_code ^= bool(_FENCE.match(line))
        lines.append(line if is_code or line.startswith("    ") else _LINK.sub(replaced, line))
    return "\n".join(lines)


def _in_site(target: str) -> str:
    if target in ("README.md", "."):
        return "index.md"
    return target[len("docs/") :] if target.startswith("docs/") else target


def _named(text: str, target: str) -> str:
    """Words, and the file that they stand for where they don't say it themselves."""
    return text if target in text else f"{text} (`{target}`)"
