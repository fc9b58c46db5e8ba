"""Images made by hand for inspection tests: `docker save` archives, read by the real reader."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Union

from bench.inspection.anatomy import Anatomy, anatomy
from bench.inspection.contents import ImageContents
from bench.inspection.sources import from_archive
from builders.engine import HistoryEntry
from builders.fake_images import FakeImage, saved

ARCHIVE_NAME = "tested.tar"


@dataclass(frozen=True)
class Member:
    """What stands at a path of a layer; a plain `bytes` or `str` is a file of mode 0644."""

    content: bytes = b""
    mode: int = 0o644
    kind: bytes = tarfile.REGTYPE
    target: str = ""
    uid: int = 0
    gid: int = 0
    mtime_s: int = 0
    pax: Mapping[str, str] = field(default_factory=dict)


Content = Union[bytes, str, Member]


def program(content: bytes = b"\x7fno elf", mode: int = 0o755) -> Member:
    return Member(content, mode)


def folder(mode: int = 0o755) -> Member:
    return Member(mode=mode, kind=tarfile.DIRTYPE)


def symlink(target: str) -> Member:
    return Member(mode=0o777, kind=tarfile.SYMTYPE, target=target)


def hardlink(target: str) -> Member:
    return Member(kind=tarfile.LNKTYPE, target=target)


def layer(paths: Mapping[str, Content]) -> bytes:
    """A layer's archive with these paths, in this order; `.wh.` names are whiteouts."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path, content in paths.items():
            member = _member(content)
            header = tarfile.TarInfo(path)
            header.size, header.mode, header.type = len(member.content), member.mode, member.kind
            header.uid, header.gid, header.mtime = member.uid, member.gid, member.mtime_s
            header.linkname, header.pax_headers = member.target, dict(member.pax)
            tar.addfile(header, io.BytesIO(member.content))
    return packed.getvalue()


def _member(content: Content) -> Member:
    if isinstance(content, Member):
        return content
    return Member(content.encode() if isinstance(content, str) else content)


def archive(*layers: Mapping[str, Content], commands: Sequence[str] = (), **config: Any) -> bytes:
    """A `docker save` archive; `commands` are the steps behind the layers, one for each.

    `config` takes `environment`, `entrypoint`, `user`, `labels`, `more` of `FakeImage`.
    """
    history = tuple(HistoryEntry(command, empty=False) for command in commands)
    image = FakeImage(layers=tuple(map(layer, layers)), history=history, **config)
    return saved([(image, ["tested:1"])])


def contents(*layers: Mapping[str, Content], **more: Any) -> ImageContents:
    """The image as the inspection reads it."""
    return from_archive([archive(*layers, **more)], ARCHIVE_NAME)


def taken_apart(*layers: Mapping[str, Content], **more: Any) -> Anatomy:
    """The image with everything concluded from it."""
    return anatomy(contents(*layers, **more))
