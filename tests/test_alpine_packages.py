from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from owned import image, owners, packages

INSTALLED = """\
C:Q1checksum=
P:musl
V:1.2.5-r0
A:x86_64
L:MIT
o:musl
F:lib
R:ld-musl-x86_64.so.1
a:0:0:755
F:etc
R:musl.conf

P:busybox-binsh
V:1.36.1-r29
L:GPL-2.0-only
o:busybox

V:9
"""


@pytest.mark.parametrize("where", ["lib/apk/db/installed", "usr/lib/apk/db/installed"])
def test_packages_own_the_files_below_their_folders(where: str):
    made = image({where: INSTALLED, "lib/ld-musl-x86_64.so.1": "musl", "etc/motd": "hello"})
    busybox, musl = packages(made)
    assert (musl.kind, musl.name, musl.version) == ("alpine", "musl", "1.2.5-r0")
    assert (musl.architecture, musl.licences, musl.source) == ("x86_64", ("MIT",), "")
    assert (musl.where, musl.files, musl.size_bytes) == (where, 1, 4)
    assert (busybox.source, busybox.files) == ("busybox", 0)
    assert owners(made)["etc/motd"] == "nobody nobody"


@given(st.binary(max_size=300))
def test_a_damaged_database_is_used_as_far_as_it_goes(text: bytes):
    made = image({"lib/apk/db/installed": INSTALLED.encode() + b"\n" + text, "etc/musl.conf": "x"})
    assert owners(made)["etc/musl.conf"] == "alpine musl"
