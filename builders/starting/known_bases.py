"""Bases that a Dockerfile may begin from and that can be had without a registry, too.

Their digests and recipes are those of slimbench's own matrix, so that the images are shared.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Optional

_FULL = "python:3.11-bookworm"
_SLIM = "python:3.11-slim-bookworm"
_REPOSITORY = "docker.io/library"
_KNOWN = {
    "python:3.11": _FULL,
    _FULL: _FULL,
    "python:3.11-slim": _SLIM,
    _SLIM: _SLIM,
}
_PINNED = re.compile(r"[\w./:-]+@sha256:[0-9a-f]{64}", re.ASCII)
_TEXTS = {
    _FULL: """\
  full: # Python with compilers and what one has at hand while developing
    registry: docker.io/library/python:3.11-bookworm@sha256:94c2dca43c9c127e42dfd021039cc83d8399752097612b49bdc7b00716b6d826
    bootstrap:
      suite: bookworm
      variant: minbase
      packages: [python3, python3-venv, python3-dev, ca-certificates, git, gcc, g++, make, curl, wget, vim, less, procps]
""",  # noqa: E501
    _SLIM: """\
  slim: # Python and little else
    registry: docker.io/library/python:3.11-slim-bookworm@sha256:a36c24f9cbdf4fd0f52d67f0823eeac19c2028c637cecc392d97f980d4fec56b
    bootstrap:
      suite: bookworm
      variant: minbase
      packages: [python3, python3-venv, ca-certificates]
      exclude: [/usr/share/doc/*, /usr/share/man/*, /usr/share/locale/*, /usr/share/info/*]
""",  # noqa: E501
}


@dataclass(frozen=True)
class KnownBase:
    """An entry of `bases`; `text` is its YAML, indented by two."""

    name: str
    text: str


def known_base(image: str) -> Optional[KnownBase]:
    """The entry for an image that a FROM names, or None where a matrix can't name it.

    It can where the image is pinned by digest, or is one that slimbench pins and can make.
    """
    whole = _with_host(image)
    named = whole.removeprefix(f"{_REPOSITORY}/")
    known = _KNOWN.get(named.split("@", maxsplit=1)[0])
    if known and ("@" not in named or whole in _TEXTS[known]):
        return KnownBase("full" if known == _FULL else "slim", _TEXTS[known])
    if not _PINNED.fullmatch(whole):
        return None
    digest = whole.rsplit(":", 1)[1]
    repository = re.sub(r"[^a-z0-9]+", "-", whole.split("@")[0].rsplit("/", 1)[-1].lower())
    name = f"{repository.strip('-')[:40].strip('-') or 'base'}-{digest[:8]}"
    return KnownBase(name, f"  {name}:\n    registry: {whole}\n")


def _with_host(image: str) -> str:
    """The image's whole name: what names no host is the usual registry's."""
    first, has_more, _ = image.partition("/")
    if has_more and (set(first) & set(".:") or first == "localhost"):
        return image
    return f"docker.io/{image}" if has_more else f"{_REPOSITORY}/{image}"
