"""What a registry on loopback holds of an image: its layers as they are stored, and sent."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from contextlib import closing

from builders.errors import RegistryFailed

ACCEPTED = (
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
)
TIMEOUT_S = 30


def stored_layers(name: str) -> Mapping[str, int]:
    """Digest and compressed bytes of each layer of `ADDRESS/REPOSITORY:VERSION`, lowest first.

    A layer that stands twice in the image is in it once, as it is sent once.
    Source: OCI distribution specification, pulling manifests; image manifest, `layers`.

    Raises:
        RegistryFailed: the registry answers otherwise.
    """
    address, _, path = name.partition("/")
    repository, _, version = path.rpartition(":")
    found = _manifest(address, f"/v2/{repository}/manifests/{version}", name)
    try:
        return {layer["digest"]: int(layer["size"]) for layer in json.loads(found)["layers"]}
    except (ValueError, KeyError, TypeError) as error:
        raise RegistryFailed("the registry sent no manifest of one image", where=name) from error


def _manifest(address: str, path: str, name: str) -> bytes:
    try:
        with closing(http.client.HTTPConnection(address, timeout=TIMEOUT_S)) as connection:
            connection.request("GET", path, headers={"Accept": ", ".join(ACCEPTED)})
            answer = connection.getresponse()
            if answer.status == http.client.OK:
                return answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise RegistryFailed(f"the registry doesn't answer: {error}", where=name) from error
    raise RegistryFailed(f"the registry answered {answer.status} {answer.reason}", where=name)
