"""The two tables of where the bytes are."""

from __future__ import annotations

from report_images import MB, image
from report_records import ladder_of_seven, record, variant

from bench.inspection.facts import Owner
from reports import where
from reports.markup import MISSING


def cells(table):
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()]


def test_categories_come_largest_first_and_their_sums_below():
    heading, _, *rows = cells(where.by_category(ladder_of_seven()))
    assert heading[:2] == ["MB", "`fat`"]
    assert [row[0] for row in rows] == [
        "Python packages",
        "operating system",
        "model",
        "files",
        "wasted",
        "archive headers and padding",
        "size",
    ]
    fat = [float(row[1].replace(",", "")) for row in rows]
    assert sum(fat[:3]) == fat[3]
    assert sum(fat[3:6]) == fat[6]
    assert [row[-1] for row in rows] == [MISSING] * 7  # it was never built


def test_the_five_largest_owners_and_the_rest():
    owners = tuple(
        Owner(kind="python", name=f"p_{number}", files=1, size_bytes=number * MB)
        for number in range(7)
    )
    many = variant("fat", image=image(21).model_copy(update={"owners": owners}))
    few = variant("slim", image=image(100))
    _, _, *rows = cells(where.largest_owners(record(many, few, variant("later"))))
    assert rows == [
        ["`fat`", "p_6 6.0", "p_5 5.0", "p_4 4.0", "p_3 3.0", "p_2 2.0", "1.0 of 2"],
        ["`slim`", "torch 60.0", "libc6 30.0", "model 5.0", "", "", ""],
        ["`later`", *[MISSING] * 6],
    ]
