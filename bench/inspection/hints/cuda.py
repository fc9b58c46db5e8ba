"""CUDA libraries where nothing asks for a GPU."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Optional

from bench.inspection.anatomy import Anatomy
from bench.inspection.facts import Owner
from bench.inspection.finding_types import Hint
from bench.inspection.hints.evidence import bounded, paths, size
from bench.inspection.hints.gpu import VARIABLES
from bench.inspection.hints.hint import FLOOR_BYTES
from bench.inspection.hints.removable import Part, removable
from bench.inspection.hints.selections import CUDA

_TORCH = ("torch", "torchvision", "torchaudio")
_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
# Distributions that come with CUDA, and those that do the same without.
_WITHOUT_CUDA = {"onnxruntime-gpu": "onnxruntime", "tensorflow": "tensorflow-cpu"}


class CudaInCpuService:
    """CUDA and triton, though no setting of the image asks for a GPU."""

    id = CUDA

    def advise(self, anatomy: Anatomy) -> Optional[Hint]:
        """Advise the CPU build of whatever brought it."""
        parts = removable(anatomy).by_hint.get(self.id, ())
        total = sum(part.size_bytes for part in parts)
        if total < FLOOR_BYTES:
            return None
        asks = f"no GPU is asked for: {', '.join(VARIABLES[:-1])} and {VARIABLES[-1]} are not set"
        return Hint(
            id=self.id,
            title="CUDA libraries without a sign of a GPU",
            evidence=bounded([asks, *_packages(parts)]),
            saves_bytes=total,
            dockerfile="\n".join(_lines(anatomy.ownership.owners)),
        )


def _packages(parts: Sequence[Part]) -> Iterator[str]:
    by_owner: dict[int, list[Part]] = defaultdict(list)
    for part in parts:
        by_owner[id(part.owner)].append(part)
    sums = {key: sum(part.size_bytes for part in found) for key, found in by_owner.items()}
    for key in sorted(by_owner, key=lambda key: -sums[key]):
        found = by_owner[key]
        owner = found[0].owner
        where = f" of {size(owner.size_bytes)}" if owner.size_bytes > sums[key] else ""
        named = f", as {paths([part.path for part in found])}" if where else ""
        yield f"{owner.name} {owner.version}".strip() + f": {size(sums[key])}{where}{named}"


def _lines(owners: Sequence[Owner]) -> Iterator[str]:
    versions = {one.name: one.version.partition("+")[0] for one in owners if one.kind == "python"}
    torch = [f"{name}=={versions[name]}" for name in _TORCH if name in versions]
    other = [
        f"{_WITHOUT_CUDA[name]}=={versions[name]}" for name in _WITHOUT_CUDA if name in versions
    ]
    if torch:
        yield f"RUN pip install --no-cache-dir {' '.join(torch)} --index-url {_CPU_INDEX}"
    if other:
        yield f"RUN pip install --no-cache-dir {' '.join(other)}"
    if not torch and not other:
        yield "# install the CPU builds of what depends on these packages, on a base without CUDA"
