"""Bills of materials of the repository's images, counted against what the images say themselves."""

from __future__ import annotations

import json
import subprocess
import tarfile
from collections import Counter
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from real_project import REPOSITORY, docker

from bench.inspection.anatomy import anatomy
from bench.inspection.image_facts import image_facts
from bench.inspection.layer_cache import LayerCache
from bench.inspection.sources import from_engine
from builders import root_filesystem
from builders.engine import Engine
from builders.matrix_file import load_matrix
from builders.plan import tag
from builders.workspace import Workspace
from reports.sbom import sbom

pytestmark = [pytest.mark.engine, pytest.mark.variants]
Bill = Mapping[str, Any]
Packages = Counter[tuple[str, str]]  # name and version


def bill(engine: Engine, variant: str) -> Bill:
    """The image's bill, which is valid."""
    image = engine.image(tag(variant))
    assert image is not None
    cache = LayerCache(Workspace.of(REPOSITORY).cache / "layers")
    facts = image_facts(anatomy(from_engine(engine, variant, image, cache)))
    text = sbom(facts, tag(variant))
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    document: Bill = json.loads(text)
    return document


@pytest.fixture(scope="module")
def fat(engine: Engine) -> Bill:
    return bill(engine, "fat")


@pytest.fixture(scope="module")
def distroless(engine: Engine) -> Bill:
    return bill(engine, "distroless-onnx")


def listed(document: Bill, kind: str) -> Iterator[tuple[str, str, PackageURL]]:
    for part in document["components"]:
        url = PackageURL.from_string(part["purl"]) if "purl" in part else None
        if url is not None and url.type == kind:
            assert url.version == part["version"]
            yield part["name"], part["version"], url


def python_packages(document: Bill) -> Packages:
    return Counter((name, version) for name, version, _ in listed(document, "pypi"))


def in_image(variant: str, program: str, *words: str) -> str:
    """What a program of the image writes."""
    done = docker("run", "--rm", "--network=none", "--entrypoint", program, tag(variant), *words)
    assert done.exit_code == 0, done.errors
    return done.output


def test_debian_packages_are_those_that_dpkg_lists(fat: Bill) -> None:
    line = "${db:Status-Abbrev}|${Package}|${Version}|${Architecture}\n"
    rows = in_image("fat", "dpkg-query", "--show", "--showformat", line).splitlines()
    installed = [tuple(row.split("|")[1:]) for row in rows if row.startswith("ii ")]
    found = [(name, version, url.qualifiers["arch"]) for name, version, url in listed(fat, "deb")]
    assert len(installed) > 150
    assert sorted(found) == sorted(installed)
    table = in_image("fat", "dpkg", "-l").splitlines()
    assert len(found) == sum(row.startswith("ii ") for row in table)


def test_python_packages_are_those_that_pip_lists(fat: Bill) -> None:
    found = in_image("fat", "find", "/", "-xdev", "-path", "*/bin/python3").split()
    prefix = "import sys; print(sys.prefix)"
    interpreters = {in_image("fat", path, "-c", prefix): path for path in found}
    assert sorted(interpreters) == ["/opt/venv\n", "/usr\n"]  # links to one are one
    listings = {
        name.strip(): json.loads(
            in_image("fat", "pip", "--python", path, "list", "--format", "json")
        )
        for name, path in interpreters.items()
    }
    # Debian's own interpreter has nothing installed, and no pip to say so.
    assert listings["/usr"] == []
    assert len(listings["/opt/venv"]) > 30
    expected = Counter((row["name"], row["version"]) for row in listings["/opt/venv"])
    assert python_packages(fat) == expected


def test_without_pip_python_packages_are_those_that_the_interpreter_finds(
    distroless: Bill,
) -> None:
    program = (
        "import importlib.metadata as m, json; "
        "print(json.dumps([(d.metadata['Name'], d.version) for d in m.distributions()]))"
    )
    rows = json.loads(in_image("distroless-onnx", "python3", "-c", program))
    assert {"numpy", "onnxruntime", "pillow"} <= {name for name, _ in rows}
    assert python_packages(distroless) == Counter(map(tuple, rows))


def test_without_dpkg_debian_packages_are_those_that_were_unpacked(
    distroless: Bill, tmp_path: Path
) -> None:
    recipe = load_matrix(REPOSITORY / "variants.yaml").bases["distroless"].bootstrap
    assert recipe is not None
    raw = tmp_path / "raw.tar"
    subprocess.run(root_filesystem.command(recipe, raw), check=True, capture_output=True)
    with tarfile.open(raw) as tar:
        files = [name for name in tar.getnames() if fnmatchcase(name, root_filesystem.PACKAGES)]
    unpacked = {}
    for path in files:
        name, version, architecture = unquote(Path(path).stem).split("_")
        unpacked[name, architecture] = version
    found = {
        (name, url.qualifiers["arch"]): version for name, version, url in listed(distroless, "deb")
    }
    assert found.keys() == unpacked.keys()
    for package, version in found.items():
        # The mirror may have moved on since the base was made, and only forward.
        older = ["dpkg", "--compare-versions", version, "le", unpacked[package]]
        assert subprocess.run(older, check=False).returncode == 0, package
