"""What the interpreter says of itself and of what is installed; asked for after measuring.

The modules it needs are imported when asked, so that no start pays for them.
"""

from __future__ import annotations

import platform
from typing import Any


def describe() -> dict[str, Any]:
    """The interpreter's version, compiler and build flags, and every installed distribution.

    Returns:
        `python`, `compiler`, `build_flags` (the arguments of its `configure`, empty where its build
        data isn't installed) and `packages`, versions by name.
    """
    return {
        "python": platform.python_version(),
        "compiler": platform.python_compiler(),
        "build_flags": _build_flags(),
        "packages": _packages(),
    }


def _build_flags() -> str:
    import sysconfig  # noqa: PLC0415

    try:
        return str(sysconfig.get_config_var("CONFIG_ARGS") or "")
    except ImportError:  # a lean image may lack the module with the build's data
        return ""


def _packages() -> dict[str, str]:
    from importlib import metadata  # noqa: PLC0415

    found = ((one.metadata["Name"], one.version) for one in metadata.distributions())
    return dict(sorted((name, version) for name, version in found if name))
