"""The bill of materials: valid, complete, the same each time, and nothing invented."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from typing import Any

import pytest
import report_images
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from hypothesis import given, settings
from hypothesis import strategies as st
from packageurl import PackageURL

from bench.inspection.facts import ImageFacts, Owner
from reports.sbom import sbom

VALIDATOR = JsonStrictValidator(SchemaVersion.V1_6)
LIBC = Owner(
    kind="debian",
    name="libstdc++6",
    version="12.2.0-14+deb12u1",
    where="var/lib/dpkg/status.d/libstdc++6",
    licences=("GPL-3", "MIT"),
    architecture="amd64",
    source="gcc-12",
    files=3,
    size_bytes=2_000_000,
)
NUMPY = Owner(
    kind="python",
    name="ruamel.yaml_Clib",
    version="1.0+cpu",
    where="opt/site-packages/ruamel.yaml_Clib-1.0.dist-info",
    licences=("BSD-3-Clause AND MIT",),
    files=1,
    size_bytes=1,
)
MUSL = Owner(kind="alpine", name="musl", version="1.2.4-r2", architecture="x86_64")


def facts(*owners: Owner, distribution: str = "debian 12", created: str = "") -> ImageFacts:
    image = report_images.image(1)
    made = image.settings.model_copy(update={"created": created})
    changes = {"owners": owners, "distribution": distribution, "settings": made}
    return image.model_copy(update=changes)


def bill(*owners: Owner, **more: str) -> dict[str, Any]:
    """The bill of an image with these owners; it is valid."""
    text = sbom(facts(*owners, **more), "tested:1")
    error = VALIDATOR.validate_str(text)
    assert error is None, error
    document: dict[str, Any] = json.loads(text)
    return document


def component(*owners: Owner, **more: str) -> dict[str, Any]:
    """The one package's component."""
    [one] = [part for part in bill(*owners, **more)["components"] if part["type"] == "library"]
    return dict(one)


def test_the_image_is_what_the_bill_is_about() -> None:
    document = bill(LIBC)
    image = document["metadata"]["component"]
    assert document["specVersion"] == "1.6"
    assert (image["type"], image["name"]) == ("container", "tested:1")
    assert image["version"] == f"sha256:{1:064x}"
    assert image["hashes"] == [{"alg": "SHA-256", "content": f"{1:064x}"}]
    [tool] = document["metadata"]["tools"]["components"]
    assert tool["name"] == "slimbench"
    assert tool["version"]


def test_a_debian_package_has_all_that_is_known_of_it() -> None:
    assert component(LIBC) == {
        "type": "library",
        "bom-ref": component(LIBC)["purl"],
        "name": "libstdc++6",
        "version": "12.2.0-14+deb12u1",
        "purl": "pkg:deb/debian/libstdc%2B%2B6@12.2.0-14%2Bdeb12u1"
        "?arch=amd64&distro=debian-12&upstream=gcc-12",
        "licenses": [
            {"license": {"id": "MIT", "acknowledgement": "declared"}},
            {"license": {"name": "GPL-3", "acknowledgement": "declared"}},
        ],
        "properties": [
            {"name": "slimbench:files", "value": "3"},
            {"name": "slimbench:location", "value": "var/lib/dpkg/status.d/libstdc++6"},
            {"name": "slimbench:size_bytes", "value": "2000000"},
            {"name": "slimbench:source", "value": "gcc-12"},
        ],
    }


@pytest.mark.parametrize(
    ("package", "distribution", "expected"),
    [
        (NUMPY, "debian 12", "pkg:pypi/ruamel-yaml-clib@1.0%2Bcpu"),
        (MUSL, "alpine 3.19.1", "pkg:apk/alpine/musl@1.2.4-r2?arch=x86_64&distro=alpine-3.19.1"),
        (
            Owner(kind="debian", name="zlib1g", version="1:1.2.13~rc1", architecture="amd64"),
            "ubuntu 22.04",
            "pkg:deb/ubuntu/zlib1g@1:1.2.13~rc1?arch=amd64&distro=ubuntu-22.04",
        ),
        (Owner(kind="debian", name="bash"), "", "pkg:deb/debian/bash"),
    ],
)
def test_package_urls(package: Owner, distribution: str, expected: str) -> None:
    assert component(package, distribution=distribution)["purl"] == expected


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ((), None),
        (("  ",), None),
        (("mit",), [{"license": {"id": "MIT"}}]),
        (("MIT OR Apache-2.0",), [{"expression": "MIT OR Apache-2.0"}]),
        (("BSD License",), [{"license": {"name": "BSD License"}}]),
        (
            ("MIT OR Apache-2.0", "Zlib"),
            [{"license": {"id": "Zlib"}}, {"license": {"name": "MIT OR Apache-2.0"}}],
        ),
        (("MIT", "mit", "MIT "), [{"license": {"id": "MIT"}}]),
        (("GPL",), [{"license": {"name": "GPL"}}]),
        (("GPL OR MIT",), [{"license": {"name": "GPL OR MIT"}}]),
        (
            ("(gpl-2.0-only WITH Classpath-exception-2.0 OR Apache-2.0) AND MIT",),
            [{"expression": "(gpl-2.0-only WITH Classpath-exception-2.0 OR Apache-2.0) AND MIT"}],
        ),
        (("GPL-2+ or Artistic",), [{"license": {"name": "GPL-2+ or Artistic"}}]),
    ],
)
def test_licences_are_as_stated(stated: tuple[str, ...], expected: object) -> None:
    found = component(NUMPY.model_copy(update={"licences": stated})).get("licenses")
    for one in found or []:
        assert one.get("license", one).pop("acknowledgement") == "declared"
    assert found == expected


