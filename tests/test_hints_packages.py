from __future__ import annotations

import pytest
from hinted_images import CLEAN, MB, PACKAGES, advised, distribution, filled, installed, saves
from saved_images import hardlink, program

TORCH = distribution(
    "torch",
    {
        "torch/lib/libtorch_cpu.so": filled(3 * MB, "c"),
        "torch/lib/libtorch_cuda.so": filled(2 * MB, "g"),
    },
    version="2.4.0+cu121",
)
CUBLAS = distribution("nvidia-cublas-cu12", {"nvidia/cublas/lib/libcublas.so.12": filled(4 * MB)})
TRITON = distribution("triton", {"triton/compiler.so": filled(1 * MB, "t")})


def test_cuda_and_triton_are_counted_by_package_and_mended_by_the_cpu_build():
    hint = advised("cuda-in-cpu-service", CLEAN, TORCH, CUBLAS, TRITON)
    assert hint.saves_bytes >= 7 * MB
    assert hint.saves_bytes < 7 * MB + 1000  # metadata of the packages
    assert "NVIDIA_VISIBLE_DEVICES" in hint.evidence[0]
    assert [line.split(" ")[0] for line in hint.evidence[1:]] == [
        "nvidia-cublas-cu12",
        "torch",
        "triton",
    ]
    assert "2.0 MB of 5.0 MB" in hint.evidence[2]
    assert "libtorch_cuda.so" in hint.evidence[2]
    assert hint.dockerfile == (
        "RUN pip install --no-cache-dir torch==2.4.0"
        " --index-url https://download.pytorch.org/whl/cpu"
    )


def test_the_cpu_build_of_other_runtimes():
    gpu = {"onnxruntime/capi/libonnxruntime_providers_cuda.so": filled(2 * MB)}
    hint = advised("cuda-in-cpu-service", distribution("onnxruntime-gpu", gpu, version="1.20"))
    assert hint.dockerfile == "RUN pip install --no-cache-dir onnxruntime==1.20"
    assert advised("cuda-in-cpu-service", CUBLAS).dockerfile.startswith("# install the CPU builds")


@pytest.mark.parametrize(
    ("environment", "meant"),
    [
        (("NVIDIA_VISIBLE_DEVICES=all",), True),
        (("NVIDIA_REQUIRE_CUDA=cuda>=12.1",), True),
        (("CUDA_VERSION=12.1.0", "PATH=/bin"), True),
        (("NVIDIA_VISIBLE_DEVICES=void", "CUDA_VERSION=12.1.0"), False),
        (("PATH=/usr/local/cuda/bin",), False),
    ],
)
def test_an_image_that_asks_for_a_gpu_may_have_cuda(environment: tuple[str, ...], meant: bool):
    hint = advised("cuda-in-cpu-service", TORCH, environment=environment)
    assert (hint is None) == meant


def test_torch_without_cuda_is_no_fault():
    cpu = distribution("torch", {"torch/lib/libtorch_cpu.so": filled(3 * MB)})
    assert advised("cuda-in-cpu-service", CLEAN, cpu) is None


def test_build_tools_are_the_packages_that_only_compile():
    image = installed(
        ("gcc-12", {"usr/lib/gcc/cc1": filled(3 * MB, "a")}),
        ("linux-libc-dev", {"usr/include/linux/a.h": filled(2 * MB, "b")}),
        ("gcc-12-base", {"usr/share/doc/gcc-12-base/a": filled(4 * MB, "c")}),
        ("libc6", {"lib/libc.so.6": filled(4 * MB, "d")}),
        ("git", {"usr/bin/git": program(filled(1 * MB, "e"))}),
    )
    hint = advised("build-tools", CLEAN, image)
    assert hint.saves_bytes == 6 * MB
    assert hint.evidence == ("gcc-12 1-1: 3.0 MB", "linux-libc-dev 1-1: 2.0 MB", "git 1-1: 1.0 MB")
    assert hint.dockerfile.startswith("FROM python:3.11 AS build\n")


@pytest.mark.parametrize(
    ("name", "only_builds"),
    [
        ("g++-12", True),
        ("cpp", True),
        ("gcc-12-x86-64-linux-gnu", True),
        ("binutils-x86-64-linux-gnu", True),
        ("libstdc++-12-dev", True),
        ("libasan8", True),
        ("make", True),
        ("golang-1.19-go", True),
        ("libstdc++6", False),
        ("libgcc-s1", False),
        ("libgomp1", False),
        ("libpython3.11-stdlib", False),
        ("makedev", False),
        ("udev", False),
        ("gettext-base", False),
    ],
)
def test_build_packages_are_told_from_what_programs_run_with(name: str, only_builds: bool):
    image = installed((name, {"opt/file": filled(2 * MB)}))
    assert (advised("build-tools", image) is not None) == only_builds


def test_a_lean_system_has_no_build_tools():
    assert advised("build-tools", CLEAN, installed(("libc6", {"lib/c.so": filled(MB)}))) is None


PIP = distribution("pip", {"pip/main.py": filled(2 * MB, "p")})
SETUPTOOLS = distribution("setuptools", {"setuptools/main.py": filled(1 * MB, "s")})


def test_pip_and_setuptools_are_left_in():
    wheels = installed(("python3-pip-whl", {"usr/share/python-wheels/pip.whl": filled(MB, "w")}))
    hint = advised("pip-left-in", CLEAN, PIP, SETUPTOOLS, wheels)
    assert 4 * MB <= hint.saves_bytes < 4 * MB + 1000
    assert hint.evidence == (
        "pip 1.0: 2.0 MB",
        "setuptools 1.0: 1.0 MB",
        "python3-pip-whl 1-1: 1.0 MB",
    )
    assert "--without-pip" in hint.dockerfile


