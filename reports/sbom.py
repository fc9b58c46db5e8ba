"""An image's software bill of materials as CycloneDX 1.6 JSON; docs/sbom.md describes it.

Importing it takes a while: callers do so only when a bill is asked for.
"""

from __future__ import annotations

import json
import re
import uuid
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Optional

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.dependency import Dependency
from cyclonedx.model.tool import ToolRepository
from cyclonedx.output.json import JsonV1Dot6

from bench.inspection.facts import ImageFacts, Owner
from reports.package_url import package_url
from reports.sbom_licences import licences

_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")  # RFC 3339
_NEVER = "0001-01-01T00:00:00Z"  # what engines write for no time
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "slimbench:sbom")
_IMAGE_REF = "image"


def sbom(facts: ImageFacts, name: str) -> str:
    """The JSON text, ending in a line feed; the same facts give the same bytes.

    Args:
        facts: the image.
        name: what the user calls it.
    """
    image = _image(facts, name)
    parts = [*_operating_system(facts.distribution), *_packages(facts)]
    bom = Bom(
        serial_number=uuid.uuid5(_NAMESPACE, f"{facts.image_id} {name} {_tool_version()}"),
        metadata=BomMetaData(component=image, tools=ToolRepository(components=[_tool()])),
        components=parts,
        dependencies=[Dependency(image.bom_ref, [Dependency(part.bom_ref) for part in parts])],
    )
    document = json.loads(JsonV1Dot6(bom).output_as_string())
    return json.dumps(_as_known(document, facts), indent=2, sort_keys=True) + "\n"


def _as_known(document: dict[str, Any], facts: ImageFacts) -> dict[str, Any]:
    """Take out what the library adds: the time of day, and packages said to depend on nothing."""
    created = facts.settings.created
    known = _TIME.fullmatch(created) and created != _NEVER
    metadata = {key: value for key, value in document["metadata"].items() if key != "timestamp"}
    stated = [one for one in document["dependencies"] if one.get("dependsOn")]
    return {
        **document,
        "metadata": {**metadata, "timestamp": created} if known else metadata,
        "dependencies": stated,
    }


def _image(facts: ImageFacts, name: str) -> Component:
    digest = _DIGEST.fullmatch(facts.image_id)
    return Component(
        name=name,
        type=ComponentType.CONTAINER,
        bom_ref=_IMAGE_REF,
        version=facts.image_id,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest[1])] if digest else [],
        properties=_properties(
            architecture=facts.settings.architecture,
            operating_system=facts.settings.operating_system,
            size_bytes=str(facts.size_bytes),
        ),
    )


def _tool() -> Component:
    return Component(name="slimbench", type=ComponentType.APPLICATION, version=_tool_version())


def _tool_version() -> Optional[str]:
    try:
        return version("slimbench")
    except PackageNotFoundError:  # run from its folder
        return None


def _operating_system(distribution: str) -> Iterator[Component]:
    """Scanners learn from it whose advisories count."""
    name, _, release = distribution.partition(" ")
    if name:
        yield Component(
            name=name,
            type=ComponentType.OPERATING_SYSTEM,
            bom_ref="operating-system",
            version=release or None,
        )


def _packages(facts: ImageFacts) -> Iterator[Component]:
    """The packages, each with a reference of its own: two may have the same name and version."""
    seen: Counter[str] = Counter()
    for package in sorted(facts.packages, key=_order):
        url = package_url(package, facts.distribution)
        reference = str(url) if url else f"{package.kind}:{package.name}"
        seen[reference] += 1
        again = f"#{seen[reference]}" if seen[reference] > 1 else ""
        yield Component(
            name=package.name,
            type=ComponentType.LIBRARY,
            bom_ref=f"{reference}{again}",
            version=package.version or None,
            purl=url,
            licenses=licences(package.licences),
            properties=_properties(
                location=package.where,
                source=package.source,
                files=str(package.files),
                size_bytes=str(package.size_bytes),
            ),
        )


def _order(package: Owner) -> tuple[str, ...]:
    return tuple(map(str, package.model_dump().values()))


def _properties(**values: str) -> list[Property]:
    return [
        Property(name=f"slimbench:{key}", value=value) for key, value in values.items() if value
    ]
