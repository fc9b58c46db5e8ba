from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.inspection.entry import Entry
from bench.inspection.file_system import FileSystem
from bench.inspection.finding_types import Tool
from bench.inspection.tools import find_tools
from builders.tool_catalogue import KINDS, tool_named


def found(layers: Sequence[Sequence[Entry]], environment: Sequence[str] = ()) -> tuple[Tool, ...]:
    return find_tools(FileSystem.of(layers), environment)


def names(*layers: tuple[Entry, ...], path: str = "/usr/bin:/bin") -> list[str]:
    return [tool.name for tool in found(layers, [f"PATH={path}"])]


def x(path: str) -> Entry:
    return Entry(path, "file", 0o755)


def ln(path: str, target: str) -> Entry:
    return Entry(path, "symlink", 0o777, target=target)


def gone(path: str) -> Entry:
    return Entry(path, "removed")


@pytest.mark.parametrize(
    ("file_name", "tool"),
    [
        ("sh", "sh"),
        ("rbash", "bash"),
        ("apt-get", "apt"),
        ("pip", "pip"),
        ("pip3", "pip"),
        ("pip3.11", "pip"),
        ("cc", "gcc"),
        ("gcc-12", "gcc"),
        ("x86_64-linux-gnu-gcc-12", "gcc"),
        ("aarch64-linux-gnu-ld.bfd", "ld"),
        ("x86_64-alpine-linux-musl-g++", "g++"),
        ("clang++-14", "clang"),
        ("vim.basic", "vim"),
        ("curl", "curl"),
        ("nc.openbsd", "nc"),
        ("slogin", "ssh"),
        ("ssh-keygen", None),
        ("gdb-multiarch", "gdb"),
        ("perf_5.10", "perf"),
        ("nsenter", "nsenter"),
        ("perl", None),
        ("node", None),
        ("python3", None),
        ("python3.11", None),
        ("gcc-ar-12", None),
        ("git-shell", None),
        ("apt-key", None),
        ("shred", None),
        ("3", None),
        ("", None),
    ],
)
def test_the_catalogue_knows_versions_prefixes_and_other_names(file_name: str, tool: str | None):
    assert tool_named(file_name) == tool


def test_the_catalogue_has_the_seven_kinds_of_the_record():
    assert set(KINDS.values()) == {
        "shell",
        "package manager",
        "compiler",
        "version control",
        "downloader",
        "editor",
        "debugger",
    }


def test_no_name_of_the_catalogue_means_two_programs():
    assert all(tool_named(name) == name for name in KINDS)


def test_a_program_with_several_names_counts_once():
    assert names((x("usr/bin/pip"), x("usr/bin/pip3"), x("usr/bin/pip3.11"))) == ["pip"]


def test_a_tool_knows_its_kind_and_where_it_was_found_first():
    (tool,) = found([(x("bin/git"), x("usr/local/bin/git"))], [])
    assert (tool.name, tool.kind, tool.path) == ("git", "version control", "/usr/local/bin/git")


def test_the_path_that_is_called_like_the_tool_is_preferred():
    (tool,) = found([(x("bin/c++"), x("usr/bin/g++"))], ["PATH=/bin:/usr/bin"])
    assert (tool.name, tool.path) == ("g++", "/usr/bin/g++")


def test_a_link_counts_as_the_program_that_it_leads_to():
    layer = (ln("usr/bin/sh", "dash"), x("usr/bin/dash"), x("usr/bin/vim.tiny"))
    links = (
        ln("usr/bin/vi", "/etc/alternatives/vi"),
        ln("etc/alternatives/vi", "/usr/bin/vim.tiny"),
    )
    assert names(layer, links) == ["vim", "dash"]


def test_a_link_to_something_unknown_counts_by_its_own_name():
    npm = (ln("usr/bin/npm", "../lib/npm/bin/npm-cli.js"), x("usr/lib/npm/bin/npm-cli.js"))
    assert names(npm) == ["npm"]


def test_a_tool_outside_the_path_is_found_by_a_link_of_another_name():
    assert names((ln("usr/bin/editor", "/opt/nano"), x("opt/nano"))) == ["nano"]


def test_the_applets_of_a_multi_call_program_count_by_the_names_it_is_called_by():
    applets = tuple(ln(f"bin/{name}", "busybox") for name in ("sh", "vi", "wget", "awk"))
    assert names((x("bin/busybox"), *applets)) == ["wget", "vim", "busybox", "sh"]


def test_a_hard_link_runs_as_the_file_it_shares():
    assert names((x("usr/bin/vim"), Entry("usr/bin/vi", "hardlink", target="usr/bin/vim"))) == [
        "vim"
    ]
    assert names((x("opt/a"), Entry("usr/bin/curl", "hardlink", target="opt/a"))) == ["curl"]