@pytest.mark.parametrize(
    ("requires", "counted"),
    [
        ("setuptools", False),
        ("Setuptools>=70; python_version >= '3.12'", False),
        ("setuptools; extra == 'test'", True),
        ("setuptools-scm", True),
    ],
)
def test_setuptools_stays_where_another_package_depends_on_it(requires: str, counted: bool):
    needing = distribution("needing", {"needing.py": "x"}, requires=(requires,))
    assert (advised("pip-left-in", SETUPTOOLS, needing) is not None) == counted


def test_an_environment_without_pip_is_no_fault():
    torch = distribution("torch", {"torch/a.py": filled(2 * MB)})
    assert advised("pip-left-in", CLEAN, torch) is None


CACHES = {
    "root/.cache/pip/http/a": filled(2 * MB, "p"),
    "home/me/.cache/uv/a": filled(1 * MB, "u"),
    "var/lib/apt/lists/a_Packages": filled(3 * MB, "a"),
    "var/cache/apt/archives/a.deb": filled(1 * MB, "d"),
    "opt/conda/pkgs/a.conda": filled(5 * MB, "c"),
}


def test_each_managers_cache_has_its_evidence_and_its_cure():
    hint = advised("package-manager-cache", CACHES, commands=("RUN install everything",))
    assert hint.saves_bytes == 12 * MB
    assert [line.split(":")[0] for line in hint.evidence] == ["conda", "apt", "pip", "uv"]
    assert hint.evidence[1] == (
        "apt: 4.0 MB in 2 files, most in layer 0 (RUN install everything):"
        " /var/lib/apt/lists/a_Packages, /var/cache/apt/archives/a.deb"
    )
    lines = hint.dockerfile.split("\n")
    assert "conda clean" in lines[0]
    assert "rm -rf /var/lib/apt/lists/*" in lines[1]
    assert "pip install --no-cache-dir" in lines[2]
    assert "--no-cache" in lines[3]


def test_a_cache_that_a_later_layer_deletes_is_still_there():
    lists = {"var/lib/apt/lists/a": filled(2 * MB)}
    deleted = {"var/lib/apt/.wh.lists": ""}
    hint = advised("package-manager-cache", CLEAN, lists, deleted)
    assert hint.saves_bytes == 2 * MB
    assert "a later layer hides 2.0 MB of it, which frees nothing" in hint.evidence[0]
    assert advised("deleted-later", CLEAN, lists, deleted) is None


def test_condas_packages_that_an_environment_links_to_are_no_cache():
    image = {
        "opt/conda/pkgs/a.so": filled(2 * MB),
        "opt/conda/share/a": hardlink("opt/conda/pkgs/a.so"),
    }
    assert advised("package-manager-cache", image) is None


def test_other_caches_are_not_the_package_managers():
    image = {"root/.cache/torch/model.bin": filled(2 * MB), "srv/pkgs/a": filled(2 * MB)}
    assert advised("package-manager-cache", CLEAN, image) is None


LEFT = distribution(
    "numpy",
    {
        "numpy/include/a.h": filled(2 * MB, "h"),
        "numpy/core/tests/a.py": filled(3 * MB, "t"),
        "numpy/lib/npymath.a": filled(1 * MB, "a"),
        "numpy/testing/utils.py": filled(4 * MB, "k"),
    },
)


def test_headers_tests_and_static_libraries_are_counted_by_package():
    hint = advised("headers-tests-static-libraries", CLEAN, LEFT)
    assert hint.saves_bytes == 6 * MB
    assert hint.evidence == (
        "3 files in all",
        "numpy tests: 3.0 MB",
        "numpy headers: 2.0 MB",
        "numpy static libraries: 1.0 MB",
    )
    assert f"find /{PACKAGES} " in hint.dockerfile


def test_the_systems_headers_and_the_applications_tests_are_another_matter():
    image = {"usr/include/a.h": filled(2 * MB), "app/tests/a.py": filled(2 * MB)}
    assert advised("headers-tests-static-libraries", CLEAN, image) is None


def test_cudas_headers_count_as_cuda_unless_the_image_is_for_a_gpu():
    image = distribution("nvidia-cublas-cu12", {"nvidia/cublas/include/a.h": filled(2 * MB)})
    assert saves("headers-tests-static-libraries", image) == 0
    assert saves("cuda-in-cpu-service", image) >= 2 * MB
    gpu = {"environment": ("NVIDIA_VISIBLE_DEVICES=all",)}
    assert saves("headers-tests-static-libraries", image, **gpu) == 2 * MB


MANUALS = {
    "usr/share/man/man1/a.1.gz": filled(2 * MB, "m"),
    "usr/share/locale/de/a.mo": filled(4 * MB, "l"),
    "usr/share/doc/a/copyright": filled(9 * MB, "c"),
}


def test_documentation_is_counted_without_licences():
    hint = advised("documentation-and-locales", CLEAN, MANUALS)
    assert hint.saves_bytes == 6 * MB
    assert hint.evidence == ("/usr/share/locale: 4.0 MB", "/usr/share/man: 2.0 MB")
    assert "path-include=/usr/share/doc/*/copyright" in hint.dockerfile


def test_a_little_documentation_is_no_fault():
    assert advised("documentation-and-locales", {"usr/share/man/a": filled(4 * MB)}) is None
