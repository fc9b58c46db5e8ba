from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.inspection.licences import MAX_LENGTH, debian_licences, python_licences


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("License: GPL-2+\nLicense: MIT\nLicense: GPL-2+", ("GPL-2+", "MIT")),
        (
            "License: GPL-1+ or Artistic, and BSD-3-clause",
            ("GPL-1+ or Artistic, and BSD-3-clause",),
        ),
        ("License: GPL-2+ with Libtool exception", ("GPL-2+ with Libtool exception",)),
        ("License: MIT\n found in /usr/share/common-licenses/GPL-2.", ("MIT",)),
        (
            " found in /usr/share/common-licenses/GPL-2.\n /usr/share/common-licenses/GPL-2",
            ("GPL-2",),
        ),
        ("License: Permission is hereby granted, free of charge, to any person", ()),
        ("License:\nLicense:  ", ()),
        (f"License: {'A or ' * MAX_LENGTH}B", ()),
        ("", ()),
    ],
)
def test_debian_licences_are_short_names(text: str, names: tuple[str, ...]):
    assert debian_licences(text) == names


@pytest.mark.parametrize(
    ("metadata", "names"),
    [
        ({"license-expression": ["MIT AND 0BSD"], "license": ["BSD"]}, ("MIT AND 0BSD",)),
        ({"license": ["BSD"], "classifier": ["License :: OSI Approved :: MIT License"]}, ("BSD",)),
        (
            {
                "license": ["UNKNOWN"],
                "classifier": ["License :: OSI Approved :: MIT License", "Topic :: Software"],
            },
            ("MIT License",),
        ),
        ({"license": ["Copyright 1999\nAll of it"]}, ()),
        ({"license": ["x" * (MAX_LENGTH + 1)]}, ()),
        ({}, ()),
    ],
)
def test_python_licences_prefer_what_is_exact(metadata: dict, names: tuple[str, ...]):
    assert python_licences(metadata) == names


@given(st.text())
def test_any_copyright_text_gives_short_names_once(text: str):
    names = debian_licences(f"License: {text}")
    assert len(set(names)) == len(names)
    assert all(name and len(name) <= MAX_LENGTH for name in names)
