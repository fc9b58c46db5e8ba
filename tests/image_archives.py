"""Archives as other tools write them: OCI layouts of one or more platforms, compressed ones."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Optional

import zstandard
from layer_archives import files
from saved_images import Content, layer

INDEX_TYPE = "application/vnd.oci.image.index.v1+json"
MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar"


class Layout:
    """An OCI image layout in the making."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}

    def blob(self, data: bytes, media_type: str, **more: Any) -> dict[str, Any]:
        """Keep it; its descriptor."""
        digest = hashlib.sha256(data).hexdigest()
        self.blobs[f"blobs/sha256/{digest}"] = data
        descriptor = {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(data)}
        return {**descriptor, **more}

    def json(self, document: object, media_type: str, **more: Any) -> dict[str, Any]:
        return self.blob(json.dumps(document).encode(), media_type, **more)

    def image(
        self,
        *layers: Mapping[str, Content],
        platform: str = "linux/amd64",
        pack: Callable[[bytes], bytes] = bytes,
        **more: Any,
    ) -> dict[str, Any]:
        """An image's manifest, with its layers packed so."""
        plain = [layer(paths) for paths in layers]
        parts = dict(zip(("os", "architecture", "variant"), platform.split("/")))
        config = {**parts, "config": {}, "rootfs": {"type": "layers", "diff_ids": ids(plain)}}
        manifest = {
            "schemaVersion": 2,
            "config": self.json(config, CONFIG_TYPE),
            "layers": [self.blob(pack(one), LAYER_TYPE) for one in plain],
        }
        return self.json(manifest, MANIFEST_TYPE, platform=parts, **more)

    def attestation(self) -> dict[str, Any]:
        """As buildx puts beside an image."""
        statement = self.blob(b'{"_type": "in-toto"}', "application/vnd.in-toto+json")
        unknown = {"os": "unknown", "architecture": "unknown"}
        config = self.json({**unknown, "rootfs": {"diff_ids": []}}, CONFIG_TYPE)
        manifest = {"schemaVersion": 2, "config": config, "layers": [statement]}
        return self.json(manifest, MANIFEST_TYPE, platform=unknown)

    def index(self, *descriptors: Mapping[str, Any]) -> dict[str, Any]:
        """A nested index."""
        return self.json({"schemaVersion": 2, "manifests": list(descriptors)}, INDEX_TYPE)

    def archive(
        self, *descriptors: Mapping[str, Any], more: Optional[Mapping[str, bytes]] = None
    ) -> bytes:
        """The archive with these in its index."""
        index = json.dumps({"schemaVersion": 2, "manifests": list(descriptors)}).encode()
        version = b'{"imageLayoutVersion": "1.0.0"}'
        named = {**self.blobs, "index.json": index, "oci-layout": version, **(more or {})}
        return files(named)


def ids(layers: Sequence[bytes]) -> list[str]:
    return [f"sha256:{hashlib.sha256(one).hexdigest()}" for one in layers]


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


def zstd_frames(data: bytes) -> bytes:
    """Several frames, a skippable one first (as eStargz and zstd:chunked have them)."""
    half = len(data) // 2
    return b"\x50\x2a\x4d\x18\4\0\0\0skip" + zstd(data[:half]) + zstd(data[half:])
