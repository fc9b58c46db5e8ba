"""Packages of the system that only compilers and their users need, by name."""

from __future__ import annotations

import re
from functools import lru_cache

from bench.inspection.facts import Owner

_NAMES = re.compile(
    r"""
    .+-dev(?:-bin)? | libc-devtools | manpages-dev
    | (?:g\+\+|gcc|cpp|gfortran|gobjc|gnat|gdc|gccgo)(?:-[\d.]+)?(?:-[a-z0-9-]+)?(?<!-base)
    | (?:binutils|build-base|build-essential|clang|cmake|cmake-data|dpkg-dev|fakeroot|libfakeroot
      |autoconf|automake|autotools-dev|bison|ccache|flex|gettext|libtool|m4|make|meson|ninja
      |ninja-build|nasm|yasm|patch|patchelf|pkg-config|pkgconf|pkgconf-bin|scons|swig
      |cargo|rustc|rust|go|golang|nodejs-dev|linux-headers|llvm|lld)(?:-[\d.]+)?
    | binutils-.+ | (?:clang|llvm|lld|golang|rust|swig|autoconf|automake)[\d.-].* | linux-headers-.+
    | lib(?:asan|tsan|lsan|ubsan|hwasan|itm|cc1-|isl|mpc|binutils|ctf|ctf-nobfd|gprofng|sframe)\d+
    | git | git-man | mercurial | mercurial-common | subversion | bzr
    """,
    re.VERBOSE,
)


def is_build_package(owner: Owner) -> bool:
    """A compiler, its parts and libraries, headers, build systems and version control.

    `gcc-12-base` is none: it only documents the run-time libraries, which depend on it.
    """
    return owner.kind in {"debian", "alpine"} and _is_named(owner.name)


@lru_cache(maxsize=1 << 12)
def _is_named(name: str) -> bool:
    return bool(_NAMES.fullmatch(name))
