"""Values that everyone who can pull the image can read."""

from __future__ import annotations

from typing import Optional

from bench.inspection.anatomy import Anatomy
from bench.inspection.contents import ImageContents
from bench.inspection.finding_types import Hint, Secret
from bench.inspection.hints.evidence import bounded, count

_LINES = """# change the value where it is used: it is known to everyone who had this image; then
RUN --mount=type=secret,id=token TOKEN="$(cat /run/secrets/token)" COMMAND
# built with: docker build --secret id=token,src=FILE .
# what the service needs at run time comes from its environment or a mounted file"""


class Secrets:
    """What looks like a secret in the settings or in any layer, hidden ones too."""

    id = "secrets"

    def advise(self, anatomy: Anatomy) -> Optional[Hint]:
        """Advise to rotate it and to rebuild without."""
        found = anatomy.security.secrets
        if not found:
            return None
        return Hint(
            id=self.id,
            title=f"{count(len(found), 'value')} that look like secrets",
            evidence=bounded([_line(anatomy.contents, secret) for secret in found]),
            dockerfile=_LINES,
        )


def _line(contents: ImageContents, secret: Secret) -> str:
    where = secret.where
    if secret.layer is not None and 0 <= secret.layer < len(contents.layers):
        where = f"{where} in layer {secret.layer}"
    return f"{secret.kind}, {where}: {secret.masked}"
