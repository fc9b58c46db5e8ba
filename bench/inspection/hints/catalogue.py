"""All hints, in the order in which those without a saving are told."""

from __future__ import annotations

from bench.inspection.anatomy import Anatomy
from bench.inspection.finding_types import Hint
from bench.inspection.hints.base_tag import MutableBaseTag
from bench.inspection.hints.caches import PackageManagerCache
from bench.inspection.hints.cuda import CudaInCpuService
from bench.inspection.hints.duplicate_files import DuplicateFiles
from bench.inspection.hints.hint import HintRule
from bench.inspection.hints.leftovers import DocumentationAndLocales, HeadersTestsStaticLibraries
from bench.inspection.hints.libraries import UnstrippedLibraries
from bench.inspection.hints.missing_bytecode import MissingBytecode
from bench.inspection.hints.packages import BuildTools, PipLeftIn
from bench.inspection.hints.rewritten import DeletedLater, MetadataOnlyLayer
from bench.inspection.hints.secrets import Secrets
from bench.inspection.hints.user import RootUser

HINTS: tuple[HintRule, ...] = (
    Secrets(),
    CudaInCpuService(),
    BuildTools(),
    PackageManagerCache(),
    DeletedLater(),
    MetadataOnlyLayer(),
    DuplicateFiles(),
    UnstrippedLibraries(),
    HeadersTestsStaticLibraries(),
    DocumentationAndLocales(),
    PipLeftIn(),
    MissingBytecode(),
    RootUser(),
    MutableBaseTag(),
)


def hints(anatomy: Anatomy) -> tuple[Hint, ...]:
    """What is advised for an image, largest saving first, then in the catalogue's order."""
    given = [hint for rule in HINTS if (hint := rule.advise(anatomy)) is not None]
    return tuple(sorted(given, key=lambda hint: -(hint.saves_bytes or 0)))
