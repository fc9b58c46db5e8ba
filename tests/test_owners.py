from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from owned import PACKAGES, distribution, image, owners, status
from saved_images import symlink

from bench.inspection.categories import categories, category_tree
from bench.inspection.contents import ImageContents
from bench.inspection.entry import Entry
from bench.inspection.facts import TreeNode
from bench.inspection.image_config import parse_config
from bench.inspection.layers import LayerContents
from bench.inspection.notes import FileNotes
from bench.inspection.owners import ownership

BASE = {"etc/os-release": "ID=x", "srv/base": "x", "app/base": "x", "usr/local/bin/script": "x"}


def test_the_application_is_what_was_copied_in_or_lies_in_the_working_folder():
    made = image(
        BASE,
        {"srv/run": "x", "usr/local/bin/tool": "x"},
        {"app/written": "x", "var/log/apt.log": "x", "srv/downloaded": "x"},
        {"srv/run": "x"},
        commands=("ADD base in /", "COPY dir:1 in /", "RUN make", "RUN chown -R 1 /srv"),
        working_folder="/app",
    )
    application = {path for path, owner in owners(made).items() if owner.startswith("app")}
    assert application == {"srv/run", "usr/local/bin/tool", "app/written"}
    (owner,) = [one for one in ownership(made).owners if one.kind == "application"]
    assert (owner.where, owner.size_bytes) == ("app", 3)


@pytest.mark.parametrize("folder", ["", "/", "/nowhere"])
def test_without_a_working_folder_only_copies_count(folder: str):
    made = image(
        BASE, {"x": "x"}, {"y": "y"}, commands=("ADD", "COPY", "RUN"), working_folder=folder
    )
    assert {path for path, one in owners(made).items() if one.startswith("app")} == {"x"}


def test_the_working_folder_may_be_a_link():
    made = image(BASE, {"srv/x": "x", "code": symlink("srv")}, working_folder="/code")
    assert owners(made)["srv/x"] == "application application"
    assert owners(made)["srv/base"] == "nobody nobody"


def test_an_image_of_one_layer_has_its_application_in_the_working_folder():
    made = image(BASE, commands=("COPY / /",), working_folder="/app")
    assert {path for path, one in owners(made).items() if one.startswith("app")} == {"app/base"}


def test_an_image_from_scratch_has_no_base():
    made = image({"server": "x"}, commands=("COPY server /",))
    assert owners(made) == {"server": "application application"}


def test_what_others_claim_is_not_the_applications():
    made = image(
        BASE,
        {**distribution("a", "a.py,,\n"), f"{PACKAGES}/a.py": "x", "app/m.onnx": "x"},
        commands=("ADD", "COPY"),
        working_folder="/app",
    )
    assert owners(made)[f"{PACKAGES}/a.py"] == "python a"
    assert owners(made)["app/m.onnx"] == "model /app"


def test_owners_come_largest_first_and_then_by_name():
    made = image(
        {
            "var/lib/dpkg/status": status("b") + status("a"),
            "var/lib/dpkg/info/b.list": "/b\n",
            "b": "x" * 1000,
            **distribution("c", ""),
            **distribution("c", "", folder="opt"),
        }
    )
    assert [f"{one.kind} {one.name} {one.where}" for one in ownership(made).owners] == [
        "debian b var/lib/dpkg/status",
        "nobody nobody ",
        "python c opt/c-1.0.dist-info",
        f"python c {PACKAGES}/c-1.0.dist-info",
        "debian a var/lib/dpkg/status",
    ]


def test_an_empty_image_has_no_owners():
    made = image({})
    assert ownership(made).owners == ()
    assert category_tree(made, ownership(made), {}).children == ()


NAMES = st.sampled_from(["a.py", "a.pyc", "b", "m.onnx", "x.h", "__pycache__/a.cpython-311.pyc"])
FOLDERS = st.sampled_from(
    ["bin", "usr/bin", "app", "etc", "tmp", PACKAGES, "usr/local/lib/python3.11", "usr/share/doc/b"]
)
PATHS = st.builds("{}/{}".format, FOLDERS, NAMES)
TEXTS = {
    "var/lib/dpkg/status": status("b") + status("c"),
    "var/lib/dpkg/info/b.list": "/bin/b\n/usr/share/doc/b/b\n/app/b\n",
    "var/lib/dpkg/info/c.list": "/bin/b\n/etc/x.h\n",
    "lib/apk/db/installed": "P:d\nF:app\nR:x.h\n",
    f"{PACKAGES}/p-1.dist-info/RECORD": "a.py,,\n../../../bin/b,,\n../../../../bin/b,,\n",
    f"{PACKAGES}/q-1.dist-info/RECORD": "a.py,,\nb,,\n",
    "app/pyvenv.cfg": "version = 3.11.1",
}
FILES = st.builds(
    lambda path, size_bytes: Entry(path, "file", size_bytes=size_bytes),
    st.one_of(PATHS, st.sampled_from([*TEXTS, "usr/local/lib/python3.11/os.py"])),
    st.one_of(st.integers(0, 99), st.integers(0, 2**32)),
)
LINKS = st.builds(lambda path, target: Entry(path, "symlink", target=target), PATHS, PATHS)
REMOVED = st.builds(lambda path: Entry(path, "removed"), st.one_of(PATHS, FOLDERS))
ALWAYS = (Entry("bin", "symlink", target="usr/bin"), Entry("app/c", "file", size_bytes=7))
SHARED = st.builds(lambda path: Entry(path, "hardlink", target="app/c"), PATHS)
LAYERS = st.lists(st.lists(st.one_of(FILES, FILES, LINKS, REMOVED, SHARED), max_size=9), max_size=3)


@given(LAYERS, st.sampled_from(["COPY x", "RUN x"]))
def test_owners_and_tree_sum_to_the_whole_whatever_the_layers_are(
    layers: list[list[Entry]], command: str
):
    made = unread(layers, command)
    files, owned = made.files, ownership(made)
    assert list(owned.of) == list(files.regular)
    assert sum(one.size_bytes for one in owned.owners) == files.file_bytes
    assert sum(one.files for one in owned.owners) == len(files.regular)
    for one in owned.owners:
        own = [path for path, owner in owned.of.items() if owner is one]
        assert one.files == len(own)
        assert one.size_bytes == sum(files.regular[path].entry.size_bytes for path in own)
    category = categories(made, owned)
    assert list(category) == list(files.regular)
    tree = category_tree(made, owned, category)
    assert (tree.size_bytes, tree.files) == (files.file_bytes, len(files.regular))
    assert_sums(tree)
    assert ownership(made) == owned


def unread(layers: list[list[Entry]], command: str) -> ImageContents:
    """An image that was never an archive, so that its files can be of any size."""
    config = {
        "config": {"WorkingDir": "/app"},
        "history": [{"created_by": command} for _ in layers],
    }
    read = (
        LayerContents(
            diff_id=str(number),
            size_bytes=0,
            member=str(number),
            entries=(*ALWAYS, *entries),
            notes=FileNotes(texts=TEXTS),
        )
        for number, entries in enumerate(layers)
    )
    parsed = parse_config(json.dumps(config).encode(), "tested")
    return ImageContents("tested", "sha256:0", parsed, tuple(read), (None,) * len(layers))


def assert_sums(node: TreeNode) -> None:
    if node.children:
        assert sum(child.size_bytes for child in node.children) == node.size_bytes
        assert sum(child.files for child in node.children) == node.files
        assert len({child.name for child in node.children}) == len(node.children)
    for child in node.children:
        assert_sums(child)
