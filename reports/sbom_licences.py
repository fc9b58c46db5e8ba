"""Licences of a package, as CycloneDX 1.6 has them: stated by the package, never concluded."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cyclonedx.model.license import (
    DisjunctiveLicense,
    License,
    LicenseAcknowledgement,
    LicenseExpression,
)
from cyclonedx.spdx import fixup_id, is_expression

_DECLARED = LicenseAcknowledgement.DECLARED
_OPERATORS = re.compile(r"\s+(?:AND|OR)\s+|[()]", re.IGNORECASE)
_WITH = re.compile(r"\s+WITH\s.*$", re.IGNORECASE)


def licences(stated: Sequence[str]) -> list[License]:
    """SPDX ids and free names as a list, or one SPDX expression by itself.

    The schema allows an expression only alone. Among others it is given by its name; joining them
    would say how they relate, which nobody stated.
    """
    texts = [text for text in dict.fromkeys(one.strip() for one in stated) if text]
    if len(texts) == 1 and fixup_id(texts[0]) is None and _is_spdx(texts[0]):
        return [LicenseExpression(texts[0], acknowledgement=_DECLARED)]
    return [_licence(text) for text in texts]


def _is_spdx(text: str) -> bool:
    """Whether it is an SPDX expression, of nothing but SPDX's ids."""
    operands = filter(None, map(str.strip, _OPERATORS.split(text)))
    # The library knows other names too, such as GPL.
    return is_expression(text) and all(fixup_id(_WITH.sub("", one)) for one in operands)


def _licence(text: str) -> DisjunctiveLicense:
    spdx_id = fixup_id(text)  # ids know no case (SPDX specification, annex B)
    if spdx_id is not None:
        return DisjunctiveLicense(id=spdx_id, acknowledgement=_DECLARED)
    return DisjunctiveLicense(name=text, acknowledgement=_DECLARED)
