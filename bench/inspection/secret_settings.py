"""Secrets in an image's configuration: its settings, and the steps its history tells of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from bench.inspection.finding_types import Secret
from bench.inspection.image_config import ImageConfig
from bench.inspection.masking import Sighting, in_arguments, in_command, in_setting

_Found = tuple[str, Optional[int], Sighting]


def settings_secrets(config: ImageConfig) -> tuple[Secret, ...]:
    """Each value once, where it was seen first: the history repeats what the settings hold."""
    seen: set[str] = set()
    secrets = []
    for where, layer, one in (*_settings(config), *_history(config)):
        if one.value not in seen:
            seen.add(one.value)
            secrets.append(Secret(where=where, kind=one.kind, masked=one.masked, layer=layer))
    return tuple(secrets)


def _settings(config: ImageConfig) -> Iterator[_Found]:
    run = config.settings
    for line in run.environment or ():
        yield from ((f"environment {_name(line)}", None, one) for one in in_setting(line))
    for name, value in (run.labels or {}).items():
        yield from ((f"label {name}", None, one) for one in in_setting(f"{name}={value}"))
    for where, words in (("entrypoint", run.entrypoint), ("command", run.command)):
        yield from ((where, None, one) for one in in_arguments(words or ()))


def _name(line: str) -> str:
    return line.partition("=")[0]


def _history(config: ImageConfig) -> Iterator[_Found]:
    """Steps with their layer, where the history has as many as there are layers."""
    history = config.history or ()
    fits = sum(not line.empty_layer for line in history) == len(config.diff_ids)
    layer = -1
    for number, line in enumerate(history):
        layer += not line.empty_layer
        made = fits and not line.empty_layer
        where = f"layer {layer}'s command" if made else f"history step {number}"
        yield from ((where, layer if made else None, one) for one in in_command(line.created_by))