def test_only_packages_are_components_and_the_image_depends_on_each() -> None:
    others = [Owner(kind="model", name="model"), Owner(kind="nobody", name="nobody")]
    document = bill(LIBC, NUMPY, *others)
    parts = {part["name"]: part["bom-ref"] for part in document["components"]}
    assert parts.keys() == {"debian", "libstdc++6", "ruamel.yaml_Clib"}
    [dependency] = document["dependencies"]  # what packages need of each other isn't known
    assert dependency["ref"] == document["metadata"]["component"]["bom-ref"]
    assert sorted(dependency["dependsOn"]) == sorted(parts.values())


def test_scanners_learn_the_distribution() -> None:
    [system] = bill()["components"]
    assert (system["type"], system["name"], system["version"]) == (
        "operating-system",
        "debian",
        "12",
    )
    assert bill(distribution="").get("components") is None


def test_the_same_package_in_two_places_is_two_components() -> None:
    copy = NUMPY.model_copy(update={"where": "usr/lib/python3/dist-packages/x.dist-info"})
    parts = [part for part in bill(NUMPY, copy)["components"] if part["type"] == "library"]
    assert len({part["bom-ref"] for part in parts}) == 2
    assert len({part["purl"] for part in parts}) == 1
    assert bill(NUMPY, copy) == bill(copy, NUMPY)


@pytest.mark.parametrize(
    ("created", "expected"),
    [
        ("2024-06-12T10:00:00.123456789Z", "2024-06-12T10:00:00.123456789Z"),
        ("2024-06-12T10:00:00+02:00", "2024-06-12T10:00:00+02:00"),
        ("0001-01-01T00:00:00Z", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_its_time_is_the_images(created: str, expected: object) -> None:
    assert bill(LIBC, created=created)["metadata"].get("timestamp") == expected


def test_an_image_of_another_name_or_id_has_another_serial_number() -> None:
    image = facts(LIBC)
    other = image.model_copy(update={"image_id": f"sha256:{2:064x}"})
    numbers = {
        json.loads(text)["serialNumber"]
        for text in (sbom(image, "a"), sbom(image, "a"), sbom(image, "b"), sbom(other, "a"))
    }
    assert len(numbers) == 3


odd_texts = st.text(max_size=30) | st.sampled_from(
    ["a/b", "..", "@", "#", "%2F", "pkg:x", "1:2~3+4", "MIT AND", "(", "MIT OR MIT", "GPL-2.0+"]
)
packages = st.builds(
    Owner,
    kind=st.sampled_from(["debian", "alpine", "python"]),
    name=odd_texts,
    version=odd_texts,
    where=odd_texts,
    licences=st.lists(odd_texts, max_size=3).map(tuple),
    architecture=odd_texts,
    source=odd_texts,
    size_bytes=st.integers(0, 2**63),
)


@settings(deadline=None)
@given(st.lists(packages, max_size=5), odd_texts, odd_texts)
def test_whatever_packages_say_the_bill_is_valid(
    owners: list[Owner], name: str, distribution: str
) -> None:
    image = facts(*owners, distribution=distribution)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        text = sbom(image, name)
    assert VALIDATOR.validate_str(text) is None
    assert text == sbom(facts(*reversed(owners), distribution=distribution), name)
    parts = [one for one in json.loads(text).get("components", []) if one["type"] == "library"]
    assert sorted(one["name"] for one in parts) == sorted(owner.name for owner in owners)
    assert len({one["bom-ref"] for one in parts}) == len(owners)
    for one in parts:
        assert "purl" not in one or PackageURL.from_string(one["purl"])


@pytest.mark.process
def test_two_processes_write_the_same_bytes() -> None:
    program = (
        "import sys; sys.path.insert(0, 'tests'); from test_sbom import *; "
        "print(sbom(facts(LIBC, NUMPY, MUSL), 'x'))"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(texts) == 1
    assert b"libstdc++6" in next(iter(texts))
