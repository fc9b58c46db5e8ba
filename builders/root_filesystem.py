"""A base's root file system made from Debian packages with mmdebstrap, as a tar archive.

The archive is cached by the digest of its recipe. What belongs to the machine it was made on
(package sources, which may hold passwords, host name, name servers) is left out.
"""

from __future__ import annotations

import fnmatch
import hashlib
import json
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from builders import package_records
from builders.errors import BootstrapFailed
from builders.matrix import Bootstrap
from builders.package_records import PackageRecord

# Never part of a base: the machine's own settings, device files and mmdebstrap's leftovers.
MACHINE_FILES = (
    "/dev/*",
    "/etc/apt/sources.list",
    "/etc/apt/sources.list.d/*",
    "/etc/apt/auth.conf.d/*",
    "/etc/hostname",
    "/etc/resolv.conf",
    "/var/cache/apt/*",
    "/var/lib/apt/lists/*",
    "/var/log/*",
)
# Licences stay, as in Debian's own slim images.
ALWAYS_KEPT = ("/usr/share/doc/*/copyright",)
# Where the extract variant leaves what it unpacked.
PACKAGES = "./var/cache/apt/archives/*.deb"
# What Debian's packages alone don't give; each hook is one fixed line of shell run by mmdebstrap.
OPTIONS = {
    "minbase": (
        # /bin and its like are links into /usr, as in every Debian since bookworm.
        "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr",
        # apt would take usrmerge, and with it all of Perl, for what usr-is-merged does too.
        "--setup-hook="
        'printf "Package: usrmerge\\nPin: release *\\nPin-Priority: -1\\n"'
        ' > "$1/etc/apt/preferences.d/usr-is-merged"',
        # The registry's Python images have Python here too.
        '--customize-hook=ln -s /usr/bin/python3 "$1/usr/local/bin/python3"',
    ),
    "extract": (
        '--extract-hook=printf "root:x:0:0::/root:/sbin/nologin\\n'
        'nonroot:x:65532:65532::/home/nonroot:/sbin/nologin\\n" > "$1/etc/passwd"',
        '--extract-hook=printf "root:x:0:\\nnonroot:x:65532:\\n" > "$1/etc/group"',
        # No maintainer script made byte code, and every cold start would compile it again.
        '--extract-hook=chroot "$1" /usr/bin/python3 -c "import compileall, sysconfig; '
        "compileall.compile_dir(sysconfig.get_path('stdlib'), quiet=2)\"",
        # No dpkg is there to record the packages: we do, from their files.
        "--skip=cleanup/apt/cache",
    ),
}


def recipe_digest(recipe: Bootstrap) -> str:
    """Hex digest of all that decides what is in the archive, package versions apart."""
    parts = [recipe.model_dump(), MACHINE_FILES, ALWAYS_KEPT, OPTIONS[recipe.variant]]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def make(recipe: Bootstrap, cache: Path, log: Callable[[str], None]) -> Path:
    """The archive of this recipe, from the cache or made now; raises BootstrapFailed."""
    archive = cache / "bases" / f"{recipe_digest(recipe)}.tar"
    if archive.exists():
        return archive
    archive.parent.mkdir(parents=True, exist_ok=True)
    # A folder of its own, on the same disk: another project may make the same base right now.
    with tempfile.TemporaryDirectory(dir=archive.parent) as folder:
        raw, partial = Path(folder) / "raw.tar", Path(folder) / "filtered.tar"
        _bootstrap(recipe, raw, log)
        _filter(raw, partial, recipe)
        partial.replace(archive)
    return archive


def command(recipe: Bootstrap, archive: Path) -> tuple[str, ...]:
    """The mmdebstrap call; package sources are those the machine is configured with."""
    return (
        "mmdebstrap",
        f"--variant={recipe.variant}",
        f"--include={','.join(recipe.packages)}",
        *OPTIONS[recipe.variant],
        recipe.suite,
        str(archive),
    )


def _bootstrap(recipe: Bootstrap, archive: Path, log: Callable[[str], None]) -> None:
    if shutil.which("mmdebstrap") is None:
        raise BootstrapFailed(
            "mmdebstrap is not installed",
            next_step="run install_dev_tools.sh, or let the engine reach the base's registry",
        )
    done = subprocess.run(  # noqa: S603 - an argument list, no shell
        command(recipe, archive), capture_output=True, text=True, check=False
    )
    for line in done.stderr.splitlines():
        log(line)
    if done.returncode != 0:
        errors = [line for line in done.stderr.splitlines() if line.startswith(("E:", "W:"))]
        raise BootstrapFailed(
            f"mmdebstrap ended with {done.returncode}: {' '.join(errors[-2:]) or 'no message'}",
            next_step="check the package names and that the package mirror can be reached",
        )


def _filter(raw: Path, archive: Path, recipe: Bootstrap) -> None:
    records = []
    with tarfile.open(raw) as source, tarfile.open(archive, "w", format=tarfile.PAX_FORMAT) as out:
        for member in source:
            content = source.extractfile(member) if member.isreg() else None
            if content and recipe.variant == "extract" and _matches(member.name, (PACKAGES,)):
                records.append(_record(content.read(), member, recipe))
            elif not excluded(member, recipe):
                out.addfile(member, content)
        if recipe.variant == "extract":
            _add(records, out)


def _record(package: bytes, member: tarfile.TarInfo, recipe: Bootstrap) -> PackageRecord:
    name = PurePosixPath(member.name).name
    return package_records.read(package, name, lambda file: not excluded(file, recipe))


def _add(records: list[PackageRecord], out: tarfile.TarFile) -> None:
    if not records:
        raise BootstrapFailed(
            "mmdebstrap left no package to record",
            next_step="let apt's sources name the mirror by http, https or copy, not by file",
        )
    for record in sorted(records, key=lambda record: record.name):
        for header, content in record.members():
            out.addfile(header, content)


def excluded(member: tarfile.TarInfo, recipe: Bootstrap) -> bool:
    """Whether this member stays out of the base."""
    path = "/" + member.name.removeprefix("./").lstrip("/")
    if _matches(path, MACHINE_FILES):
        return True
    if _matches(path, (*ALWAYS_KEPT, *recipe.keep)) or member.isdir():
        return False
    if recipe.variant == "extract" and member.issym() and _documents(path):
        return False
    return _matches(path, recipe.exclude)


def _documents(path: str) -> bool:
    """A package's folder of documents; a link there leads to the licence it shares."""
    return PurePosixPath(path).match("/usr/share/doc/*")


def _matches(path: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns)
