"""Models: files of the formats that frameworks save them in, and what lies beside them."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Optional

from bench.inspection.claims import Claim, ListedPaths
from bench.inspection.contents import ImageContents
from bench.inspection.facts import Owner

AMBIGUOUS_BYTES = 100_000  # smaller ones are TypeScript, settings or test data more often
_FORMATS = re.compile(
    r"""
    .*\.(onnx | ort | torchscript | safetensors | tflite | gguf | ggml | h5 | hdf5 | keras
         | joblib | mlmodel | caffemodel | pdparams | pdmodel | engine | plan)
    | variables\.data-\d+-of-\d+
    """,
    re.VERBOSE,
)
_AMBIGUOUS = re.compile(r".*\.(pt|pth|ts|pb|pkl|pickle|npz|onnx_data|onnx\.data)|.*model.*\.bin")
_PARTS = re.compile(r"/(variables|assets)$")  # of TensorFlow's SavedModel
_PACKAGES = re.compile(r"(^|/)(site|dist|node)[-_](packages|modules)/")
_SOURCE = (".py", ".js", ".go", ".java", ".rb", ".sh", ".c", ".cpp", ".rs")


def model_files(contents: ImageContents, free: Collection[str]) -> Iterator[Claim]:
    """One owner for each folder with models, named by it.

    Files beside a model, such as labels and a manifest, are the model's too, unless the folder
    is the root, the working folder or one with source code: there the model files stand alone.
    """
    own = set(free)
    models = defaultdict(list)
    for path in _models(contents, own):
        models[_PARTS.sub("", posixpath.dirname(path))].append(path)
    beside = defaultdict(list)
    for path in own if models else ():
        beside[_PARTS.sub("", posixpath.dirname(path))].append(path)
    for folder, paths in sorted(models.items()):
        listed = paths if _is_shared(contents, folder, beside[folder]) else beside[folder]
        owner = Owner(kind="model", name=f"/{folder}", where=min(paths))
        yield Claim(owner, tuple(sorted(listed)))


def _models(contents: ImageContents, free: Collection[str]) -> Iterator[str]:
    """Free files with a model's name, or with a link of such a name (model hubs' caches)."""
    files, paths = contents.files, ListedPaths(contents.files)
    for path, file in files.paths.items():
        if file.entry.kind not in {"file", "symlink"} or not _may_be_model(path):
            continue
        real = files.real(path) if file.entry.kind == "symlink" else path
        found: Optional[str] = paths.regular(real) if real is not None else None
        if found is not None and found in free and not _PACKAGES.search(found):
            size_bytes = files.regular[found].entry.size_bytes
            if _FORMATS.fullmatch(posixpath.basename(path)) or size_bytes >= AMBIGUOUS_BYTES:
                yield found


def _may_be_model(path: str) -> bool:
    name = posixpath.basename(path)
    return bool(_FORMATS.fullmatch(name) or _AMBIGUOUS.fullmatch(name))


def _is_shared(contents: ImageContents, folder: str, paths: Collection[str]) -> bool:
    working = contents.files.real(contents.config.settings.working_folder)
    return folder in {"", working} or any(path.endswith(_SOURCE) for path in paths)
