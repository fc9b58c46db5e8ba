"""Write the pages that are made from the code: `python -m docs.pages`; a test holds them to it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import slimbench
from builders.matrix_schema import schema_text
from docs.pages import commands, exit_codes, keys, record_fields

DOCS = Path(__file__).parents[1]


def pages(docs: Path = DOCS) -> Mapping[Path, str]:
    """Each file below `docs` that is made from the code, and what it should hold."""
    matrix = docs / "matrix.md"
    return {
        docs / "reference/commands.md": commands.page(slimbench.app),
        docs / "reference/exit-codes.md": exit_codes.page(),
        docs / "reference/record.md": record_fields.page(),
        docs / "variants.schema.json": schema_text(),
        matrix: keys.page(matrix.read_text(encoding="utf-8")),
    }


def main() -> None:
    """Write those that changed."""
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
