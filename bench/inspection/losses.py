"""What an operator does without in an image, and what to do instead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from bench.inspection.contents import ImageContents
from bench.inspection.finding_types import Loss, Tool
from bench.inspection.wanting import Wanting

_BESIDE = "docker run --rm -it --pid=container:CONTAINER --network=container:CONTAINER"
_DATABASES = (
    "var/lib/dpkg/status",
    "var/lib/dpkg/status.d",
    "lib/apk/db/installed",
    "usr/lib/apk/db/installed",
    "var/lib/rpm",
    "usr/lib/sysimage/rpm",
)


class _Lack(NamedTuple):
    missing: Callable[[Wanting], bool]
    lost: str
    instead: str


# Most missed first.
_LACKS = (
    _Lack(
        lambda image: image.lacks_kind("shell"),
        "no shell: `docker exec -it CONTAINER sh` and `RUN` in shell form fail",
        f"`{_BESIDE} --cap-add SYS_PTRACE IMAGE-WITH-TOOLS sh` shows its processes,"
        " its network and, under /proc/1/root, its files; on Kubernetes"
        " `kubectl debug -it POD --image=IMAGE-WITH-TOOLS --target=CONTAINER`",
    ),
    _Lack(
        lambda image: image.lacks_tools("apt", "apk", "yum", "dnf", "zypper", "pacman"),
        "no package manager: nothing can be added to a running container",
        "add it to the Dockerfile and build again, or run it from a second container beside it",
    ),
    _Lack(
        Wanting.lacks_pip,
        "no pip: no Python package can be added or listed with it",
        "add it to the requirements and build again; `importlib.metadata` lists what is there",
    ),
    _Lack(
        lambda image: image.lacks_programs("ls") or image.lacks_programs("cat"),
        "no `ls` or `cat`",
        "`docker export -o FILE CONTAINER` has all files, `docker cp CONTAINER:/PATH -` reads one",
    ),
    _Lack(
        lambda image: image.lacks_programs("ps", "top"),
        "no `ps` or `top`",
        "`docker top CONTAINER` and `docker stats CONTAINER`",
    ),
    _Lack(
        lambda image: image.lacks_programs("curl", "wget"),
        "no `curl` or `wget`: health checks that call them fail",
        "ask with the service's own language, or from outside with"
        " `docker run --rm --network=container:CONTAINER IMAGE-WITH-TOOLS curl URL`",
    ),
    _Lack(
        lambda image: image.lacks_kind("editor"),
        "no editor",
        "`docker cp` a file out, change it, and `docker cp` it back",
    ),
    _Lack(
        Wanting.lacks_certificates,
        "no certificate authorities: outgoing TLS connections can't be verified and fail",
        "copy /etc/ssl/certs/ca-certificates.crt from the build stage, or install `certifi` and"
        " name its file in SSL_CERT_FILE",
    ),
    _Lack(
        Wanting.has_pythons_certificates_alone,
        "no certificate authorities but `certifi`'s: TLS fails in all that doesn't ask it, such as"
        " `urllib`",
        "set SSL_CERT_FILE to the path of certifi's cacert.pem",
    ),
    _Lack(
        Wanting.lacks_time_zones,
        "no time zone data: TZ has no effect, and `zoneinfo.ZoneInfo` knows no zone",
        "install `tzdata`, as a system package or from Python's index",
    ),
    _Lack(
        Wanting.lacks_user_name,
        "no name for the user in /etc/passwd: `getpass.getuser()` and `whoami` fail",
        "add a line for it to /etc/passwd, or set USER in the Dockerfile",
    ),
    _Lack(
        Wanting.lacks_temporary_folder,
        "no folder for temporary files that the user can write to",
        "start it with `--tmpfs /tmp`, or make /tmp with mode 1777 in the Dockerfile",
    ),
    _Lack(
        lambda image: image.lacks_paths(*_DATABASES),
        "no package database: scanners find no system packages, and so no weaknesses of theirs",
        "scan the image or the packages that it was made from",
    ),
    _Lack(
        lambda image: image.lacks_tools("gcc", "clang", "tcc"),
        "no C compiler: a Python package without a wheel can't be installed",
        "make its wheel in an earlier stage and copy that",
    ),
    _Lack(
        lambda image: image.lacks_kind("debugger", "nsenter", "tcpdump", "tshark"),
        "no debugger",
        f"`{_BESIDE} --cap-add SYS_PTRACE IMAGE-WITH-TOOLS gdb -p 1`",
    ),
)


def losses(contents: ImageContents, tools: Sequence[Tool]) -> tuple[Loss, ...]:
    """What is missing that people reach for, most missed first."""
    image = Wanting(contents, tools)
    return tuple(Loss(lost=one.lost, instead=one.instead) for one in _LACKS if one.missing(image))
