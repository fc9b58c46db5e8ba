from __future__ import annotations

import re
from pathlib import Path

from hinted_images import CLEAN, MB, filled
from saved_images import taken_apart

from bench.inspection.finding_types import Hint
from bench.inspection.hints import HINTS, hints
from bench.inspection.hints.evidence import MAX_LINES, bounded, count, layer, paths, size

PAGE = Path(__file__).parent.parent / "docs" / "hints.md"
GRAND_TOUR = (
    {
        "root/.cache/pip/a": filled(2 * MB, "p"),
        "usr/share/man/a": filled(6 * MB, "m"),
        "app/model": filled(3 * MB, "a"),
    },
    {"app/model": filled(3 * MB, "b")},
)


def test_ids_are_unique_and_kebab_case():
    ids = [rule.id for rule in HINTS]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", one) for one in ids)


def test_the_page_has_every_hint_and_no_other():
    table = re.findall(r"^\| `([a-z-]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert table == [rule.id for rule in HINTS]


def test_advice_comes_largest_first_and_then_in_the_catalogues_order():
    given = hints(taken_apart(*GRAND_TOUR))
    assert [hint.id for hint in given] == [
        "documentation-and-locales",
        "deleted-later",
        "package-manager-cache",
        "root-user",
    ]


def test_every_hint_says_what_why_and_how():
    for hint in hints(taken_apart(*GRAND_TOUR)):
        assert isinstance(hint, Hint)
        assert hint.title
        assert 0 < len(hint.evidence) <= MAX_LINES
        assert hint.dockerfile


def test_a_lean_image_gets_no_advice():
    assert hints(taken_apart(CLEAN, user="65532")) == ()


def test_an_empty_image_gets_no_advice():
    assert hints(taken_apart(user="65532")) == ()


def test_long_evidence_is_cut_and_counted():
    lines = [str(number) for number in range(20)]
    assert bounded(lines) == (*lines[:7], "and 13 more")
    assert bounded(lines[:8]) == tuple(lines[:8])


def test_how_evidence_is_worded():
    assert [size(one) for one in (0, 45_300, 12_345_678, 4_155_014_665)] == [
        "0 kB",
        "45 kB",
        "12.3 MB",
        "4.16 GB",
    ]
    assert (count(1, "file"), count(1234, "file")) == ("1 file", "1,234 files")
    assert paths(["a", "b", "c", "d"]) == "/a, /b, /c and 1 more"


def test_a_layer_is_named_with_its_command_in_one_line():
    image = taken_apart({"a": "x"}, {"b": "x"}, commands=("", "RUN a \\\n  && " + "b" * 200))
    assert layer(image.contents, 0) == "layer 0"
    named = layer(image.contents, 1)
    assert named.startswith("layer 1 (RUN a \\ && bbb")
    assert len(named) == len("layer 1 ()") + 100
