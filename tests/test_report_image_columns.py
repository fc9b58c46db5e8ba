"""What the reports compute and print of an inspection."""

from __future__ import annotations

from typing import get_args

import pytest
from report_images import SHELL, image
from report_records import ladder_of_seven, variant

from bench.inspection.facts import Category
from reports import image_columns as columns

FAT = ladder_of_seven().variants[0]


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        (columns.SIZE, 6_000_000_000, "6,000.0"),
        (columns.COMPRESSED, 1_500_000_000, "1,500.0"),
        (columns.FILES, 5_700_000_000, "5,700.0"),
        (columns.WASTED, 240_000_000, "240.0"),
        (columns.HEADERS, 60_000_000, "60.0"),
        (columns.IDENTICAL, 0, "0.0"),
        (columns.EFFICIENCY, 5700 / 5940, "96.0"),
        (columns.LAYERS, 2, "2"),
        (columns.HISTORY, 5, "5"),
        (columns.USER, "", "root"),
        (columns.TOOLS, ("gcc", "git", "sh"), "gcc, git, sh"),
        (columns.TOOL_COUNT, 3, "3"),
        (
            columns.TOOL_KINDS,
            ("compiler 1", "shell 1", "version control 1"),
            "compiler 1, shell 1, version control 1",
        ),
        (columns.ROOT, True, "yes"),
        (columns.SETUID, 2, "2"),
        (columns.SETGID, 0, "0"),
        (columns.CAPABLE, 0, "0"),
        (columns.WRITABLE, 1, "1"),
        (columns.SECRETS, 1, "1"),
        (columns.HINT_COUNT, 2, "2"),
    ],
    ids=lambda given: getattr(given, "key", None),
)
def test_a_column_computes_and_prints_its_metric(column, value, text):
    found = column.value(FAT)
    assert found == (pytest.approx(value) if isinstance(value, float) else value)
    assert column.text(found) == text


def test_every_category_has_a_column_and_they_sum_to_the_files():
    assert [column.heading for column in columns.CATEGORIES] == list(get_args(Category))
    sizes = {column.key: column.value(FAT) for column in columns.CATEGORIES}
    assert sum(sizes.values()) == columns.FILES.value(FAT)
    known = {key: size for key, size in sizes.items() if size}
    assert known == {
        "python_packages_bytes": 3_600_000_000,
        "operating_system_bytes": 1_800_000_000,
        "model_bytes": 300_000_000,
    }


def test_files_waste_and_headers_are_the_whole_size():
    files, wasted, headers, size = (column.value(FAT) for column in columns.WHERE)
    assert files + wasted + headers == size


def test_no_tools_are_not_unknown_tools():
    row = variant("bare", status="built", image=image(0, user="1000", layers=1))
    assert columns.TOOLS.value(row) == ()
    assert columns.TOOLS.text(()) == "none"
    assert columns.SIZE.value(row) == 0
    assert columns.ROOT.text(columns.ROOT.value(row)) == "no"


def test_a_size_that_was_not_compressed_is_not_known():
    facts = image(100, tools=(SHELL,))
    layers = tuple(one.model_copy(update={"compressed_bytes": None}) for one in facts.layers)
    row = variant("plain", image=facts.model_copy(update={"layers": layers}))
    assert columns.COMPRESSED.value(row) is None
    assert columns.COMPRESSED.gap == "it was not compressed"
