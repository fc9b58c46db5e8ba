"""A value as YAML on one line."""

from __future__ import annotations

import yaml


def scalar(value: object) -> str:
    """A value in YAML's flow style, quoted where it must be."""
    dumped = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=1_000_000)
    return dumped.removesuffix("\n").removesuffix("\n...")
