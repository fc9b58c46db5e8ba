"""Tar archives for the tests of layers: as engines save them, and members as images hold them."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Iterable, Iterator


def tar_of(*members: tarfile.TarInfo, contents: Iterable[bytes] = ()) -> bytes:
    packed = io.BytesIO()
    data = iter(contents)
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for member in members:
            tar.addfile(member, io.BytesIO(next(data)) if member.size else None)
    return packed.getvalue()


def program(path: str, mode: int = 0o755) -> tarfile.TarInfo:
    member = tarfile.TarInfo(path)
    member.mode = mode
    return member


def link(path: str, target: str, *, hard: bool = False) -> tarfile.TarInfo:
    member = program(path)
    member.type = tarfile.LNKTYPE if hard else tarfile.SYMTYPE
    member.linkname = target
    return member


def folder(path: str) -> tarfile.TarInfo:
    member = program(path)
    member.type = tarfile.DIRTYPE
    return member


def digest(layer: bytes) -> str:
    return f"sha256:{hashlib.sha256(layer).hexdigest()}"


def files(named: dict[str, bytes]) -> bytes:
    members = [program(name, 0o644) for name in named]
    for member, content in zip(members, named.values()):
        member.size = len(content)
    return tar_of(*members, contents=[content for content in named.values() if content])


def old_style(*layers: bytes) -> bytes:
    """As Engine 20.10 writes it: the configuration and the manifest come where they will."""
    named = {f"{n:064x}/layer.tar": layer for n, layer in enumerate(layers)}
    config = json.dumps({"rootfs": {"diff_ids": [digest(layer) for layer in layers]}}).encode()
    return files({"0" * 63 + "a.json": config, **named, "manifest.json": b"[{}]"})


def oci_layout(*layers: bytes, compressed: bool = False) -> bytes:
    blobs = [gzip.compress(layer) if compressed else layer for layer in layers]
    named = {f"blobs/sha256/{hashlib.sha256(blob).hexdigest()}": blob for blob in blobs}
    config = {"blobs/sha256/" + "c" * 64: b'{"config": {}}'}
    return files({**config, **named, "index.json": b"{}", "oci-layout": b"{}"})


def in_pieces(data: bytes, size: int = 1000) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))
