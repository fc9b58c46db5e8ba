"""Secrets in the files of a layer; a value found is masked before anything else sees it.

Where packages lie, documentation and test keys look like secrets, so that less is looked for:
nothing in folders of language packages, and in those of the distribution only what can't be taken
for anything else. Files that hold credentials by their name are searched in any other place.
"""

from __future__ import annotations

import re

from bench.inspection.credential_files import credential_form
from bench.inspection.masking import sightings
from bench.inspection.notes import SecretNote
from bench.inspection.secret_forms import AWS, IN_FILES, PRIVATE_KEY, Form

_LANGUAGE_PACKAGES = re.compile(
    r"/(?:site-packages|dist-packages|lib\d*/python\d[\d.]*|node_modules|gems|pkg/mod|registry/src"
    r"|\w*conda\d*/pkgs)/"
)
_DISTRIBUTION = re.compile(r"(?:usr/)?(?:bin|sbin|lib\w*|include|share|games)/")
_UNMISTAKABLE = (PRIVATE_KEY, AWS)
_SNAKE_OIL = "ssl-cert-snakeoil.key"  # made by Debian's ssl-cert for tests, by no package owned


def secrets_in(path: str, data: bytes) -> tuple[SecretNote, ...]:
    """What looks like a secret in a file, nothing twice, and 20 notes at most.

    Args:
        path: without leading slash.
        data: the content, or the beginning of a large file.
    """
    forms = [form for form in _forms(path) if not form.signs or _holds_one(data, form.signs)]
    if not forms:
        return ()
    found = sightings(data.decode("latin-1"), forms)
    return tuple(dict.fromkeys(SecretNote(kind=one.kind, masked=one.masked) for one in found))


def in_package_folder(path: str) -> bool:
    """Whether packages, and hardly anything else, lie in the folder of a path."""
    return bool(_LANGUAGE_PACKAGES.search(f"/{path}") or _DISTRIBUTION.match(path))


def _forms(path: str) -> tuple[Form, ...]:
    if _LANGUAGE_PACKAGES.search(f"/{path}") or path.endswith(_SNAKE_OIL):
        return ()
    by_place = _UNMISTAKABLE if _DISTRIBUTION.match(path) else IN_FILES
    return (*by_place, *credential_form(path))


def _holds_one(data: bytes, signs: tuple[bytes, ...]) -> bool:
    return any(sign in data for sign in signs)
