"""What a service's layers add to the image of the same rung that only predicts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bench.record_types import Record, VariantRecord
from bench.service_types import RungFact
from reports.formats import count, megabytes
from reports.markup import MISSING, bullets, code, escape, table

# Python packages that serve HTTP or help with it, by the names of their distributions.
WEB_PACKAGES = frozenset(
    {
        *("aiohttp", "django", "fastapi", "flask", "gunicorn", "h11", "httptools", "hypercorn"),
        *("prometheus-client", "python-multipart", "quart", "sanic", "starlette", "tornado"),
        *("uvicorn", "uvloop", "waitress", "websockets", "werkzeug"),
    }
)


def added(record: Record) -> str:
    """A row a variant whose two images were inspected; empty without any."""
    rows = [_row(row, row.rung) for row in record.variants if row.image and row.rung]
    if not rows:
        return ""
    headings = ["variant", "predict image, MB", "service adds, MB", "compressed, MB", "packages"]
    web = ["web packages in the predict image", "in the service's"]
    return table([*headings, *web], rows, ["left", *["right"] * 4, "left", "left"])


def _row(row: VariantRecord, rung: RungFact) -> list[str]:
    assert row.image is not None
    compressed, own = rung.compressed_bytes, row.image.compressed_bytes
    return [
        code(row.name),
        megabytes(rung.size_bytes),
        megabytes(row.image.size_bytes - rung.size_bytes),
        MISSING if compressed is None or own is None else megabytes(own - compressed),
        count(len(row.image.packages) - len(rung.packages)),
        web_packages(one.name for one in rung.packages if one.kind == "python"),
        web_packages(one.name for one in row.image.packages if one.kind == "python"),
    ]


def web_packages(names: Iterable[str]) -> str:
    """Those of the names that serve HTTP, or `none`."""
    known = {name.lower().replace("_", "-").replace(".", "-") for name in names}
    return escape(", ".join(sorted(known & WEB_PACKAGES))) or "none"


def packages(record: Record) -> str:
    """The Python packages that the service adds, with their versions; empty where not known."""
    lists: dict[tuple[str, ...], list[str]] = {}
    for row in record.variants:
        if row.image and row.rung:
            lists.setdefault(tuple(_added_packages(row, row.rung)), []).append(code(row.name))
    return bullets(f"{', '.join(names)}: {', '.join(those)}" for those, names in lists.items())


def _added_packages(row: VariantRecord, rung: RungFact) -> Iterator[str]:
    assert row.image is not None
    before = {(one.kind, one.name) for one in rung.packages}
    for one in sorted(row.image.packages, key=lambda one: one.name):
        if (one.kind, one.name) not in before:
            yield escape(f"{one.name} {one.version}")
