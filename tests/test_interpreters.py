from __future__ import annotations

import pytest
from owned import PACKAGES, distribution, image, owners, status
from saved_images import symlink

from bench.inspection.owners import ownership

INTERPRETER = {
    "bin/python3.11": "x",
    "bin/python3": symlink("python3.11"),
    "bin/python3-config": "x",
    "bin/2to3": "x",
    "bin/idle3.11": "x",
    "bin/pydoc3": "x",
    "include/python3.11/Python.h": "x",
    "lib/libpython3.11.so.1.0": "x",
    "lib/libpython3.so": "x",
    "lib/pkgconfig/python3-embed.pc": "x",
    "lib/python3.11/os.py": "x",
    "lib/python3.11/test/test_os.py": "x",
    "lib/python3.11/__pycache__/os.cpython-311.pyc": "x",
    "share/man/man1/python3.1": "x",
}
OTHERS = {
    "bin/node": "x",
    "bin/pythonic": "x",
    "lib/python3.12/os": "x",
    "lib/libpython2.7.so": "x",
}


@pytest.mark.parametrize("prefix", ["usr/local/", "opt/conda/", "a/b+c/", ""])
def test_an_interpreter_is_known_by_its_standard_library(prefix: str):
    own = {f"{prefix}{path}": content for path, content in INTERPRETER.items()}
    others = {f"{prefix}{path}": content for path, content in OTHERS.items()}
    module = f"{prefix}lib/python3.11/site-packages/a.py"
    made = image({**own, **others, module: "x", "lib/python3.9/os.txt": "x"})
    (python,) = [one for one in ownership(made).owners if one.kind == "interpreter"]
    assert (python.name, python.version) == ("Python", "3.11")
    assert python.where == f"{prefix}lib/python3.11/os.py"
    found = owners(made)
    assert {path for path, owner in found.items() if owner == "interpreter Python"} == {
        path for path in own if not path.endswith("bin/python3")
    }


def test_the_official_images_state_the_patch_release():
    made = image({"usr/local/lib/python3.11/os.py": "x"}, environment=("PYTHON_VERSION=3.11.9",))
    assert ownership(made).owners[0].version == "3.11.9"
    made = image({"opt/lib/python3.11/os.py": "x"}, environment=("PYTHON_VERSION=3.11.9",))
    assert ownership(made).owners[0].version == "3.11"
    made = image({"usr/local/lib/python3.1/os.py": "x"}, environment=("PYTHON_VERSION=3.11.9",))
    assert ownership(made).owners[0].version == "3.1"


def test_packages_in_an_interpreters_folders_keep_their_owners():
    made = image(
        {
            "var/lib/dpkg/status": status("python3.11-minimal"),
            "var/lib/dpkg/info/python3.11-minimal.list": "/usr/lib/python3.11/os.py\n",
            "usr/lib/python3.11/os.py": "x",
            "usr/bin/python3.11": "x",
            "usr/local/lib/python3.11/os.py": "x",
            "usr/local/bin/pydoc3": "x",
            **distribution("a", "a.py,,\n../../../bin/pydoc3,,\n"),
            f"{PACKAGES}/a.py": "x",
        }
    )
    found = owners(made)
    assert found["usr/lib/python3.11/os.py"] == "debian python3.11-minimal"
    assert found["usr/bin/python3.11"] == "nobody nobody"
    assert found["usr/local/lib/python3.11/os.py"] == "interpreter Python"
    assert found["usr/local/bin/pydoc3"] == "python a"


@pytest.mark.parametrize("version", ["version = 3.11.2", "version_info = 3.11.2", "version=3.11.2"])
@pytest.mark.parametrize("folder", ["opt/venv/", ""])
def test_a_virtual_environment_is_known_by_its_settings(folder: str, version: str):
    own = ("bin/activate", "bin/activate.fish", "bin/Activate.ps1", "bin/python", "pyvenv.cfg")
    packages = f"{folder}lib/python3.11/site-packages"
    files = {f"{folder}{path}": "x" for path in (*own, "bin/flask", "bin/pythonic")}
    made = image(
        {**files, f"{packages}/a.py": "x", f"{folder}pyvenv.cfg": f"home = x\n{version}\n"}
    )
    (environment,) = [one for one in ownership(made).owners if one.kind == "interpreter"]
    assert environment.name == f"virtual environment /{folder}".rstrip("/")
    assert (environment.version, environment.where) == ("3.11.2", f"{folder}pyvenv.cfg")
    assert environment.files == len(own)
