from __future__ import annotations

import pytest
from saved_images import Content, Member, contents, folder, hardlink, program, symlink

from bench.inspection.file_system import FileSystem
from builders.errors import EngineError


def files(*layers: dict[str, Content]) -> FileSystem:
    return contents(*layers).files


def superseded(*layers: dict[str, Content]) -> list[tuple[str, int, int, str, bool]]:
    return [
        (one.path, one.written_in, one.superseded_in, one.how, one.same_content)
        for one in files(*layers).superseded
    ]


def test_a_whiteout_takes_a_folder_with_all_in_it():
    layers = {"opt/a": "1", "opt/b/c": "22", "etc/x": "3"}, {".wh.opt": ""}
    assert list(files(*layers).paths) == ["etc", "etc/x"]
    assert sorted(superseded(*layers)) == [
        ("opt/a", 0, 1, "removed", False),
        ("opt/b/c", 0, 1, "removed", False),
    ]


def test_an_opaque_folder_hides_what_lower_layers_put_in_and_nothing_of_its_own():
    layers = {"opt/a": "1", "opt/b": "22"}, {"opt/c": "3", "opt/.wh..wh..opq": "", "opt/a": "4"}
    assert list(files(*layers).paths) == ["opt", "opt/a", "opt/c"]
    assert sorted(one[0] for one in superseded(*layers)) == ["opt/a", "opt/b"]


def test_a_whiteout_of_what_its_own_layer_brings_leaves_it():
    assert list(files({"a": "1"}, {"a": "2", ".wh.a": ""}).paths) == ["a"]


def test_a_whiteout_of_nothing_is_nothing():
    assert list(files({"a": "1"}, {"b/.wh.c": "", ".wh.d": "", "e/.wh..wh..opq": ""}).paths) == [
        "a"
    ]


def test_marks_of_the_union_file_system_are_no_files():
    assert list(files({".wh..wh.aufs": "", ".wh..wh.orph/.wh..wh.x": "", "a": ""}).paths) == ["a"]


def test_a_file_takes_a_folders_place_and_the_reverse():
    assert superseded({"a/b": "1", "c": "22"}, {"a": "3", "c/d": "4"}) == [
        ("a/b", 0, 1, "removed", False),
        ("c", 0, 1, "replaced", False),
    ]


def test_a_folder_again_keeps_what_is_in_it_and_has_the_new_mode():
    found = files({"a": folder(), "a/b": "1"}, {"a": folder(0o700)})
    assert list(found.paths) == ["a", "a/b"]
    assert found.paths["a"].entry.mode == 0o700
    assert found.paths["a"].layer == 1
    assert found.superseded == ()


def test_a_changed_owner_stores_the_same_content_again():
    assert superseded({"a": "same"}, {"a": Member(b"same", uid=7)}) == [
        ("a", 0, 1, "replaced", True)
    ]


def test_content_stays_while_a_name_leads_to_it():
    below: dict[str, Content] = {"a": "12345", "b": hardlink("a")}
    found = files(below, {".wh.a": ""})
    assert (list(found.paths), found.file_bytes, found.superseded) == (["b"], 5, ())
    replaced = files(below, {"a": "1"})
    assert (replaced.file_bytes, replaced.superseded) == (6, ())
    assert [replaced.paths[path].layer for path in "ab"] == [1, 0]
    gone = files(below, {".wh.a": ""}, {"b": "new"})
    assert (gone.file_bytes, [one.path for one in gone.superseded]) == (3, ["b"])


def test_hard_links_count_once_and_under_their_first_path():
    found = files({"z": "12345", "a": hardlink("z"), "b": "12345"})
    assert list(found.regular) == ["a", "b"]
    assert found.file_bytes == 10
    assert found.paths["a"].entry is found.paths["z"].entry
    assert found.paths["a"].inode == found.paths["z"].inode != found.paths["b"].inode


def test_a_path_twice_in_a_layer_is_superseded_by_the_later():
    assert superseded({"a": "1", "./a": "22"}) == [("a", 0, 0, "replaced", False)]


def test_folders_that_no_layer_describes_are_there():
    found = files({"a/b/c": ""})
    assert list(found.paths) == ["a", "a/b", "a/b/c"]
    assert found.paths["a/b"].entry.kind == "folder"


def test_absolute_paths_count_from_the_root():
    assert list(files({"/a": "1", "//b//c": "2"}).paths) == ["a", "b", "b/c"]


def test_a_hard_link_to_nowhere_is_told_with_both_ends():
    with pytest.raises(EngineError, match=r"layer 1: the hard link 'b' leads to 'a/x', which"):
        assert files({"a": folder()}, {"b": hardlink("a/x")}).paths


LINKS: dict[str, Content] = {
    "usr/bin/python3.11": program(),
    "usr/bin/python3": symlink("python3.11"),
    "usr/bin/python": symlink("/usr/bin/./python3"),
    "bin": symlink("usr/bin"),
    "usr/local/up": symlink("../../../../bin"),
    "loop/a": symlink("b"),
    "loop/b": symlink("/loop/a"),
    "broken": symlink("nowhere/x"),
    "self": symlink("self"),
    "grow": symlink("grow/grow"),
    "empty": symlink(""),
}


@pytest.mark.parametrize(
    ("path", "real"),
    [
        ("bin/python", "usr/bin/python3.11"),
        ("/usr/local/up/python", "usr/bin/python3.11"),
        ("usr/local/../../../bin/", "usr/bin"),
        ("broken", "nowhere/x"),
        ("nothing/at/all", "nothing/at/all"),
        ("", ""),
        ("loop/a", None),
        ("self/x", None),
        ("grow", None),
        ("empty", ""),
    ],
)
def test_links_are_followed_as_the_kernel_does(path: str, real: str):
    assert files(LINKS).real(path) == real


def test_a_chain_of_forty_links_is_followed_and_one_more_is_not():
    chain = {f"l{number}": symlink(f"l{number + 1}") for number in range(41)}
    assert files(chain).real("l1") == "l41"
    assert files(chain).real("l0") is None


def test_names_and_programs_are_found_through_links():
    found = files(LINKS)
    assert found.names("bin") == ("python", "python3", "python3.11")
    assert found.names("loop/a") == ()
    assert found.executable("bin/python") == "usr/bin/python3.11"
    assert found.executable("bin") is None
    assert found.executable("self") is None
