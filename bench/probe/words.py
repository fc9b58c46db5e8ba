"""A command's words as what a probe needs, all checked before anything is sent."""

from __future__ import annotations

import ipaddress
import mimetypes
import os
from pathlib import Path
from typing import Optional
from urllib.parse import SplitResult, urlsplit

from bench.probe.client import Client, Part
from bench.probe.context import Context, Limits
from bench.probe.pictures import generated
from builders.errors import ConfigurationError

MAX_PICTURE_BYTES = 100_000_000
NONE = Limits()
EXAMPLE = "name it as in http://127.0.0.1:8000"


def context_of(
    url: str,
    image: Optional[Path] = None,
    token_env: Optional[str] = None,
    timeout_s: float = 10.0,
    limits: Limits = NONE,
) -> Context:
    """What the command's words ask for.

    Raises:
        ConfigurationError: the URL is none, the file can't be sent, or the variable holds no token.
    """
    client = Client(_address(url), timeout_s, _token(token_env))
    return Context(client, generated(0) if image is None else _picture(image), limits)


def exposes_token(context: Context) -> bool:
    """Whether the token would cross a network as plain text."""
    parts = urlsplit(context.client.address)
    return context.client.token is not None and parts.scheme == "http" and not _is_loopback(parts)


def _address(url: str) -> str:
    if "@" in url:  # not told again, as it may hold a password
        what, step = "the URL may hold a password, as it has an '@'", "name a token by --token-env"
        raise ConfigurationError(what, next_step=step)
    shown, parts = url.partition("?")[0], _split(url)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationError("this is no URL of a service", where=shown, next_step=EXAMPLE)
    if parts.query or parts.fragment or any(character.isspace() for character in url):
        what = "a service's URL has no query and no blank"
        raise ConfigurationError(what, where=shown, next_step=EXAMPLE)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def _split(url: str) -> Optional[SplitResult]:
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else None
    except ValueError:  # a port that is no number, a bracket without its other
        return None


def _is_loopback(parts: SplitResult) -> bool:
    host = str(parts.hostname)
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _token(variable: Optional[str]) -> Optional[str]:
    if variable is None:
        return None
    token = os.environ.get(variable, "").strip()
    if not token:
        what, step = "this variable is not set", "set it to the token, or leave --token-env out"
        raise ConfigurationError(what, where=variable, next_step=step)
    if not all("!" <= character <= "~" for character in token):
        what = "this variable holds no bearer token, which is one word of ASCII characters"
        raise ConfigurationError(what, where=variable)
    return token


def _picture(image: Path) -> Part:
    try:
        with image.open("rb") as file:
            content = file.read(MAX_PICTURE_BYTES + 1)
    except OSError as error:
        what = f"this picture can't be read: {error.strerror}"
        raise ConfigurationError(what, where=str(image)) from error
    if not content:
        raise ConfigurationError("this picture is empty", where=str(image))
    if len(content) > MAX_PICTURE_BYTES:
        what = f"this file has more than {MAX_PICTURE_BYTES // 1_000_000} MB"
        raise ConfigurationError(what, where=str(image), next_step="take a smaller picture")
    return Part(content, mimetypes.guess_type(image.name)[0] or "application/octet-stream")
