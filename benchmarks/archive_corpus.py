"""Small images with something of all that the inspection reads, as drafts that can be spoiled."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import zstandard

from benchmarks.corpus_files import ABOVE, BELOW, ODD

Change = Callable[[str, bytes], bytes]  # of a document, by its name
Pack = Callable[[bytes], bytes]

_SETTINGS: Mapping[str, object] = {
    "User": "",
    "Env": ["PATH=/usr/local/bin:/usr/bin:/bin", "API_TOKEN=abcdef0123456789abcdef"],
    "Entrypoint": ["python3", "-m", "app"],
    "Cmd": None,
    "WorkingDir": "/app",
    "ExposedPorts": {"8080/tcp": {}},
    "Volumes": {"/data": {}},
    "Labels": {"org.opencontainers.image.base.name": "python:latest"},
}
_STEPS = ("ADD rootfs.tar /", "RUN apt-get install -y bash && pip install demo", "COPY . /app")


@dataclass
class Draft:
    """An image that isn't packed yet; the digests are computed when it is."""

    layers: list[bytes]
    layout: bool
    pack: Pack
    whole: Pack

    def packed(self, change: Change) -> bytes:
        """The archive, with its documents changed so."""
        diff_ids = [_digest(layer) for layer in self.layers]
        history = [{"created_by": step} for step in _STEPS[: len(diff_ids)]]
        config = {
            "architecture": "amd64",
            "os": "linux",
            "config": _SETTINGS,
            "history": history,
            "rootfs": {"type": "layers", "diff_ids": diff_ids},
        }
        text = change("config", json.dumps(config).encode())
        named = self._layout(text, change) if self.layout else self._saved(text, change)
        return self.whole(archive(named))

    def _saved(self, config: bytes, change: Change) -> dict[str, bytes]:
        layers = {f"{number}/layer.tar": layer for number, layer in enumerate(self.layers)}
        line = {"Config": "c.json", "RepoTags": ["demo:1"], "Layers": list(layers)}
        manifest = change("manifest", json.dumps([line]).encode())
        return {"c.json": config, **layers, "manifest.json": manifest}

    def _layout(self, config: bytes, change: Change) -> dict[str, bytes]:
        blobs = {_blob(packed): packed for packed in map(self.pack, self.layers)}
        layers = [_descriptor(blob) for blob in blobs.values()]
        manifest = {"schemaVersion": 2, "config": _descriptor(config), "layers": layers}
        text = change("manifest", json.dumps(manifest).encode())
        platform = {"os": "linux", "architecture": "amd64"}
        inner = _index({**_descriptor(text), "platform": platform})
        nested = change("nested", inner)
        blobs.update({_blob(document): document for document in (config, text, nested)})
        return {**blobs, "index.json": change("index", _index(_descriptor(nested)))}


def drafts() -> tuple[Draft, ...]:
    """Every form that archives have."""
    zstd: Pack = zstandard.ZstdCompressor().compress
    gz: Pack = _gzip
    layers = [_layer(BELOW, tarfile.PAX_FORMAT), _odd_layer(), _layer(ABOVE, tarfile.GNU_FORMAT)]
    packs: tuple[Pack, ...] = (bytes, gz, zstd)
    saved = (Draft(layers, layout=False, pack=bytes, whole=whole) for whole in packs)
    layouts = (Draft(layers, layout=True, pack=pack, whole=bytes) for pack in packs)
    return (*saved, *layouts)


def archive(named: Mapping[str, bytes]) -> bytes:
    """A tar archive of these files."""
    return _layer(named, tarfile.GNU_FORMAT)


def _layer(named: Mapping[str, bytes | str], form: int) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=form) as tar:
        for name, content in named.items():
            data = content.encode() if isinstance(content, str) else content
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(data), 0o755 if "bin/" in name else 0o644
            tar.addfile(member, io.BytesIO(data))
    return packed.getvalue()


def _odd_layer() -> bytes:
    """Links, devices, sparse files of three kinds, capabilities, long and strange names."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, kind, more in ODD:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, str(more.get("target", ""))
            member.mode = int(more.get("mode", 0o777))
            content = more.get("content", b"")
            member.size, member.pax_headers = len(content), dict(more.get("pax", {}))
            tar.addfile(member, io.BytesIO(content))
    sparse = bytearray(tarfile.TarInfo("gnu-sparse").tobuf(tarfile.GNU_FORMAT))
    sparse[156:157], sparse[483:495] = b"S", b"00000100000\0"
    return summed(sparse) + packed.getvalue()


def summed(header: bytearray) -> bytes:
    """A header block with the checksum that fits it."""
    blank = header[:148] + b" " * 8 + header[156:]
    return bytes(blank[:148] + b"%06o\0 " % sum(blank) + blank[156:])


def _gzip(data: bytes) -> bytes:
    return gzip.compress(data, 1, mtime=0)


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _blob(data: bytes) -> str:
    return "blobs/" + _digest(data).replace(":", "/")


def _descriptor(data: bytes) -> dict[str, object]:
    return {"digest": _digest(data), "size": len(data)}


def _index(descriptor: Mapping[str, object]) -> bytes:
    return json.dumps({"schemaVersion": 2, "manifests": [descriptor]}).encode()
