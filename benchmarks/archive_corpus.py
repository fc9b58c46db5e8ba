"""Small images with something of all that the inspection reads, as drafts that can be spoiled."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import struct
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import zstandard

Change = Callable[[str, bytes], bytes]  # of a document, by its name
Pack = Callable[[bytes], bytes]

_ELF = (
    b"\x7fELF\2\1\1".ljust(16, b"\0")
    + struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, 0, 256, 0, 64, 0, 0, 64, 3, 2)
    + b"\0.symtab\0.debug_info\0.strtab\0".ljust(192, b"\0")
    + struct.pack("<IIQQQQIIQQ", 1, 2, 0, 0, 64, 24, 0, 0, 8, 24)
    + struct.pack("<IIQQQQIIQQ", 9, 1, 0, 0, 88, 40, 0, 0, 1, 0)
    + struct.pack("<IIQQQQIIQQ", 21, 3, 0, 0, 64, 29, 0, 0, 1, 0)
)
_STATUS = """Package: bash
Status: install ok installed
Architecture: amd64
Source: bash (5.2.15-2)
Version: 5.2.15-2+b7

Package: tzdata
Status: install ok installed
Architecture: all
Version: 2024a-0+deb12u1
"""
_METADATA = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nLicense: MIT\n"
_RECORD = "demo/__init__.py,sha256=AAAA,4\ndemo-1.0.dist-info/METADATA,,\n../../../bin/demo,,\n"
_PACKAGES = "usr/lib/python3.11/site-packages"
_BELOW: Mapping[str, bytes | str] = {
    "etc/os-release": "ID=debian\nVERSION_ID=12\n",
    "etc/passwd": "root:x:0:0:root:/root:/bin/bash\napp:x:1000:1000::/home/app:/bin/sh\n",
    "var/lib/dpkg/status": _STATUS,
    "var/lib/dpkg/info/bash.list": "/.\n/bin\n/bin/bash\n/usr/share/doc/bash/copyright\n",
    "var/lib/dpkg/info/bash.md5sums": "d41d8cd98f00b204e9800998ecf8427e  bin/bash\n",
    "usr/share/doc/bash/copyright": "License: GPL-3+\n",
    "lib/apk/db/installed": "P:musl\nV:1.2\nA:x86_64\nF:lib\nR:libc.so\n\n",
    "bin/bash": _ELF,
    "usr/bin/python3.11": _ELF + b"python",
    f"{_PACKAGES}/demo/__init__.py": "x=1\n",
    f"{_PACKAGES}/demo/__pycache__/__init__.cpython-311.pyc": struct.pack(
        "<4sIII", b"\xa7\r\r\n", 0, 1_700_000_000, 4
    )
    + b"code",
    f"{_PACKAGES}/demo-1.0.dist-info/METADATA": _METADATA,
    f"{_PACKAGES}/demo-1.0.dist-info/RECORD": _RECORD,
    f"{_PACKAGES}/old.egg-info": "Name: old\nVersion: 2\n",
    "root/.cache/pip/http/a": "cached",
}
_ABOVE: Mapping[str, bytes | str] = {
    "app/.env": "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY\n",
    "app/key.pem": "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n",
    "app/model.pt": b"PK\3\4" + bytes(300),
    "app/again.pt": b"PK\3\4" + bytes(300),
    "bin/.wh.bash": "",
    "root/.wh..wh..opq": "",
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
}
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
    layers = [_layer(_BELOW, tarfile.PAX_FORMAT), _odd_layer(), _layer(_ABOVE, tarfile.GNU_FORMAT)]
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
        for name, kind, more in _ODD:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, str(more.get("target", ""))
            member.mode = int(more.get("mode", 0o777))
            content = more.get("content", b"")
            member.size, member.pax_headers = len(content), dict(more.get("pax", {}))
            tar.addfile(member, io.BytesIO(content))
    sparse = bytearray(tarfile.TarInfo("gnu-sparse").tobuf(tarfile.GNU_FORMAT))
    sparse[156:157], sparse[483:495] = b"S", b"00000100000\0"
    return summed(sparse) + packed.getvalue()


_SPARSE_1 = {
    "GNU.sparse.major": "1",
    "GNU.sparse.minor": "0",
    "GNU.sparse.name": "sparse-1.0",
    "GNU.sparse.realsize": "1048576",
}
_SPARSE_0 = {
    "GNU.sparse.size": "1048576",
    "GNU.sparse.numblocks": "1",
    "GNU.sparse.map": "0,5",
    "GNU.sparse.name": "sparse-0.1",
}
_ODD: tuple[tuple[str, bytes, dict[str, Any]], ...] = (
    ("usr/bin", tarfile.DIRTYPE, {}),
    ("usr/bin/python", tarfile.SYMTYPE, {"target": "python3"}),
    ("usr/bin/python3", tarfile.SYMTYPE, {"target": "python3.11"}),
    ("bin/sh", tarfile.SYMTYPE, {"target": "/bin/bash"}),
    ("loop", tarfile.SYMTYPE, {"target": "./loop/x"}),
    ("tmp", tarfile.DIRTYPE, {"mode": 0o777}),
    ("usr/bin/sudo", tarfile.REGTYPE, {"mode": 0o4755, "content": b"sudo"}),
    ("usr/bin/su", tarfile.LNKTYPE, {"target": "usr/bin/sudo"}),
    ("dev/null", tarfile.CHRTYPE, {}),
    ("run/pipe", tarfile.FIFOTYPE, {}),
    ("long/" * 60 + "name", tarfile.REGTYPE, {"content": b"x" * 600}),
    ("b\u00fcro", tarfile.REGTYPE, {"pax": {"mtime": "1.5", "comment": "\u00fc"}}),
    ("ping", tarfile.REGTYPE, {"pax": {"SCHILY.xattr.security.capability": "\x01\0"}}),
    (
        "s1",
        tarfile.REGTYPE,
        {"pax": _SPARSE_1, "content": b"1\n0\n5\n".ljust(512, b"\0") + b"12345"},
    ),
    ("s0", tarfile.REGTYPE, {"pax": _SPARSE_0, "content": b"12345"}),
)


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
