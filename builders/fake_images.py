"""Images of the in-memory engine: values with real layer archives, so that saves are honest."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from builders.engine import HistoryEntry, ImageInfo


@dataclass(frozen=True)
class FakeImage:
    """An image without its names, which the engine keeps apart."""

    layers: tuple[bytes, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    environment: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] = ()
    user: str = ""
    more: Mapping[str, object] = field(default_factory=dict)  # other keys of the configuration

    @property
    def diff_ids(self) -> tuple[str, ...]:
        """Digests of the layer archives, lowest first."""
        return tuple(sha256(layer) for layer in self.layers)

    @property
    def image_id(self) -> str:
        """Digest of the configuration: the same content is the same image."""
        return sha256(self.configuration())

    def configuration(self) -> bytes:
        """The image's configuration file (OCI image specification, "image configuration")."""
        config = {
            "Labels": dict(self.labels),
            "Env": list(self.environment),
            "Entrypoint": list(self.entrypoint),
            "User": self.user,
            **self.more,
        }
        history = [
            {"created_by": entry.created_by, "empty_layer": entry.empty} for entry in self.history
        ]
        rootfs = {"type": "layers", "diff_ids": list(self.diff_ids)}
        document = {
            "architecture": "amd64",
            "os": "linux",
            "config": config,
            "history": history,
            "rootfs": rootfs,
        }
        return json.dumps(document, sort_keys=True).encode()

    def described(self, tags: Sequence[str], repo_digests: Sequence[str]) -> ImageInfo:
        """The image under these names."""
        return ImageInfo(
            image_id=self.image_id,
            tags=tuple(tags),
            repo_digests=tuple(repo_digests),
            diff_ids=self.diff_ids,
            history=self.history,
            labels=dict(self.labels),
            environment=self.environment,
            entrypoint=self.entrypoint,
            user=self.user,
            engine_size_bytes=sum(len(layer) for layer in self.layers),
        )

    def layer_sizes(self) -> dict[tuple[str, ...], int]:
        """Bytes of each layer, keyed by all digests up to its own."""
        diff_ids = self.diff_ids
        return {diff_ids[: n + 1]: len(layer) for n, layer in enumerate(self.layers)}

    def manifest(self, tags: Sequence[str]) -> dict[str, object]:
        """Its entry in the manifest of a `docker save` archive."""
        return {
            "Config": _config_name(self),
            "RepoTags": list(tags),
            "Layers": [_layer_name(digest) for digest in self.diff_ids],
        }


def saved(images: Sequence[tuple[FakeImage, Sequence[str]]]) -> bytes:
    """A `docker save` archive of images and their tags; a shared layer is in it once."""
    layers = {sha256(layer): layer for image, _ in images for layer in image.layers}
    manifest = [image.manifest(tags) for image, tags in images]
    return archive(
        {
            **{_layer_name(digest): layer for digest, layer in layers.items()},
            **{_config_name(image): image.configuration() for image, _ in images},
            "manifest.json": json.dumps(manifest).encode(),
        }
    )


def _config_name(image: FakeImage) -> str:
    return image.image_id.split(":")[1] + ".json"


def _layer_name(digest: str) -> str:
    return digest.split(":")[1] + "/layer.tar"


def archive(files: Mapping[str, bytes]) -> bytes:
    """A tar archive of these files, with neutral owners and times."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def sha256(content: bytes) -> str:
    """`sha256:` and the digest in hexadecimal."""
    return "sha256:" + hashlib.sha256(content).hexdigest()
