"""`docker save` of several images in one archive, which the SDK offers for one alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

CHUNK_BYTES = 2 << 20


def saved_images(api: Any, images: Sequence[str]) -> Iterator[bytes]:
    """The archive in chunks (engine API: `GET /images/get`); a shared layer is in it once.

    Args:
        api: the SDK's low-level client; like its own `get_image`, this uses its private methods.
        images: ids or names.
    """
    url = api._url("/images/get")
    response = api._get(url, params={"names": list(images)}, stream=True)
    api._raise_for_status(response)
    try:
        yield from response.iter_content(CHUNK_BYTES)
    finally:
        response.close()
