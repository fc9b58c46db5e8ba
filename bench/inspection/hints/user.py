"""The user that the service runs as."""

from __future__ import annotations

from typing import Optional

from bench.inspection.anatomy import Anatomy
from bench.inspection.finding_types import Hint


class RootUser:
    """The service runs as root."""

    id = "root-user"

    def advise(self, anatomy: Anatomy) -> Optional[Hint]:
        """Advise a user of its own."""
        if not anatomy.security.root_user:
            return None
        return Hint(
            id=self.id,
            title="the service runs as root",
            evidence=("the image's configuration names no other user",),
            dockerfile="USER 65532:65532",
        )
