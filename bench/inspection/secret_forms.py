"""What secrets look like in text, as data.

Forms of tokens are those that their issuers publish. Whatever a search has to repeat is bounded or
starts at few places, so that no text takes more than linear time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from bench.inspection.secret_values import is_random, is_telling, may_be_secret

Check = Callable[["re.Match[str]"], bool]


class Form(NamedTuple):
    """One form of secrets.

    Attributes:
        kind: what it is called in a report; empty where the name in the match says it.
        signs: each match holds one of them, so that most files need no more than a look for these.
        pattern: its group `keep` stays visible, its group `secret` doesn't; a host is shown too.
        hides: whether a match has to be masked.
        tells: whether what gets masked is worth a report.
    """

    kind: str
    signs: tuple[bytes, ...]
    pattern: re.Pattern[str]
    hides: Check
    tells: Check


def _always(_: re.Match[str]) -> bool:
    return True


def _never(_: re.Match[str]) -> bool:
    return False


def _token(kind: str, prefix: str, body: str, *signs: bytes) -> Form:
    """A token, known by the prefix of its kind; `keep`, in it, is 4 characters at most."""
    pattern = re.compile(rf"(?<![A-Za-z0-9_-]){prefix}(?P<secret>{body})")
    return Form(kind, signs, pattern, _always, lambda found: is_random(found["secret"]))


_END = "(?![A-Za-z0-9+/=])"
AWS = _token("AWS access key", "(?P<keep>AKIA|ASIA)", rf"[A-Z2-7]{{16}}{_END}", b"AKIA", b"ASIA")
GITHUB = _token(
    "GitHub token", "(?P<keep>gh[pousr]_)", "[A-Za-z0-9]{36,}", b"ghp_", b"gho_", b"ghs_"
)
TOKENS = (
    AWS,
    GITHUB,
    _token("GitHub token", "(?P<keep>gith)ub_pat_", r"\w{40,}", b"github_pat_"),
    _token("GitLab token", "(?P<keep>glpa)t-", r"[\w-]{20,}", b"glpat-"),
    _token("Slack token", "(?P<keep>xox[abeprs])-", r"[\w-]{10,}", b"xox"),
    _token("Stripe key", "(?P<keep>[sr]k_l)ive_", "[A-Za-z0-9]{16,}", b"k_live_"),
    _token("Google API key", "(?P<keep>AIza)", rf"[\w-]{{35}}{_END}", b"AIza"),
    _token("Hugging Face token", "(?P<keep>hf_)", "[A-Za-z0-9]{30,}", b"hf_"),
    _token("npm token", "(?P<keep>npm_)", rf"[A-Za-z0-9]{{36}}{_END}", b"npm_"),
    _token("PyPI token", "(?P<keep>pypi)-", r"AgE[\w-]{50,}", b"pypi-AgE"),
    # A digit and both cases, as style sheets have long names that begin so.
    _token(
        "API key",
        "(?P<keep>sk-)",
        r"(?=[^A-Z\s]{0,99}[A-Z])(?=[^a-z\s]{0,99}[a-z])(?=[^0-9\s]{0,99}\d)[\w-]{32,}",
        b"sk-",
    ),
)

_PEM = r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,2}PRIVATE KEY(?: BLOCK)?-----"
_BASE64 = re.compile(r"[A-Za-z0-9+/]{40}")


def _has_base64(found: re.Match[str]) -> bool:
    """A key follows, behind its headers, and not the code that looks for one."""
    line = _BASE64.search(found["secret"][:400])
    return line is not None and is_random(line[0])


PRIVATE_KEY = Form(
    "private key",
    (b"PRIVATE KEY",),
    re.compile(rf"(?P<keep>{_PEM})(?P<secret>(?:(?!-----END)[\s\S])*)"),
    _always,
    _has_base64,
)


def line_form(
    kind: str, pattern: str, tells: Check = lambda found: is_telling(found["secret"])
) -> Form:
    """A secret at a known place of a file's lines."""
    return Form(kind, (), re.compile(pattern), _always, tells)


_VARIABLE = re.compile(r"\$\w+$|\$\{\w+\}$")


def _hides_word(found: re.Match[str]) -> bool:
    return _VARIABLE.match(found["word"]) is None


def _tells_word(found: re.Match[str]) -> bool:
    return is_telling(found["word"])


_HOST = r"""(?=(?P<host>@[^\s/@'"<>]{0,256}))"""
URL = Form(
    "password in a URL",
    (b"://",),
    re.compile(
        r"""(?P<keep>://)(?P<secret>[^\s/@:'"<>]{0,256}:(?P<word>[^\s/'"<>]{1,1024}))"""
        rf"""{_HOST}"""
    ),
    _hides_word,
    _tells_word,
)
# Some write a password with a slash in it, which no address may have.
_URL_SLASH = Form(
    URL.kind,
    URL.signs,
    re.compile(
        r"""(?P<keep>://)(?P<secret>[^\s/@:'"<>]{0,256}:(?!\d{1,5}/)(?P<word>[^\s'"<>]{1,256}))"""
        rf"""{_HOST}"""
    ),
    _hides_word,
    _tells_word,
)
# A user without a password may be a token; not worth a report, but not to be shown either.
_URL_USER = Form(
    "user in a URL",
    (b"://",),
    re.compile(r"""(?P<keep>https?://)(?P<secret>[^\s/@:'"<>]{1,1024})(?=@)"""),
    lambda found: _VARIABLE.match(found["secret"]) is None,
    _never,
)
HEADER = Form(
    "authorization header",
    (b"uthorization", b"UTHORIZATION"),
    re.compile(
        r"""(?P<keep>Authorization["']?\s{0,9}[:=]\s{0,9}["']?(?:(?:Bearer|Basic|Token)\s{1,9})?)"""
        r"""(?P<secret>[^\s"']{1,8192})""",
        re.IGNORECASE,
    ),
    lambda found: may_be_secret("", found["secret"]),
    lambda found: is_telling(found["secret"]),
)
COMMAND_USER = Form(
    "password of a command",
    (b"-u",),
    re.compile(
        r"""(?P<keep>\s(?:-u|--user)[ =]?["']?)(?P<secret>[^\s:"'-][^\s:"']{0,255}:"""
        r"""(?P<word>[^\s"']{1,1024}))"""
    ),
    lambda found: _hides_word(found) and not found["word"].isdigit(),
    lambda found: _tells_word(found) and "curl" in found.string[: found.start()][-200:],
)

IN_FILES = (PRIVATE_KEY, *TOKENS, URL, HEADER)
IN_VALUES = (PRIVATE_KEY, URL, _URL_SLASH, _URL_USER, HEADER, *TOKENS)
