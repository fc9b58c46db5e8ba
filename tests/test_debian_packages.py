from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from owned import image, owners, packages, status
from saved_images import hardlink, symlink

INFO = "var/lib/dpkg/info"
MD5 = "d41d8cd98f00b204e9800998ecf8427e"


def test_an_installed_package_owns_what_its_list_names():
    made = image(
        {
            "var/lib/dpkg/status": status(
                "bash", "5.2-1", Architecture="amd64", Source="bash4 (5.2)"
            )
            + status("gone", state="deinstall ok config-files")
            + status("half", state="install ok half-installed")
            + status("waiting", state="install ok triggers-pending"),
            f"{INFO}/bash.list": "/.\n/bin\n/bin/bash\n/etc/bash.bashrc\n/bin/missing\n",
            f"{INFO}/gone.list": "/etc/left\n",
            f"{INFO}/half.list": "/etc/left\n",
            "bin/bash": "program",
            "etc/bash.bashrc": "settings",
            "etc/left": "left",
            "usr/share/doc/bash/copyright": "License: GPL-3+\n",
        }
    )
    bash, waiting = packages(made)
    assert (bash.name, bash.version, bash.architecture) == ("bash", "5.2-1", "amd64")
    assert (bash.source, bash.licences) == ("bash4", ("GPL-3+",))
    assert (bash.where, bash.files, bash.size_bytes) == ("var/lib/dpkg/status", 2, 15)
    assert (waiting.name, waiting.files, waiting.size_bytes) == ("waiting", 0, 0)
    assert owners(made)["etc/left"] == "nobody nobody"


@pytest.mark.parametrize("listed", ["/bin/ls", "/usr/bin/ls"])
def test_lists_older_than_the_merged_usr_folder_still_hold(listed: str):
    made = image(
        {
            "var/lib/dpkg/status": status("coreutils"),
            f"{INFO}/coreutils.list": f"{listed}\n/bin/dir\n",
            "usr/bin/ls": "ls",
            "usr/bin/vdir": "dir",
            "bin": symlink("usr/bin"),
            "usr/bin/dir": symlink("vdir"),
        }
    )
    assert owners(made)["usr/bin/ls"] == "debian coreutils"
    assert owners(made)["usr/bin/vdir"] == "nobody nobody"  # a listed link claims no other file


def test_a_hard_link_is_listed_under_either_name():
    made = image(
        {
            "var/lib/dpkg/status": status("perl-base"),
            f"{INFO}/perl-base.list": "/usr/bin/perl5.36.0\n",
            "usr/bin/perl": "program",
            "usr/bin/perl5.36.0": hardlink("usr/bin/perl"),
        }
    )
    assert owners(made)["usr/bin/perl"] == "debian perl-base"


def test_packages_of_two_architectures_have_lists_of_their_own():
    made = image(
        {
            "var/lib/dpkg/status": status("libc6", Architecture="amd64")
            + status("libc6", Architecture="i386")
            + status("libc6", Architecture="i386"),
            f"{INFO}/libc6:amd64.list": "/lib/a.so\n/lib/shared\n",
            f"{INFO}/libc6:i386.list": "/lib/b.so\n/lib/shared\n",
            "lib/a.so": "a",
            "lib/b.so": "b",
            "lib/shared": "c",
        }
    )
    assert [(one.architecture, one.files) for one in packages(made)] == [("amd64", 2), ("i386", 1)]


def test_a_diverted_file_is_where_the_diversion_put_it():
    made = image(
        {
            "var/lib/dpkg/status": status("bash") + status("dash"),
            "var/lib/dpkg/diversions": "/bin/sh\n/bin/sh.distrib\ndash\n",
            f"{INFO}/bash.list": "/bin/sh\n",
            f"{INFO}/dash.list": "/bin/sh\n",
            "bin/sh": "dash",
            "bin/sh.distrib": "bash",
        }
    )
    assert owners(made)["bin/sh"] == "debian dash"
    assert owners(made)["bin/sh.distrib"] == "debian bash"


def test_checksums_stand_in_for_a_missing_list():
    made = image(
        {
            "var/lib/dpkg/status": status("bash", Architecture="amd64"),
            f"{INFO}/bash.md5sums": f"{MD5}  bin/bash\nno checksum\n",
            "bin/bash": "program",
        }
    )
    assert owners(made)["bin/bash"] == "debian bash"


@pytest.mark.parametrize("encoded", [False, True])
def test_distroless_images_describe_each_package_in_a_file(encoded: bool):
    name = base64.b64encode(b"libc6").decode() if encoded else "libc6"
    folder = "var/lib/dpkg/status.d"
    made = image(
        {
            f"{folder}/{name}": "Package: libc6\nVersion: 2.36\nSource: glibc\n",
            f"{folder}/{name}.md5sums": f"{MD5}  lib/libc.so.6\n{MD5}  usr/share/a b\n",
            f"{folder}/tzdata": "Package: tzdata\nVersion: 2024a\n",
            f"{folder}/broken": "\0\0\n",
            "lib/libc.so.6": "library",
            "usr/share/a b": "blank",
        }
    )
    libc6, tzdata = packages(made)
    assert (libc6.version, libc6.source, libc6.files) == ("2.36", "glibc", 2)
    assert libc6.where == f"{folder}/{name}"
    assert (tzdata.name, tzdata.files) == ("tzdata", 0)
    assert owners(made)[f"{folder}/{name}"] == "nobody nobody"


def test_what_scripts_write_belongs_to_nobody():
    made = image(
        {
            "var/lib/dpkg/status": status("libc6"),
            f"{INFO}/libc6.list": "/etc/ld.so.conf\n",
            "etc/ld.so.conf": "conf",
            "etc/ld.so.cache": "cache",
        }
    )
    assert owners(made)["etc/ld.so.cache"] == "nobody nobody"
    assert owners(made)["var/lib/dpkg/status"] == "nobody nobody"


def test_a_database_taken_away_again_tells_nothing():
    lower = {"var/lib/dpkg/status": status("bash"), f"{INFO}/bash.list": "/bin/bash\n"}
    made = image({**lower, "bin/bash": "program"}, {"var/lib/.wh.dpkg": ""})
    assert owners(made) == {"bin/bash": "nobody nobody"}


@given(st.binary(max_size=300), st.binary(max_size=300), st.binary(max_size=100))
def test_a_damaged_database_is_used_as_far_as_it_goes(
    text: bytes, listed: bytes, diversions: bytes
):
    made = image(
        {
            "var/lib/dpkg/status": status("bash").encode() + b"\n" + text,
            f"{INFO}/bash.list": b"/bin/bash\n" + listed,
            "var/lib/dpkg/diversions": diversions,
            "bin/bash": "program",
        }
    )
    assert owners(made)["bin/bash"] == "debian bash"
