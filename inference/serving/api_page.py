"""The page at /docs: Swagger UI, whose files come from a package of the image."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from fastapi import FastAPI, Response
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import StreamingResponse

from inference import protocol
from inference.serving.refusals import Refusal

PACKAGE = "fastapi_offline"
FILES = {
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "swagger-ui.css": "text/css; charset=utf-8",
}
CACHED = {"Cache-Control": "public, max-age=86400"}
NO_ICON = "data:,"
PIECE_BYTES = 65_536


def add_api_page(app: FastAPI) -> None:
    """The page and its two files; they are no part of the API."""

    @app.get("/docs", include_in_schema=False)
    async def page() -> Response:
        return get_swagger_ui_html(
            openapi_url="openapi.json",
            title="slimbench",
            swagger_js_url="docs/swagger-ui-bundle.js",
            swagger_css_url="docs/swagger-ui.css",
            swagger_favicon_url=NO_ICON,
            swagger_ui_parameters={"validatorUrl": None},  # else it asks a server on the internet
        )

    @app.get("/docs/{name}", include_in_schema=False)
    async def file(name: str) -> Response:
        if name not in FILES:
            raise Refusal(protocol.NOT_FOUND, "there is no such path")
        content = _content(name)
        headers = {**CACHED, "Content-Length": str(len(content))}
        return StreamingResponse(_pieces(content), headers=headers, media_type=FILES[name])


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    """So that a client that doesn't read takes the memory of one piece, not of the whole."""
    for start in range(0, len(content), PIECE_BYTES):
        yield content[start : start + PIECE_BYTES]


@lru_cache(maxsize=len(FILES))
def _content(name: str) -> bytes:
    return (_folder() / name).read_bytes()


def _folder() -> Path:
    """Where the package keeps them; it is not imported, only looked for."""
    found = find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise Refusal(protocol.NOT_FOUND, "this image has no API page")
    return Path(found.submodule_search_locations[0]) / "static"
