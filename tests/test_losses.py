from __future__ import annotations

import pytest
from saved_images import Content, contents, folder, program, symlink

from bench.inspection.losses import losses
from bench.inspection.tools import find_tools

COMPLETE: dict[str, Content] = {
    **{
        f"usr/bin/{name}": program()
        for name in ("sh", "apt", "pip", "ls", "cat", "ps", "curl", "vi", "gcc", "gdb", "python3")
    },
    "etc/ssl/certs/ca-certificates.crt": "a",
    "usr/share/zoneinfo/UTC": "a",
    "etc/passwd": "root:x:0:0::/:\nme:x:7:7::/:\n",
    "tmp": folder(0o1777),
    "var/lib/dpkg/status": "",
}
PYTHON = "usr/lib/python3/dist-packages"


def lost(files: dict[str, Content], **more: object) -> list[str]:
    image = contents(files, **more)
    tools = find_tools(image.files, image.config.settings.environment or ())
    return [one.lost for one in losses(image, tools)]


def test_nothing_is_lost_in_a_complete_image():
    assert lost(COMPLETE) == []
    assert lost(COMPLETE, user="me") == []


@pytest.mark.parametrize(
    ("path", "start"),
    [
        ("usr/bin/sh", "no shell"),
        ("usr/bin/apt", "no package manager"),
        ("usr/bin/pip", "no pip"),
        ("usr/bin/ls", "no `ls` or `cat`"),
        ("usr/bin/cat", "no `ls` or `cat`"),
        ("usr/bin/ps", "no `ps` or `top`"),
        ("usr/bin/curl", "no `curl` or `wget`"),
        ("usr/bin/vi", "no editor"),
        ("usr/bin/gcc", "no C compiler"),
        ("usr/bin/gdb", "no debugger"),
        ("etc/ssl/certs/ca-certificates.crt", "no certificate authorities: "),
        ("usr/share/zoneinfo/UTC", "no time zone data"),
        ("etc/passwd", "no name for the user"),
        ("tmp", "no folder for temporary files"),
        ("var/lib/dpkg/status", "no package database"),
    ],
)
def test_what_is_taken_away_is_lost_alone(path: str, start: str):
    (one,) = lost({name: content for name, content in COMPLETE.items() if name != path})
    assert one.startswith(start)


@pytest.mark.parametrize(
    ("path", "instead"),
    [
        ("usr/bin/sh", {"bin/busybox": program()}),
        ("usr/bin/apt", {"sbin/apk": program()}),
        ("usr/bin/pip", {f"{PYTHON}/pip/__main__.py": "a"}),
        ("usr/bin/pip", {"usr/bin/python3": program(mode=0o644)}),
        ("usr/bin/ps", {"usr/bin/top": program()}),
        ("usr/bin/curl", {"usr/bin/wget": program()}),
        ("usr/bin/cat", {"bin/busybox": program(), "bin/cat": symlink("busybox")}),
        ("usr/share/zoneinfo/UTC", {f"{PYTHON}/tzdata/zoneinfo/UTC": "a"}),
        ("etc/ssl/certs/ca-certificates.crt", {"etc/pki/tls/certs/ca-bundle.crt": "a"}),
        ("etc/ssl/certs/ca-certificates.crt", {"etc/ssl/cert.pem": symlink("/x"), "x": "a"}),
        ("tmp", {"var/tmp": folder(0o1777)}),
        ("var/lib/dpkg/status", {"var/lib/dpkg/status.d/base": "a"}),
        ("var/lib/dpkg/status", {"lib/apk/db/installed": "a"}),
    ],
)
def test_what_does_the_same_is_no_loss(path: str, instead: dict[str, Content]):
    rest = {name: content for name, content in COMPLETE.items() if name != path}
    assert lost({**rest, **instead}) == []


def test_certificates_of_python_serve_python_alone_until_a_variable_names_them():
    rest = {name: one for name, one in COMPLETE.items() if not name.startswith("etc/ssl")}
    certifi: dict[str, Content] = {**rest, f"{PYTHON}/certifi/cacert.pem": "a"}
    (one,) = lost(certifi)
    assert one.startswith("no certificate authorities but `certifi`'s")
    assert lost(certifi, environment=(f"SSL_CERT_FILE=/{PYTHON}/certifi/cacert.pem",)) == []
    assert lost(certifi, environment=("SSL_CERT_FILE=/nowhere",)) == [one]
    assert lost({**rest, f"{PYTHON}/pip/_vendor/certifi/cacert.pem": "a"}) != [one]


def test_a_user_needs_a_name_and_a_folder_that_it_can_write_to():
    no_name, no_folder = lost({**COMPLETE, "tmp": folder(0o755)}, user="65532")
    assert no_name.startswith("no name for the user")
    assert no_folder.startswith("no folder for temporary files")
    assert lost({**COMPLETE, "tmp": folder(0o755)}) == []
    assert lost(COMPLETE, user="65532", environment=("USER=me",)) == []


def test_an_empty_image_has_lost_what_does_not_need_python():
    assert len(lost({}, user="65532")) == 13
    assert lost({}, user="65532")[0].startswith("no shell")
