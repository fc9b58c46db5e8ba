"""Files that hold credentials by their name, and what to look for in each."""

from __future__ import annotations

import re

from bench.inspection.secret_assignments import CONFIGURED
from bench.inspection.secret_forms import Form, line_form

_NETRC = line_form("password", r"(?<!\S)(?P<keep>password\s{1,9})(?P<secret>\S+)")
_PGPASS = line_form("password", r"(?m)^(?P<keep>)(?:[^:#\n]{0,256}:){4}(?P<secret>[^\n]+)$")
_HASH = line_form(
    "password hash", r"(?m)^(?P<keep>[\w.-]{1,64}:)(?P<secret>\$[^:\n]+)", lambda _: True
)
_VAULT = line_form("token", r"\A\s{0,9}(?P<keep>)(?P<secret>\S{16,})\s*\Z")

# By name, or by folder and name.
_BY_NAME = {
    **dict.fromkeys((".netrc", "_netrc"), _NETRC),
    **dict.fromkeys(("etc/shadow", "etc/shadow-"), _HASH),
    ".pgpass": _PGPASS,
    ".vault-token": _VAULT,
    **dict.fromkeys(
        (
            ".npmrc",
            ".yarnrc",
            ".yarnrc.yml",
            ".pypirc",
            ".my.cnf",
            ".s3cfg",
            ".boto",
            "rclone.conf",
            ".docker/config.json",
            ".dockercfg",
            ".aws/credentials",
            ".aws/config",
            ".kube/config",
            "kubeconfig",
            "application_default_credentials.json",
        ),
        CONFIGURED,
    ),
}
_ENVIRONMENT = re.compile(r"(?:\.env(?:[.-][\w.-]+)?|[\w.-]+\.env|[\w.-]+\.kubeconfig)$")
_EXAMPLE = re.compile(r"[._-](?:example|sample|template|dist|defaults?)(?:[._-]|$)")


def credential_form(path: str) -> tuple[Form, ...]:
    """What to look for in a file because of its name: one form, or none."""
    folder, _, name = path.rpartition("/")
    form = _BY_NAME.get(name) or _BY_NAME.get(f"{folder.rpartition('/')[2]}/{name}")
    if form is None and _ENVIRONMENT.match(name) and not _EXAMPLE.search(name):
        form = CONFIGURED
    return (form,) if form is not None else ()