def test_what_is_no_file_runs_nothing():
    assert names((Entry("bin/sh", "fifo", 0o755), Entry("bin/vi", "device", 0o755))) == []


def test_debuggers_and_downloaders_are_found_like_the_rest():
    layer = (x("usr/bin/nsenter"), x("usr/bin/gdb"), x("usr/bin/ssh"), ln("usr/bin/nc", "ncat"))
    assert [(tool.kind, tool.name) for tool in found([(*layer, x("usr/bin/ncat"))])] == [
        ("debugger", "gdb"),
        ("debugger", "nsenter"),
        ("downloader", "ncat"),
        ("downloader", "ssh"),
    ]


def test_a_folder_that_is_a_link_is_followed():
    assert names((ln("bin", "usr/bin"), x("usr/bin/bash")), path="/bin") == ["bash"]


def test_the_virtual_environment_is_looked_into_whatever_the_path():
    assert names((x("opt/venv/bin/pip"),)) == ["pip"]


def test_an_image_without_a_path_gets_the_engines_default():
    assert [tool.path for tool in found([(x("sbin/apk"),)], ["A=b"])] == ["/sbin/apk"]


def test_relative_folders_of_the_path_are_passed_over():
    assert names((x("bin/bash"),), path="bin:.:") == []


@pytest.mark.parametrize(
    ("case", "upper"),
    [
        ("whiteout", (gone("usr/bin/curl"),)),
        ("whiteout of the folder", (gone("usr"),)),
        ("opaque folder", (Entry("usr/bin", "opaque"),)),
        ("opaque root", (Entry("", "opaque"),)),
        ("no longer executable", (Entry("usr/bin/curl", "file"),)),
        ("folder in its place", (Entry("usr/bin/curl", "folder"),)),
        ("link to nowhere in its place", (ln("usr/bin/curl", "gone"),)),
        ("link to itself in its place", (ln("usr/bin/curl", "curl"),)),
        ("file in place of its folder", (Entry("usr/bin", "file"),)),
    ],
)
def test_a_tool_that_an_upper_layer_takes_away_is_gone(case: str, upper: tuple[Entry, ...]):
    lower = (x("usr/bin/curl"),)
    assert names(lower) == ["curl"]
    assert names(lower, upper) == [], case


@pytest.mark.parametrize(
    "upper",
    [
        (x("usr/bin/curl"), gone("usr/bin/curl")),
        (x("usr/bin/curl"), Entry("usr/bin", "opaque")),
        (Entry("usr/bin", "folder"),),
        (gone("usr/bin/cur"), gone("usr/bin/curl2"), gone("sr")),
        (gone("nowhere/at/all"),),
    ],
)
def test_a_layers_own_files_survive_its_whiteouts(upper: tuple[Entry, ...]):
    assert names((x("usr/bin/curl"),), upper) == ["curl"]


def test_a_tool_that_comes_back_in_a_third_layer_is_there():
    assert names((x("bin/git"),), (gone("bin/git"),), (x("bin/git"),)) == ["git"]


def test_a_folder_that_replaces_a_link_is_no_link_any_more():
    lower = (ln("opt", "usr"), x("usr/bin/git"))
    assert names(lower, path="/opt/bin") == ["git"]
    assert names(lower, (x("opt/bin/curl"),), path="/opt/bin") == ["curl"]


def test_links_up_and_around_end():
    files = FileSystem.of([(ln("a", "../../b/./c"), x("b/c"), ln("d", "e"), ln("e", "d"))])
    assert files.executable("/a") == "b/c"
    assert files.executable("/d") is None
    assert files.names("/d") == ()


PATHS = st.lists(st.sampled_from(["bin", "usr", "sh", "..", ""]), max_size=4).map("/".join)
ENTRIES = st.builds(
    Entry,
    PATHS,
    st.sampled_from(["file", "symlink", "folder", "device", "fifo", "removed", "opaque"]),
    st.sampled_from([0o644, 0o755]),
    target=PATHS,
)


@given(st.lists(st.lists(ENTRIES, max_size=6), max_size=4))
def test_any_layers_give_tools_of_the_catalogue_once_each(layers: list[list[Entry]]):
    tools = found(layers)
    assert {tool.name for tool in tools} <= set(KINDS)
    assert len({tool.name for tool in tools}) == len(tools)


@given(st.lists(ENTRIES, max_size=8))
def test_removing_everything_leaves_nothing(layer: list[Entry]):
    assert found([layer, [Entry("", "opaque")]]) == ()
