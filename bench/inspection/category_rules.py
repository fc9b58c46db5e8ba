"""What a file is for, by its path and its owner: the first rule that holds decides.

What could go comes before what it is part of, since that is the decision at hand:

1. the model and the application are what the image is for, wherever they lie, tests and all;
2. debug symbols and caches are never read by the service, whoever wrote them;
3. CUDA goes or stays as a whole, with its headers, documentation and tests, so that it comes
   before them, and before the Python packages that bring it;
4. documentation, headers and tests are left out of their package's other files;
5. the interpreter, from the system's packages or not, before the operating system;
6. Python packages, those that Debian packages too; they lie in `site-packages` or `dist-packages`;
7. the operating system: all other files of the system's packages.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Optional

from bench.inspection.facts import PACKAGE_KINDS, Category, Owner, OwnerKind

_DEBUG = re.compile(r"usr/lib/debug/|.*\.(?:debug|dwo|dwp)$")
_CACHES = re.compile(
    r"""
    (?:var/)?tmp/ | var/cache/ | var/lib/apt/lists/ | root/\.npm/
    | (?:.*/)?\.cache/
    | (?:.*/)?(?:ana|mini)?(?:conda|forge|mamba)[23]?/pkgs/ | (?:.*/)?\.conda/pkgs/
    """,
    re.VERBOSE,
)
_CUDA_LIBRARIES = re.compile(
    r"""
    lib(?: cu(?:da|dart|blas|dnn|fft|file|pti|rand|solver|sparse|tensor) | caffe2_nvrtc | c10_cuda
         | nccl | npp
         | nv(?:blas|idia|infer|jitlink|jpeg|onnxparser|perf|ptxcompiler|rtc|shmem|toolsext|vm)
         | torch_(?:cuda|nvshmem) | onnxruntime_providers_(?:cuda|tensorrt)
       ) [\w.+-]* \. (?:so|a) (?:\.[\d.]+)?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_CUDA_FOLDER = re.compile(r"usr/local/cuda(?:-[\d.]+)?/")
_CUDA_PACKAGES = re.compile(
    r"""
    (?:nvidia|cuda|cupy|tensorrt|jax-cuda\d*)(?:-.*)? | (?:pytorch-)?triton | .*-cu1\d
    | lib(?:cublas|cudnn|cufft|cufile|curand|cusolver|cusparse|cusparselt|nccl|npp|nvjitlink
          |nvjpeg|nvidia|nvinfer|nvonnxparsers|nvptxcompiler|nvvm)[\d-].*
    """,
    re.VERBOSE,
)
_DOCUMENTATION = re.compile(
    r"(?:usr/|usr/local/|.+/)?share/(?:doc|man|info|gtk-doc|doc-base|help)/|usr/(?:local/)?man/"
)
_HEADERS = re.compile(
    r"usr/(?:local/)?include/|.*\.(?:h|hh|hpp|hxx|cuh|a|lib)$"
    r"|(?:.*/)?include/.*\.(?:inc|inl|ipp|tcc)$"
)
_TESTS = re.compile(r".*?(?:(?:site|dist)-packages|lib/python3[\d.]*)/(?:.+/)?tests?/")
_PYTHON_PACKAGES = re.compile(r"(?:.*/)?(?:site|dist)-packages/")
_INTERPRETER = re.compile(r"python3(?:\.\d+)?(?:-defaults|-stdlib-extensions)?")
_SYSTEM = frozenset({"debian", "alpine"})
_Fits = Callable[[str, Owner], bool]


def category_of(path: str, owner: Owner) -> Optional[Category]:
    """The first category that fits; None where neither path nor owner tells."""
    return next((category for category, fits in _RULES if fits(path, owner)), None)


def _is_cuda(path: str, owner: Owner) -> bool:
    if owner.kind in PACKAGE_KINDS and _brings_cuda(owner.name):
        return True
    name = posixpath.basename(path)
    return bool(_CUDA_FOLDER.match(path) or _CUDA_LIBRARIES.fullmatch(name))


@lru_cache(maxsize=1 << 12)
def _brings_cuda(name: str) -> bool:
    normalised = re.sub(r"[-_.]+", "-", name).lower()  # PEP 503
    return bool(_CUDA_PACKAGES.fullmatch(normalised))


def _is_interpreter(_: str, owner: Owner) -> bool:
    source = owner.source or owner.name
    packaged = owner.kind in _SYSTEM and bool(_INTERPRETER.fullmatch(source))
    return owner.kind == "interpreter" or packaged


def _is_python_package(path: str, owner: Owner) -> bool:
    return owner.kind == "python" or bool(_PYTHON_PACKAGES.match(path))


def _lies(pattern: re.Pattern[str]) -> _Fits:
    return lambda path, _: bool(pattern.match(path))


def _belongs_to(*kinds: OwnerKind) -> _Fits:
    return lambda _, owner: owner.kind in kinds


_RULES: tuple[tuple[Category, _Fits], ...] = (
    ("model", _belongs_to("model")),
    ("application", _belongs_to("application")),
    ("debug symbols", _lies(_DEBUG)),
    ("caches", _lies(_CACHES)),
    ("CUDA", _is_cuda),
    ("documentation", _lies(_DOCUMENTATION)),
    ("headers", _lies(_HEADERS)),
    ("tests", _lies(_TESTS)),
    ("interpreter", _is_interpreter),
    ("Python packages", _is_python_package),
    ("operating system", _belongs_to("debian", "alpine")),
)
