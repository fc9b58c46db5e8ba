"""The distribution's id and version, as os-release states them."""

from __future__ import annotations

from typing import Optional

import pytest
from saved_images import symlink, taken_apart

from bench.inspection.distribution import distribution
from bench.inspection.image_facts import image_facts

DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (DEBIAN, "debian 12"),
        ("ID='alpine'\nVERSION_ID=3.19.1\n", "alpine 3.19.1"),
        ("ID=arch\n", "arch"),
        ('ID="not one word"\nVERSION_ID="12"\n', ""),
        ("VERSION_ID=12\n", ""),
        ("#ID=debian\n=\nID\n", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_id_and_version(text: Optional[str], expected: str) -> None:
    assert distribution(text) == expected


def test_the_usual_link_is_followed() -> None:
    image = taken_apart(
        {"usr/lib/os-release": DEBIAN, "etc/os-release": symlink("../usr/lib/os-release")}
    )
    assert image_facts(image).distribution == "debian 12"


def test_an_image_without_distribution_has_none() -> None:
    assert image_facts(taken_apart({"app/main": "x"})).distribution == ""
