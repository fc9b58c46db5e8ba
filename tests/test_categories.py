from __future__ import annotations

import pytest
from owned import PACKAGES, distribution, image, status

from bench.inspection.categories import LARGE_BYTES, categories, category_tree
from bench.inspection.category_rules import category_of
from bench.inspection.contents import ImageContents
from bench.inspection.facts import Owner, TreeNode
from bench.inspection.owners import ownership

TORCH = Owner(kind="python", name="torch")
NVIDIA = Owner(kind="python", name="nvidia_cublas-cu12")
DEBIAN = Owner(kind="debian", name="bash")
NOBODY = Owner(kind="nobody", name="nobody")
APPLICATION = Owner(kind="application", name="application")
LIBRARY = "usr/lib/x86_64-linux-gnu"


@pytest.mark.parametrize(
    ("path", "owner", "category"),
    [
        ("app/m/model.h", Owner(kind="model", name="/app/m"), "model"),
        ("app/tests/test_a.py", APPLICATION, "application"),
        ("tmp/requirements.txt", APPLICATION, "application"),
        ("usr/lib/debug/.build-id/ab/cd.debug", DEBIAN, "debug symbols"),
        (f"{PACKAGES}/torch/lib/libtorch.so.debug", TORCH, "debug symbols"),
        ("var/cache/apt/archives/a.deb", NOBODY, "caches"),
        ("var/lib/apt/lists/x_Packages", NOBODY, "caches"),
        ("root/.cache/pip/http/a", NOBODY, "caches"),
        ("home/me/.cache/a", NOBODY, "caches"),
        ("var/tmp/a", NOBODY, "caches"),
        ("opt/conda/pkgs/a.conda", NOBODY, "caches"),
        ("srv/tmp/a", NOBODY, None),
        (f"{PACKAGES}/nvidia/cublas/include/cublas.h", NVIDIA, "CUDA"),
        (f"{PACKAGES}/triton/tests/a.py", Owner(kind="python", name="triton"), "CUDA"),
        (f"{PACKAGES}/x", Owner(kind="python", name="faiss-gpu-cu12"), "CUDA"),
        ("usr/lib/x", Owner(kind="debian", name="libcublas-12-4"), "CUDA"),
        ("usr/lib/x", Owner(kind="debian", name="libcurl4"), "operating system"),
        ("usr/lib/x", Owner(kind="debian", name="libnccl2"), "CUDA"),
        (f"{PACKAGES}/torch/lib/libtorch_cuda.so", TORCH, "CUDA"),
        (f"{PACKAGES}/torch/lib/libc10_cuda.so", TORCH, "CUDA"),
        (f"{PACKAGES}/torchvision.libs/libcudart.1b2c.so.12", TORCH, "CUDA"),
        (f"{PACKAGES}/torch/lib/libtorch_cpu.so", TORCH, "Python packages"),
        (f"{LIBRARY}/libcudnn.so.9.1.0", NOBODY, "CUDA"),
        (f"{LIBRARY}/libcups.so.2", DEBIAN, "operating system"),
        ("usr/local/cuda-12.4/bin/nvcc", NOBODY, "CUDA"),
        ("usr/share/doc/bash/copyright", DEBIAN, "documentation"),
        ("opt/venv/share/man/man1/x.1", TORCH, "documentation"),
        ("usr/include/c++/12/vector", DEBIAN, "headers"),
        (f"{PACKAGES}/torch/include/ATen/a.h", TORCH, "headers"),
        (f"{PACKAGES}/torch/include/ATen/a.inl", TORCH, "headers"),
        (f"{PACKAGES}/torch/lib/libprotobuf.a", TORCH, "headers"),
        ("srv/www/page.inc", NOBODY, None),
        (f"{PACKAGES}/torch/nn/tests/a.py", TORCH, "tests"),
        ("usr/lib/python3.11/test/test_os.py", DEBIAN, "tests"),
        (f"{PACKAGES}/torch/testing/a.py", TORCH, "Python packages"),
        ("usr/share/perl/test/a.pm", DEBIAN, "operating system"),
        ("usr/lib/python3.11/os.py", Owner(kind="debian", name="libpython3.11-stdlib",
                                           source="python3.11"), "interpreter"),
        ("usr/bin/python3", Owner(kind="alpine", name="python3"), "interpreter"),
        ("opt/lib/python3.11/os.py", Owner(kind="interpreter", name="Python"), "interpreter"),
        ("usr/lib/python3/dist-packages/numpy/a.py", DEBIAN, "Python packages"),
        (f"{PACKAGES}/stray.py", NOBODY, "Python packages"),
        ("usr/bin/bash", DEBIAN, "operating system"),
        ("lib/ld-musl-x86_64.so.1", Owner(kind="alpine", name="musl"), "operating system"),
        ("usr/bin/unknown", NOBODY, None),
    ],
)  # fmt: skip
def test_the_first_rule_that_holds_decides(path: str, owner: Owner, category: str):
    assert category_of(path, owner) == category


