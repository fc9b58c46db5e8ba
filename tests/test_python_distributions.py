from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from owned import PACKAGES, distribution, image, owners, packages, status
from saved_images import symlink

VENV = "opt/venv/lib/python3.11/site-packages"


def test_a_record_tells_the_files_and_metadata_the_rest():
    record = """\
numpy/__init__.py,sha256=x,10
"numpy/a, b.py",sha256=x,10
"numpy/a""b.py",,
../../../bin/f2py,sha256=x,10
/usr/share/absolute,,
numpy/gone.py,,
numpy-1.0.dist-info/METADATA,,
"""
    made = image(
        {
            **distribution("numpy", record, more="License-Expression: BSD-3-Clause\n"),
            f"{PACKAGES}/numpy-1.0.dist-info/direct_url.json": "{}",
            f"{PACKAGES}/numpy/__init__.py": "x",
            f"{PACKAGES}/numpy/a, b.py": "x",
            f'{PACKAGES}/numpy/a"b.py': "x",
            f"{PACKAGES}/numpy/unlisted.py": "x",
            "usr/local/bin/f2py": "x",
            "usr/share/absolute": "x",
        }
    )
    (numpy,) = packages(made)
    assert (numpy.kind, numpy.name, numpy.version) == ("python", "numpy", "1.0")
    assert numpy.licences == ("BSD-3-Clause",)
    assert numpy.where == f"{PACKAGES}/numpy-1.0.dist-info"
    found = owners(made)
    assert found.pop(f"{PACKAGES}/numpy/unlisted.py") == "nobody nobody"
    assert set(found.values()) == {"python numpy"}
    assert numpy.files == len(found) == 8


def test_links_on_the_way_to_a_recorded_file_are_followed():
    made = image(
        {
            "opt/venv/lib64": symlink("lib"),
            **distribution("a", "../../../../lib64/python3.11/site-packages/a.py,,\n", folder=VENV),
            f"{VENV}/a.py": "x",
        }
    )
    assert owners(made)[f"{VENV}/a.py"] == "nobody nobody"  # one level too far up
    made = image(
        {
            "opt/venv/lib64": symlink("lib"),
            **distribution("a", "../../../lib64/python3.11/site-packages/a.py,,\n", folder=VENV),
            f"{VENV}/a.py": "x",
        }
    )
    assert owners(made)[f"{VENV}/a.py"] == "python a"


@pytest.mark.parametrize(
    "compiled",
    [
        "__pycache__/a.cpython-311.pyc",
        "__pycache__/a.cpython-311.opt-2.pyc",
        "__pycache__/a.pypy310-pp73.pyc",
        "a.pyc",
    ],
)
@pytest.mark.parametrize("source", [{f"{PACKAGES}/a.py": "x"}, {}])
def test_compiled_files_belong_to_the_owner_of_their_source(compiled: str, source: dict[str, str]):
    made = image({**distribution("a", "a.py,,\n"), **source, f"{PACKAGES}/{compiled}": "x"})
    assert owners(made)[f"{PACKAGES}/{compiled}"] == "python a"


def test_compiled_files_of_linked_and_packaged_sources_have_an_owner():
    made = image(
        {
            "var/lib/dpkg/status": status("python3.11"),
            "var/lib/dpkg/info/python3.11.list": "/usr/lib/python3.11/real.py\n",
            "usr/lib/python3.11/real.py": "x",
            "usr/lib/python3.11/link.py": symlink("real.py"),
            "usr/lib/python3.11/__pycache__/real.cpython-311.pyc": "x",
            "usr/lib/python3.11/__pycache__/link.cpython-311.pyc": "x",
            "usr/lib/python3.11/__pycache__/other.cpython-311.pyc": "x",
        }
    )
    compiled = {path: owner for path, owner in owners(made).items() if path.endswith(".pyc")}
    assert list(compiled.values()) == ["debian python3.11", "nobody nobody", "debian python3.11"]


def test_dpkg_wins_over_a_distribution_that_it_installed():
    folder = "usr/lib/python3/dist-packages"
    made = image(
        {
            "var/lib/dpkg/status": status("python3-six"),
            "var/lib/dpkg/info/python3-six.list": f"/{folder}/six.py\n/{folder}/six.egg-info\n",
            f"{folder}/six.py": "x",
            f"{folder}/six.egg-info": "Metadata-Version: 1.1\nName: six\nVersion: 1.16.0\n",
        }
    )
    debian, six = packages(made)
    assert (debian.name, debian.files) == ("python3-six", 2)
    assert (six.kind, six.name, six.version, six.files) == ("python", "six", "1.16.0", 0)


