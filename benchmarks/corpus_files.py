"""Files of the small images that are spoiled: something of all that the inspection reads."""

from __future__ import annotations

import struct
import tarfile
from collections.abc import Mapping
from typing import Any

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
BELOW: Mapping[str, bytes | str] = {
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
ABOVE: Mapping[str, bytes | str] = {
    "app/.env": "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY\n",
    "app/key.pem": "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n",
    "app/model.pt": b"PK\3\4" + bytes(300),
    "app/again.pt": b"PK\3\4" + bytes(300),
    "bin/.wh.bash": "",
    "root/.wh..wh..opq": "",
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
}

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
ODD: tuple[tuple[str, bytes, dict[str, Any]], ...] = (
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
