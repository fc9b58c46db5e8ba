"""Which image an archive holds: `docker save` manifests and OCI image layouts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bench.inspection.archive_stream import broken

Documents = Mapping[str, bytes]  # member name to content


def configuration(documents: Documents, where: str) -> bytes:
    """The configuration of the one image in the archive.

    Raises:
        EngineError: there is none, or there are several.
    """
    names = _docker_configs(documents, where) or _oci_configs(documents, where)
    if len(set(names)) != 1:
        raise broken(f"the archive holds {len(set(names))} images, not one", where)
    return _document(documents, names[0], where)


def configurations(documents: Documents, where: str) -> tuple[bytes, ...]:
    """The configurations of all images in an engine's archive."""
    names = _docker_configs(documents, where) or _oci_configs(documents, where)
    return tuple(_document(documents, name, where) for name in dict.fromkeys(names))


def _docker_configs(documents: Documents, where: str) -> list[str]:
    if "manifest.json" not in documents:
        return []
    return [entry["Config"] for entry in _json(documents, "manifest.json", where)]


def _oci_configs(documents: Documents, where: str) -> list[str]:
    found = []
    for descriptor in _json(documents, "index.json", where)["manifests"]:
        manifest = _json(documents, _blob(descriptor), where)
        found.append(_blob(manifest["config"]))
    return found


def _blob(descriptor: Mapping[str, Any]) -> str:
    return "blobs/" + str(descriptor["digest"]).replace(":", "/")


def _document(documents: Documents, name: str, where: str) -> bytes:
    if name not in documents:
        raise broken(f"the archive lacks {name}", where)
    return documents[name]


def _json(documents: Documents, name: str, where: str) -> Any:
    try:
        return json.loads(_document(documents, name, where))
    except ValueError as error:
        raise broken(f"{name} can't be read ({error})", where) from error
