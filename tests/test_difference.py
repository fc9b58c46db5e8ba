"""What differs between two images: every byte, package, tool, layer and setting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from saved_images import Content, Member, folder, hardlink, program, symlink, taken_apart

from bench.inspection.difference import difference
from bench.inspection.difference_types import Difference, FileChange

STATUS = "var/lib/dpkg/status"


def differ(
    before: Mapping[str, Content], after: Mapping[str, Content], **more: Mapping[str, Any]
) -> Difference:
    old = taken_apart(before, **more.get("old", {}))
    return difference(old, taken_apart(after, **more.get("new", {})))


def change(found: Difference, path: str) -> FileChange:
    (one,) = (one for one in found.files.largest if one.path == path)
    return one


def test_the_same_image_does_not_differ() -> None:
    image = taken_apart({"a": b"1", "l": symlink("a"), "d": folder()})
    found = difference(image, image)
    assert found.files.largest == found.packages == found.settings == found.categories == ()
    assert (found.files.same, found.files.other_paths) == (1, 0)
    assert len(found.layers.shared) == 1
    assert found.layers.only_before == found.layers.only_after == ()


def test_files_come_go_grow_move_and_change_their_mode() -> None:
    found = differ(
        {"gone": b"123", "grown": b"1", "moved/here": b"moved", "x": b"run", "same": b"s"},
        {"come": b"12345", "grown": b"1234", "moved/there": b"moved", "x": program(b"run"),
         "same": Member(b"s", mtime_s=9)},
    )  # fmt: skip
    files = found.files
    assert (files.added, files.removed, files.changed) == (1, 1, 1)
    assert (files.moved, files.mode_only, files.same) == (1, 1, 1)
    assert (files.added_bytes, files.removed_bytes, files.grown_bytes) == (5, 3, 3)
    assert files.moved_bytes == 5
    assert change(found, "/moved/there").came_from == "/moved/here"
    assert change(found, "/x").change == "mode only"
    assert [one.path for one in files.largest] == ["/come", "/moved/there", "/grown", "/gone", "/x"]


def test_a_file_that_became_a_folder_or_link_is_gone() -> None:
    found = differ({"a": b"123", "b": b"12"}, {"a": folder(), "b": symlink("a")})
    assert (found.files.removed, found.files.removed_bytes, found.files.added) == (2, 5, 0)
    assert found.files.other_paths == 2


def test_a_second_name_of_a_file_is_another_path_and_no_bytes() -> None:
    found = differ({"a": b"123"}, {"a": b"123", "b": hardlink("a")})
    assert (found.files.added, found.files.other_paths) == (0, 1)


def test_a_moved_empty_file_stays_come_and_gone() -> None:
    found = differ({"a": b""}, {"b": b""})
    assert (found.files.moved, found.files.added, found.files.removed) == (0, 1, 1)


FILES = st.dictionaries(
    st.sampled_from(["a", "b", "c/d", "c/e", "f"]),
    st.one_of(
        st.binary(max_size=3),
        st.builds(Member, st.binary(max_size=3), st.sampled_from([0o644, 0o755])),
        st.sampled_from([symlink("a"), folder()]),
    ),
)


@given(before=st.tuples(FILES, FILES), after=st.tuples(FILES, FILES), link=st.booleans())
def test_the_bytes_of_the_difference_add_up(
    before: tuple[dict[str, Content], ...], after: tuple[dict[str, Content], ...], link: bool
) -> None:
    if link:
        after = (*after, {"first": b"shared", "second": hardlink("first")})
    old, new = taken_apart(*before), taken_apart(*after)
    found = difference(old, new)
    files = found.files
    grown = new.contents.files.file_bytes - old.contents.files.file_bytes
    assert grown == files.added_bytes - files.removed_bytes + files.grown_bytes
    assert grown == sum(one.after_bytes - one.before_bytes for one in found.categories)
    number = files.added - files.removed
    assert number == len(new.contents.files.regular) - len(old.contents.files.regular)
    both = files.same + files.changed + files.mode_only + files.moved
    assert files.removed + both == len(old.contents.files.regular)
    back = difference(new, old).files
    assert (back.added, back.removed_bytes) == (files.removed, files.added_bytes)
    assert (back.grown_bytes, back.moved) == (-files.grown_bytes, files.moved)


def debian(*packages: tuple[str, str]) -> str:
    blocks = (
        f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}\n"
        for name, version in packages
    )
    return "\n".join(blocks)


def test_packages_come_go_and_change_their_version() -> None:
    found = differ(
        {STATUS: debian(("bash", "5"), ("curl", "7"), ("same", "1"))},
        {STATUS: debian(("bash", "6"), ("vim", "9"), ("same", "1"))},
    )
    told = {one.name: (one.change, one.before, one.after) for one in found.packages}
    assert told == {
        "bash": ("other version", ("5",), ("6",)),
        "curl": ("removed", ("7",), ()),
        "vim": ("added", (), ("9",)),
    }


def wheel(name: str, version: str, content: bytes) -> dict[str, Content]:
    site = "usr/lib/python3/site-packages"
    info = f"{site}/{name}-{version}.dist-info"
    module = f"{name.lower()}/__init__.py"
    return {
        f"{site}/{module}": content,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/RECORD": f"{module},,\n{name}-{version}.dist-info/METADATA,,\n",
    }


def test_a_package_of_the_same_version_and_other_bytes_is_told_whatever_its_spelling() -> None:
    found = differ(wheel("My_App", "1", b"1234"), wheel("my-app", "1", b"12"))
    (package,) = found.packages
    assert (package.name, package.change) == ("my-app", "other size")
    assert package.before == package.after == ("1",)


def test_settings_that_differ_are_told_line_by_line() -> None:
    old = {"user": "root", "environment": ("A=1", "B=2"), "labels": {"x": "1"}}
    new = {"user": "65532", "environment": ("A=1", "C=3"), "more": {"WorkingDir": "/app"}}
    found = differ({}, {}, old=old, new=new)
    assert [(one.name, one.before, one.after) for one in found.settings] == [
        ("user", "root", "65532"),
        ("working folder", "", "/app"),
        ("environment B", "2", ""),
        ("environment C", "", "3"),
        ("label x", "1", ""),
    ]


def test_tools_and_findings_of_one_image_only() -> None:
    env = {"environment": ("PATH=/bin",)}
    found = differ(
        {"bin/sh": program(), "bin/curl": program(), "bin/su": program(mode=0o4755)},
        {"bin/sh": program(), "bin/vim": program()},
        old=env,
        new=env,
    )
    assert [tool.name for tool in found.tools_only_before] == ["curl"]
    assert [tool.name for tool in found.tools_only_after] == ["vim"]
    assert [(one.name, one.only_before) for one in found.security] == [("setuid", ("/bin/su",))]


def test_layers_are_shared_or_in_one_only() -> None:
    base: dict[str, Content] = {"base": b"base"}
    old = taken_apart(base, {"a": b"a"}, commands=("ADD base", "COPY a"))
    new = taken_apart(
        base, {"b": b"b" * 2000}, {"c": b"c"}, commands=("ADD base", "RUN b", "RUN c")
    )
    layers = difference(old, new).layers
    assert [row.created_by for row in layers.shared] == ["ADD base"]
    assert [row.created_by for row in layers.only_before] == ["COPY a"]
    assert [row.created_by for row in layers.only_after] == ["RUN b", "RUN c"]


def test_hints_of_one_image_only_are_told_by_id() -> None:
    found = differ({}, {}, old={"user": "root"}, new={"user": "65532"})
    assert "root-user" in {hint.id for hint in found.hints_only_before}
    assert found.hints_only_after == ()


def test_sizes_stand_side_by_side() -> None:
    found = differ({"a": b"1"}, {"a": b"1", "b": b"22"})
    assert (found.sizes.file_bytes.before, found.sizes.file_bytes.after) == (1, 3)
    assert (found.sizes.files.before, found.sizes.files.after) == (1, 2)
    assert found.sizes.compressed_bytes.before is None
