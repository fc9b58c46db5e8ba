"""Which names promise a secret, and which values can't be one."""

from __future__ import annotations

import re

# What the name of a secret ends in. `GPG_KEY` (a fingerprint) and `..._FILE` (a path) don't count.
WORD = r"""(?:
    pass(?:word|wd|phrase)\d{0,3} | (?<=[_.-])(?:pwd|pass) | secrets?\d{0,3} | tokens?\d{0,3}
    | credentials?
    | (?:api|access|account|auth|private|secret|signing|encryption|storage|master)[_.-]?key
      (?:[_.-]?base)?
)"""
_NAME = re.compile(rf".*{WORD}$", re.VERBOSE | re.IGNORECASE | re.DOTALL)
_KINDS = (("pass", "password"), ("pwd", "password"), ("token", "token"), ("key", "key"))

# A variable, a gap of a template, a token of a language model (`<pad>`), or a mask.
_GAP = re.compile(
    r"""(?: (?:\$\w+|\$\{\w+\}|[/:@.])+ | <[^>]*> | \[[A-Z_]+\] | \{\{?[^}]*\}?\} | %\(?\w+[)%]s?
    | \*+ ) [;)\]}"',\\]*$ | \$\(""",
    re.VERBOSE,
)
_PATH = re.compile(
    r"(?:~|\.{1,2})/|file:|/(?:etc|run|var|usr|opt|home|root|tmp|app|mnt|srv|data|secrets?|vault"
    r"|certs?|keys?|config|dev|proc|workspace|code|src)(?:/|$)"
)
_SWITCH = re.compile(r"(?:true|false|yes|no|on|off|none|null|nil|undefined|auto)$", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"(?:my|your|the|some|a|new|old|dummy|fake|test)?[_.-]?"
    r"(?:user|username|pass|password|passwd|pwd|passphrase|secret|token|key|api[_-]?key|value"
    r"|change[_-]?(?:me|it)|replace[_-]?me|example|placeholder|redacted|todo|12345?6?|(.)\1*)"
    r"[_.-]?(?:here|goes[_-]?here|\d)?$",
    re.IGNORECASE,
)
_CODE = re.compile(r"[\w.]+[(\[]")
_LEAST_SIGNS = 4  # of a value that gets reported
_LEAST_DIFFERENT = 6  # of a token's random part; `ghp_xxxxxxxx` stands in documentation


def is_secret_name(name: str) -> bool:
    """Whether a variable, label or option is called like a secret, such as `DB_PASSWORD`."""
    return _NAME.match(name) is not None


def kind_named(name: str) -> str:
    """What a secret of that name is: a password, a token, a key or a secret."""
    lower = name.lower()
    return next((kind for word, kind in _KINDS if word in lower), "secret")


def may_be_secret(name: str, value: str) -> bool:
    """Whether the value under such a name has to be masked: no variable, path, switch or number."""
    if not value or _GAP.match(value) or _PATH.match(value) or _SWITCH.match(value):
        return False
    return not value.isdigit() or kind_named(name) == "password"


def is_telling(value: str) -> bool:
    """Whether somebody could use the value: not what documentation writes in its place."""
    typed = _GAP.match(value) or _PLACEHOLDER.match(value)
    return len(value) >= _LEAST_SIGNS and not typed


def is_code(value: str) -> bool:
    """Whether a value in a script is got from somewhere: a call or an index."""
    return _CODE.match(value) is not None


def is_random(body: str) -> bool:
    """Whether the part behind a token's public prefix looks drawn, not typed."""
    return "example" not in body.lower() and len(set(body)) >= _LEAST_DIFFERENT
