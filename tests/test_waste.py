from __future__ import annotations

from saved_images import Content, Member, contents, hardlink

from bench.inspection.facts import Duplicate, Waste
from bench.inspection.waste import LARGEST, waste


def of(*layers: dict[str, Content]) -> Waste:
    return waste(contents(*layers).files)


def test_an_image_that_shows_all_it_holds_wastes_nothing():
    found = of({"a": "1", "b": "22"}, {"c": "333"})
    assert (found.superseded_bytes, found.superseded, found.duplicates) == (0, (), ())
    assert found.efficiency == 1.0


def test_efficiency_is_the_share_of_written_bytes_that_can_be_seen():
    found = of({"a": "x" * 60, "b": "y" * 20}, {".wh.a": ""}, {"b": "z" * 20})
    assert (found.superseded_bytes, found.superseded_files) == (80, 2)
    assert found.efficiency == 20 / 100
    assert [(one.path, one.written_in, one.superseded_in, one.how) for one in found.superseded] == [
        ("/a", 0, 1, "removed"),
        ("/b", 0, 2, "replaced"),
    ]


def test_identical_files_are_told_together_costliest_first():
    found = of({"a": "12345", "b": "12345", "c": "x" * 4, "d": "x" * 4, "e": "x" * 4, "f": "1"})
    assert found.duplicates == (
        Duplicate(size_bytes=4, paths=("/c", "/d", "/e")),
        Duplicate(size_bytes=5, paths=("/a", "/b")),
    )
    assert (found.duplicate_bytes, found.duplicate_groups) == (13, 2)


def test_files_of_several_layers_are_compared():
    assert of({"a": "12345"}, {"b": "12345"}).duplicate_bytes == 5


def test_hard_links_empty_files_and_what_is_gone_are_no_duplicates():
    found = of({"a": "12345", "b": hardlink("a"), "c": "", "d": "", "e": "123"}, {"e": "12345"})
    assert [one.paths for one in found.duplicates] == [("/a", "/e")]
    assert of({"a": "12345"}, {".wh.a": "", "b": "12345"}).duplicates == ()


def test_a_sparse_file_is_like_no_other():
    pax = {"GNU.sparse.size": "5", "GNU.sparse.map": "0,5", "GNU.sparse.numblocks": "1"}
    assert of({"a": Member(b"12345", pax=pax), "b": Member(b"12345", pax=pax)}).duplicates == ()


def test_lists_hold_the_largest_and_sums_count_all():
    below: dict[str, Content] = {f"f{number}": "x" * (number + 1) for number in range(60)}
    found = of(below, {f".wh.{name}": "" for name in below})
    assert len(found.superseded) == LARGEST
    assert found.superseded[0].size_bytes == 60
    assert (found.superseded_files, found.superseded_bytes) == (60, sum(range(61)))
    assert found.efficiency == 0
