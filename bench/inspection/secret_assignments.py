"""Values that have a secret's name in front of them: in commands, and in files of credentials."""

from __future__ import annotations

import re

from bench.inspection.secret_forms import Check, Form
from bench.inspection.secret_values import WORD, is_code, is_telling, may_be_secret


def unquoted(value: str) -> str:
    """A word of a shell or of JSON without the quotes around it, or what ends a command."""
    return value.strip("\"'\\,;)}]") if value[:1] in {'"', "'", "\\"} else value.rstrip(";,")


def _hides(found: re.Match[str]) -> bool:
    return may_be_secret(found["name"], unquoted(found["secret"]))


def _tells(found: re.Match[str]) -> bool:
    return is_telling(unquoted(found["secret"]))


def _tells_in_command(found: re.Match[str]) -> bool:
    """`TOKEN= command` sets nothing, and `token=read(...)` holds nothing."""
    sets = not re.search(r"=\s", found["between"])
    return sets and _tells(found) and not is_code(found["secret"])


# A word of a shell, or the text between quotes.
_VALUE = r"""(?=\S)(?:
    (?:"(?:[^"\\]|\\.){0,4096}" | '[^']{0,4096}' | (?=[^\s"']))
    (?:"[^"\s]{0,4096}" | '[^'\s]{0,4096}' | [^\s"'])*
    | \S+
)"""
_BETWEEN = r"""(?P<between>(?:\\?["'])?[ \t]{0,9}(?:=|:(?=[ \t])|(?<=["']):)[ \t]{0,9})"""


def _assigned(names: str, tells: Check) -> Form:
    pattern = rf"(?P<keep>(?P<name>{names}){_BETWEEN})(?P<secret>{_VALUE})"
    compiled = re.compile(pattern, re.VERBOSE | re.IGNORECASE)
    return Form("", (), compiled, _hides, tells)


_AUTH = r"(?<=\")auth(?=\\?\") | _auth(?:token)?"  # of registries, as docker and npm keep it
ASSIGNED = _assigned(
    rf"(?: {WORD} | {_AUTH} )",
    _tells_in_command,
)
# In a file of credentials more names mean a secret, and are worth to be shown whole.
CONFIGURED = _assigned(
    rf"""(?:(?<![\w.-])[a-z_][\w.-]{{0,60}}?)?{WORD} | _auth(?:token)? | \"auth
    | (?<!\w)\w{{1,20}}-key-data""",
    _tells,
)
OPTION = Form(
    "",
    (b"--",),
    re.compile(
        rf"""(?P<keep>(?<![\w-])(?P<name>--[\w-]{{0,40}}{WORD})["']?[\s,]{{1,9}}(?![-|&;]))
        (?P<secret>{_VALUE})""",
        re.VERBOSE | re.IGNORECASE,
    ),
    _hides,
    _tells,
)

# `aws configure set`, `npm config set`, `pip config set`: NAME VALUE, or NAME=VALUE.
CONFIG_SET = Form(
    "",
    (b"config",),
    re.compile(
        rf"""(?P<keep>\bconfig(?:ure)?\s{{1,9}}set\s{{1,9}}(?:-\S{{1,40}}\s{{1,9}})?
        (?P<name>\S{{0,256}}?(?:{WORD} | _auth(?:token)?))[=\s]{{1,9}})(?P<secret>{_VALUE})""",
        re.VERBOSE | re.IGNORECASE,
    ),
    _hides,
    _tells,
)
