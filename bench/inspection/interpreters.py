"""Python interpreters that no package manager installed, and virtual environments."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence

from bench.inspection.claims import Claim
from bench.inspection.contents import ImageContents
from bench.inspection.facts import Owner

_STANDARD_LIBRARY = re.compile(r"((?:.*/)?)lib(?:32|64)?/python(3\.\d+)t?/os\.pyc?")
# What `make install` of CPython puts below its prefix; packages installed later are not its own.
_FILES = r"""
    lib(32|64)?/python{version}t?/(?!(site|dist)-packages/).+
  | lib(32|64)?/(libpython3(\.\d+t?)?\.(so|a)[\d.]* | libpython{version}.* | pkgconfig/python.*\.pc)
  | include/python{version}t?/.+
  | bin/(python|pydoc|idle|2to3|pyvenv)[\d.t-]*(-?config)?
  | share/man/man1/python[\d.]*(\.gz)?
"""
# What `python -m venv`, virtualenv and uv write.
_ENVIRONMENT = r"""
    pyvenv\.cfg | \.gitignore | CACHEDIR\.TAG | \.lock
  | bin/(python|pythonw|pypy)[\d.]* | bin/[Aa]ctivate[\w.]* | bin/(deactivate|pydoc)[\w.]*
  | lib(64)?/python[\d.]+/site-packages/_virtualenv\.(py|pth)
"""


def interpreters(contents: ImageContents, free: Collection[str]) -> Iterator[Claim]:
    """Interpreters, known by their standard library's `os.py`, then virtual environments."""
    paths = sorted(free)
    for path in paths:
        found = _STANDARD_LIBRARY.fullmatch(path)
        if found:
            version = _release(contents, found[1], found[2])
            owner = Owner(kind="interpreter", name="Python", version=version, where=path)
            pattern = _FILES.format(version=re.escape(found[2]))
            yield Claim(owner, _below(found[1] or "", pattern, paths))
    for path, text in contents.texts():
        if path in free and (path == "pyvenv.cfg" or path.endswith("/pyvenv.cfg")):
            folder = path[: -len("pyvenv.cfg")]
            owner = Owner(
                kind="interpreter",
                name=f"virtual environment /{folder}".rstrip("/"),
                version=_base_version(text),
                where=path,
            )
            yield Claim(owner, _below(folder, _ENVIRONMENT, paths))


def _below(folder: str, pattern: str, paths: Sequence[str]) -> tuple[str, ...]:
    """Of sorted paths those in the folder, which ends in a slash, that match below it."""
    expression = re.compile(pattern, re.VERBOSE)
    inside = paths[bisect_left(paths, folder) : bisect_left(paths, f"{folder}\U0010ffff")]
    return tuple(path for path in inside if expression.fullmatch(path, len(folder)))


def _release(contents: ImageContents, prefix: str, minor: str) -> str:
    """The version down to the patch where Docker's official image states it, else `3.N`."""
    for setting in contents.config.settings.environment or ():
        name, _, value = setting.partition("=")
        if name == "PYTHON_VERSION" and value.startswith(f"{minor}.") and prefix == "usr/local/":
            return value
    return minor


def _base_version(text: str) -> str:
    """Of the interpreter that the environment was made from."""
    parts = (line.partition("=") for line in text.splitlines())
    settings = {name.strip(): value.strip() for name, _, value in parts}
    return settings.get("version") or settings.get("version_info", "")
