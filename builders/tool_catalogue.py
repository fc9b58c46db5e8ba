"""The programs that a lean image does without, as data; docs/measurement.md has the reasons."""

from __future__ import annotations

import re
from typing import Optional

# Kind to programs; `name=alias` lists other names of the same program.
_CATALOGUE = {
    "shell": "sh bash=rbash dash ash zsh ksh=mksh csh=tcsh fish busybox toybox",
    "package manager": (
        "apt=apt-get dpkg apk yum dnf=microdnf rpm zypper pacman pip=pipx uv conda=mamba=micromamba"
        " npm=npx yarn pnpm gem"
    ),
    "compiler": (
        "gcc=cc=c89=c99 g++=c++ clang=clang++ tcc gfortran rustc=cargo go=gofmt nvcc"
        " make=gmake=cmake=ninja ld=ld.bfd=ld.gold=lld as"
    ),
    "version control": "git svn hg bzr",
    "downloader": (
        "curl wget=wget2 aria2c nc=netcat=nc.openbsd=nc.traditional ncat socat ssh=slogin scp sftp"
        " rsync ftp=tnftp=lftp telnet"
    ),
    "editor": "vim=vi=vim.basic=vim.tiny=vim.nox=nvim nano=pico ed emacs joe",
    "debugger": (
        "gdb=gdb-multiarch gdbserver lldb=lldb-server strace ltrace perf valgrind bpftrace"
        " tcpdump tshark nsenter"
    ),
}
TOOL_KINDS = frozenset(_CATALOGUE)
KINDS = {names.split("=")[0]: kind for kind, text in _CATALOGUE.items() for names in text.split()}
_NAMES = {
    name: names.split("=")[0]
    for text in _CATALOGUE.values()
    for names in text.split()
    for name in names.split("=")
}
# One file that runs as whichever program it is called by.
MULTI_CALL = frozenset({"busybox", "toybox"})

_TARGET_PREFIX = re.compile(r"^[a-z0-9_]+(-[a-z0-9_]+)?-linux-[a-z0-9]+-")
_VERSION = re.compile(r"[-_]?\d+(\.\d+)*$")


def tool_named(file_name: str) -> Optional[str]:
    """The catalogue's name for a file name, versions and cross-compiler prefixes left off.

    `pip3.11` is `pip`, `x86_64-linux-gnu-gcc-12` is `gcc`, `python3` is None.
    """
    plain = _TARGET_PREFIX.sub("", file_name)
    return _NAMES.get(plain) or _NAMES.get(_VERSION.sub("", plain))