def test_unowned_files_are_the_systems_where_its_packages_were_installed():
    made = image(
        {"var/lib/dpkg/status": status("a"), "etc/ld.so.cache": "x", "opt/a": "x"},
        {"etc/later": "x", "usr/bin/tool": "x"},
        {"var/lib/dpkg/status": status("a"), "usr/lib/mime.cache": "x", "usr/local/bin/a": "x"},
    )
    assert categories(made, ownership(made)) == {
        "etc/ld.so.cache": "operating system",
        "etc/later": "other",
        "opt/a": "other",
        "usr/bin/tool": "other",
        "usr/lib/mime.cache": "operating system",
        "usr/local/bin/a": "other",
        "var/lib/dpkg/status": "operating system",
    }


def tree(made: ImageContents) -> TreeNode:
    owned = ownership(made)
    return category_tree(made, owned, categories(made, owned))


def names(node: TreeNode) -> list[str]:
    return [child.name for child in node.children]


def test_a_tree_names_what_is_large_and_counts_the_rest():
    packages = "".join(status(f"p{n}", "1.0") for n in range(6))
    made = image(
        {
            "var/lib/dpkg/status": packages,
            **{f"var/lib/dpkg/info/p{n}.list": f"/usr/bin/p{n}\n" for n in range(6)},
            **{f"usr/bin/p{n}": "x" * n for n in range(6)},
            "usr/bin/p4": bytes(100_000),
            **distribution("numpy", "a.so,,\nb.so,,\nc.py,,\nd.py,,\n", version="2.0"),
            f"{PACKAGES}/a.so": bytes(LARGE_BYTES),
            f"{PACKAGES}/b.so": bytes(LARGE_BYTES + 1),
            f"{PACKAGES}/c.py": "x",
            f"{PACKAGES}/d.py": "x",
        }
    )
    root = tree(made)
    assert (root.name, names(root)) == ("/", ["Python packages", "operating system"])
    (numpy,) = root.children[0].children
    assert numpy.name == "numpy 2.0"
    assert names(numpy) == [f"/{PACKAGES}/b.so", f"/{PACKAGES}/a.so", "4 smaller files"]
    assert names(root.children[1]) == ["p4 1.0", "6 smaller owners"]


def test_a_category_of_small_owners_names_the_largest():
    made = image(
        {
            "var/lib/dpkg/status": "".join(status(f"p{n}") for n in range(5)),
            **{f"var/lib/dpkg/info/p{n}.list": f"/usr/share/doc/p{n}/a\n" for n in range(5)},
            **{f"usr/share/doc/p{n}/a": "x" * n for n in range(5)},
            "srv/large": bytes(100_000),
        }
    )
    (documentation,) = [one for one in tree(made).children if one.name == "documentation"]
    assert names(documentation) == ["p4 1.0", "p3 1.0", "p2 1.0", "2 smaller owners"]


def test_owners_of_the_same_name_are_told_apart():
    made = image(
        {
            "var/lib/dpkg/status": status("a", Architecture="amd64")
            + status("a", Architecture="i386"),
            "var/lib/dpkg/info/a:amd64.list": "/bin/a\n",
            "var/lib/dpkg/info/a:i386.list": "/bin/b\n",
            "bin/a": "x" * 999,
            "bin/b": "x" * 999,
        }
    )
    (system,) = tree(made).children
    assert names(system)[:2] == [
        "a 1.0 (amd64 var/lib/dpkg/status)",
        "a 1.0 (i386 var/lib/dpkg/status)",
    ]
