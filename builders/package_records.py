"""What Debian packages a base without dpkg holds, told as in the registry's distroless images.

`var/lib/dpkg/status.d/NAME` is the package's control paragraph, `NAME.md5sums` lists its files:
https://github.com/GoogleContainerTools/distroless/blob/main/PACKAGE_METADATA.md, whatever the
release of Debian. There the list is the package's own. Ours is made from the package's contents,
for the own one leaves configuration files out (deb-md5sums(5)) and names what the recipe excludes.
"""

from __future__ import annotations

import hashlib
import io
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from builders.errors import BootstrapFailed

FOLDER = "./var/lib/dpkg/status.d/"
Stays = Callable[[tarfile.TarInfo], bool]


@dataclass(frozen=True)
class PackageRecord:
    """One package.

    Attributes:
        control: its control paragraph, as the package has it.
        md5sums: lines `MD5  path`, without leading slash, sorted by path.
        mtime_s: when the package was made, so that two bases of the same packages are alike.
    """

    name: str
    control: bytes
    md5sums: bytes
    mtime_s: int

    def members(self) -> Iterator[tuple[tarfile.TarInfo, io.BytesIO]]:
        """Its two files, to be written into the base."""
        for name, content in ((self.name, self.control), (f"{self.name}.md5sums", self.md5sums)):
            header = tarfile.TarInfo(f"{FOLDER}{name}")
            header.mode, header.size, header.mtime = 0o644, len(content), self.mtime_s
            yield header, io.BytesIO(content)


def read(package: bytes, where: str, stays: Stays) -> PackageRecord:
    """The record of a package.

    Args:
        package: content of the .deb file.
        where: what to call it in an error.
        stays: whether a member of its contents is part of the base.

    Raises:
        BootstrapFailed: it is no package.
    """
    with tarfile.open(fileobj=_unpacked("--ctrl-tarfile", package, where)) as tar:
        header = tar.getmember("./control")
        control = _content(tar, header)
    with tarfile.open(fileobj=_unpacked("--fsys-tarfile", package, where)) as tar:
        md5sums = _md5sums(tar, stays)
    return PackageRecord(_name(control, where), control, md5sums, int(header.mtime))


def _unpacked(action: str, package: bytes, where: str) -> io.BytesIO:
    """One of the two tar archives in a package; dpkg-deb is there where mmdebstrap is."""
    done = subprocess.run(  # noqa: S603 - an argument list, no shell
        ("dpkg-deb", action, "-"),  # noqa: S607 - from PATH, as mmdebstrap finds it
        input=package,
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        reason = done.stderr.decode(errors="replace").strip().splitlines()
        raise _damaged(reason[-1] if reason else f"dpkg-deb ended with {done.returncode}", where)
    return io.BytesIO(done.stdout)


def _name(control: bytes, where: str) -> str:
    for line in control.decode(errors="replace").splitlines():
        field, _, value = line.partition(":")
        if field.lower() == "package":  # names of fields know no case (deb822(5))
            return value.strip()
    raise _damaged("its control file names no package", where)


def _damaged(what: str, where: str) -> BootstrapFailed:
    return BootstrapFailed(
        f"a package can't be recorded: {what}",
        where=where,
        next_step="run it again; if it stays so, the package mirror serves a damaged file",
    )


def _md5sums(tar: tarfile.TarFile, stays: Stays) -> bytes:
    lines = []
    for member in tar.getmembers():
        if (member.isreg() or member.islnk()) and stays(member):  # a link reads as its target
            digest = hashlib.md5(_content(tar, member), usedforsecurity=False).hexdigest()
            lines.append((member.name.removeprefix("./"), digest))
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(lines)).encode()


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    stream = tar.extractfile(member)
    if stream is None:
        raise AssertionError(f"{member.name} is no regular file and no hard link")
    return stream.read()
