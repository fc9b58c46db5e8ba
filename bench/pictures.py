"""The pictures that answers are compared on: generated ones, and a folder of the user's."""

from __future__ import annotations

from pathlib import Path

from builders.errors import ConfigurationError

SAMPLES = "samples"  # beside a model's artefacts
SUFFIXES = frozenset({".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})


def generated(model_folder: Path) -> tuple[Path, ...]:
    """The samples that were exported with a model, by name."""
    return in_folder(model_folder / SAMPLES)


def in_folder(folder: Path) -> tuple[Path, ...]:
    """The pictures of a folder, by name; raises ConfigurationError when there are none."""
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    pictures = tuple(path for path in found if path.suffix.lower() in SUFFIXES and path.is_file())
    if not pictures:
        raise ConfigurationError(
            "holds no pictures" if folder.is_dir() else "is no folder",
            where=str(folder),
            next_step=f"name a folder with files such as {', '.join(sorted(SUFFIXES))}",
        )
    return pictures
