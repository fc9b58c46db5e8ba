from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import pytest
from real_project import REPOSITORY

from bench.inspection.categories import categories, category_tree
from bench.inspection.contents import ImageContents
from bench.inspection.facts import Owner, TreeNode
from bench.inspection.layer_cache import LayerCache
from bench.inspection.owners import Ownership, ownership
from bench.inspection.sources import from_engine, keep_layers
from builders.engine import ContainerSpec, Engine, ImageInfo
from builders.plan import tag
from builders.workspace import Workspace

pytestmark = [pytest.mark.engine, pytest.mark.variants]

NAMES = ("fat", "cpu-torch", "slim", "multistage", "distroless", "onnx", "distroless-onnx")
WITH_DPKG = ("fat", "cpu-torch", "slim", "multistage", "onnx")
WITH_PIP = ("fat", "cpu-torch", "slim")
Run = Callable[[str, tuple[str, ...]], str]


@pytest.fixture(scope="module")
def images(engine: Engine) -> Mapping[str, ImageInfo]:
    return {name: image for name in NAMES if (image := engine.image(tag(name))) is not None}


@pytest.fixture(scope="module")
def read(engine: Engine, images: Mapping[str, ImageInfo]) -> Mapping[str, ImageContents]:
    cache = LayerCache(Workspace.of(REPOSITORY).cache / "layers")
    keep_layers(engine, images.values(), cache)
    return {name: from_engine(engine, name, image, cache) for name, image in images.items()}


@pytest.fixture(scope="module")
def owned(read: Mapping[str, ImageContents]) -> Mapping[str, Ownership]:
    return {name: ownership(contents) for name, contents in read.items()}


@pytest.fixture
def run(engine: Engine, images: Mapping[str, ImageInfo], session_labels: dict[str, str]) -> Run:
    def output(name: str, command: tuple[str, ...]) -> str:
        spec = ContainerSpec(
            image=images[name].image_id, command=command, labels=session_labels, entrypoint=()
        )
        container = engine.create(spec)
        try:
            engine.start(container)
            engine.wait(container, timeout_s=60)
            return engine.logs(container)
        finally:
            engine.remove(container)

    return output


def tree_of(contents: ImageContents, owned: Ownership) -> TreeNode:
    return category_tree(contents, owned, categories(contents, owned))


def nodes(node: TreeNode) -> list[TreeNode]:
    return [node, *(below for child in node.children for below in nodes(child))]


@pytest.mark.parametrize("name", NAMES)
def test_owners_and_tree_sum_to_the_whole(
    read: Mapping[str, ImageContents], owned: Mapping[str, Ownership], name: str
):
    files, owners = read[name].files, owned[name].owners
    assert list(owned[name].of) == list(files.regular)
    assert sum(one.size_bytes for one in owners) == files.file_bytes
    assert sum(one.files for one in owners) == len(files.regular)
    found = nodes(tree_of(read[name], owned[name]))
    assert (found[0].size_bytes, found[0].files) == (files.file_bytes, len(files.regular))
    assert len(found) < 150
    for node in found:
        if node.children:
            assert sum(child.size_bytes for child in node.children) == node.size_bytes
            assert sum(child.files for child in node.children) == node.files


@pytest.mark.parametrize("name", NAMES)
def test_next_to_nothing_is_left_unexplained(
    read: Mapping[str, ImageContents], owned: Mapping[str, Ownership], name: str
):
    unowned = sum(one.size_bytes for one in owned[name].owners if one.kind == "nobody")
    assert unowned < 0.025 * read[name].files.file_bytes
    sizes = {node.name: node.size_bytes for node in tree_of(read[name], owned[name]).children}
    assert sizes.get("other", 0) < 0.001 * read[name].files.file_bytes


@pytest.mark.parametrize("name", WITH_DPKG)
def test_debian_packages_are_those_that_dpkg_lists(
    owned: Mapping[str, Ownership], run: Run, name: str
):
    form = "${db:Status-Status}\t${Package}\t${Version}\t${Architecture}\n"
    lines = run(name, ("dpkg-query", "--show", f"--showformat={form}")).splitlines()
    rows = [tuple(line.split("\t")) for line in lines]
    assert {state for state, *_ in rows} == {"installed"}
    debian = [one for one in owned[name].owners if one.kind == "debian"]
    assert sorted((one.name, one.version, one.architecture) for one in debian) == sorted(
        row[1:] for row in rows
    )


@pytest.mark.parametrize("name", WITH_PIP)
def test_python_distributions_are_those_that_pip_lists(
    owned: Mapping[str, Ownership], run: Run, name: str
):
    command = ("python", "-m", "pip", "list", "--format=json", "--disable-pip-version-check")
    listed = json.loads(run(name, command))
    python = [one for one in owned[name].owners if one.kind == "python"]
    assert sorted((one.name, one.version) for one in python) == sorted(
        (one["name"], one["version"]) for one in listed
    )
    assert all(one.files for one in python)


@pytest.mark.parametrize("name", ["fat", "slim"])
def test_a_file_belongs_to_the_package_that_dpkg_says(
    owned: Mapping[str, Ownership], run: Run, name: str
):
    every = [path for path, one in owned[name].of.items() if one.kind == "debian"]
    asked = [f"/{path}" for path in every if not path.endswith(".pyc")][::50]
    lines = run(name, ("dpkg-query", "--search", *asked)).splitlines()
    told = {path: packages for packages, _, path in (line.partition(": ") for line in lines)}
    found = [path for path in asked if path in told]
    assert len(found) > len(asked) / 2  # it finds no file that a merged folder moved
    for path in found:
        packages = {package.partition(":")[0] for package in told[path].split(", ")}
        assert owned[name].of[path[1:]].name in packages


@pytest.mark.parametrize("name", ["distroless", "distroless-onnx"])
def test_a_base_without_dpkg_still_tells_its_packages(owned: Mapping[str, Ownership], name: str):
    debian = {one.name: one for one in owned[name].owners if one.kind == "debian"}
    assert {"libc6", "libpython3.11-stdlib", "python3.11-minimal"} <= set(debian)
    assert debian["libc6"].source == "glibc"
    assert debian["libc6"].where == "var/lib/dpkg/status.d/libc6"


@pytest.mark.parametrize("name", NAMES)
def test_model_and_application_are_told_apart(owned: Mapping[str, Ownership], name: str):
    def paths(kind: str) -> set[str]:
        return {path for path, one in owned[name].of.items() if one.kind == kind}

    suffix = "onnx" if "onnx" in name else "torchscript"
    files = ("class_names.txt", "manifest.json", f"model.{suffix}")
    assert paths("model") == {f"app/model/{file}" for file in files}
    assert {"app/inference/__main__.py", "app/inference/session.py"} <= paths("application")
    assert all(path.startswith(("app/inference/", "tmp/")) for path in paths("application"))


def test_the_fat_image_is_mostly_cuda(
    read: Mapping[str, ImageContents], owned: Mapping[str, Ownership]
):
    (cuda,) = [node for node in tree_of(read["fat"], owned["fat"]).children if node.name == "CUDA"]
    assert 4.0e9 < cuda.size_bytes < 4.8e9
    python: dict[str, Owner] = {
        one.name: one for one in owned["fat"].owners if one.kind == "python"
    }
    assert {"torch", "triton", "nvidia-cublas", "nvidia-cudnn-cu13"} <= set(python)
    assert "Apache-2.0" in " ".join(python["torch"].licences)
    for name in NAMES[1:]:
        root = tree_of(read[name], owned[name])
        assert "CUDA" not in {node.name for node in root.children}