def test_the_same_distribution_in_two_environments_has_two_owners():
    made = image(
        {
            **distribution("a", "a.py,,\n"),
            f"{PACKAGES}/a.py": "x",
            **distribution("a", "a.py,,\n", folder=VENV),
            f"{VENV}/a.py": "longer",
        }
    )
    assert [one.where for one in packages(made)] == [
        f"{VENV}/a-1.0.dist-info",
        f"{PACKAGES}/a-1.0.dist-info",
    ]
    assert len({one.size_bytes for one in packages(made)}) == 2


@pytest.mark.parametrize("folder", [PACKAGES, "app/deps"])
def test_a_distribution_within_another_is_part_of_it(folder: str):
    inner = f"{folder}/outer/_vendor"
    listed = "outer/_vendor/inner.py,,\nouter/_vendor/inner-2.0.dist-info/METADATA,,\n"
    made = image(
        {
            **distribution("outer", listed, folder=folder),
            **distribution("inner", "inner.py,,\n", folder=inner, version="2.0"),
            f"{inner}/inner.py": "x",
        }
    )
    assert [one.name for one in packages(made)] == ["outer"]
    assert owners(made)[f"{inner}/inner.py"] == "python outer"


def test_two_distributions_that_list_each_other_are_two():
    made = image(
        {
            **distribution("a", "b-1.0.dist-info/METADATA,,\n"),
            **distribution("b", "a-1.0.dist-info/METADATA,,\n"),
        }
    )
    assert [one.name for one in packages(made)] == ["a", "b"]


def test_distributions_outside_of_site_packages_count_too():
    made = image({**distribution("a", "a.py,,\n", folder="deps"), "deps/a.py": "x"})
    assert owners(made)["deps/a.py"] == "python a"


@pytest.mark.parametrize("name", ["installed-files.txt", "SOURCES.txt"])
def test_older_tools_leave_other_lists(name: str):
    where = f"{PACKAGES}/old-0.9.egg-info"
    path = "../old/x.py" if name.startswith("installed") else "old/x.py"
    made = image(
        {
            f"{where}/PKG-INFO": "Name: Old\nVersion: 0.9\nLicense: MIT\n",
            f"{where}/{name}": f"{path}\nsetup.py\n",
            f"{where}/top_level.txt": "old\n",
            f"{PACKAGES}/old/x.py": "x",
        }
    )
    (old,) = packages(made)
    assert (old.name, old.version, old.licences, old.files) == ("Old", "0.9", ("MIT",), 4)


def test_metadata_beside_a_projects_source_is_no_installation():
    made = image(
        {"app/my.egg-info/PKG-INFO": "Name: my\n", "app/my.egg-info/SOURCES.txt": "my.py\n"}
    )
    assert packages(made) == []


@pytest.mark.parametrize("metadata", [{}, {f"{PACKAGES}/a_b-1.0.dist-info/METADATA": "\0 nothing"}])
def test_without_metadata_the_metadata_folders_name_tells(metadata: dict[str, str]):
    made = image({f"{PACKAGES}/a_b-1.0.dist-info/RECORD": "a.py,,\n", **metadata})
    (owner,) = packages(made)
    assert (owner.name, owner.version) == ("a_b", "1.0")


def test_a_folders_name_alone_owns_nothing():
    made = image(
        {f"{PACKAGES}/numpy/__init__.py": "x", f"{PACKAGES}/numpy-1.0.dist-info/WHEEL": "x"}
    )
    assert set(owners(made).values()) == {"nobody nobody"}


@given(st.binary(max_size=300), st.binary(max_size=100))
def test_a_damaged_record_is_used_as_far_as_it_goes(record: bytes, metadata: bytes):
    where = f"{PACKAGES}/a-1.0.dist-info"
    made = image(
        {
            f"{where}/RECORD": b"a.py,,\n" + record + b"\nb.py,,\n",
            f"{where}/METADATA": b"Name: a\n" + metadata,
            f"{PACKAGES}/a.py": "x",
            f"{PACKAGES}/b.py": "x",
        }
    )
    assert owners(made)[f"{PACKAGES}/a.py"] == "python a"
    assert owners(made)[f"{PACKAGES}/b.py"] == "python a"


def test_a_line_that_csv_refuses_is_passed_over():
    line = '"' + "x" * 200_000  # the csv module's limit for a field is 131,072
    made = image({**distribution("a", f"{line}\na.py,,\n"), f"{PACKAGES}/a.py": "x"})
    assert owners(made)[f"{PACKAGES}/a.py"] == "python a"
