"""The lines of two images' configurations that differ; secrets are masked already."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from bench.inspection.difference_types import SettingChange
from bench.inspection.facts import ImageFacts


def setting_changes(old: ImageFacts, new: ImageFacts) -> Iterator[SettingChange]:
    """Every line that isn't the same; when an image was made is no setting."""
    before, after = dict(_lines(old)), dict(_lines(new))
    names = dict.fromkeys((*before, *after))
    for name in sorted(names, key=lambda name: name.startswith("label ")):
        values = before.get(name, ""), after.get(name, "")
        if values[0] != values[1]:
            yield SettingChange(name=name, before=values[0], after=values[1])


def _lines(facts: ImageFacts) -> Iterator[tuple[str, str]]:
    settings = facts.settings
    yield "distribution", facts.distribution
    yield "platform", f"{settings.operating_system}/{settings.architecture}"
    yield "user", settings.user
    yield "entrypoint", shlex.join(settings.entrypoint)
    yield "command", shlex.join(settings.command)
    yield "working folder", settings.working_folder
    yield "exposed ports", " ".join(settings.exposed_ports)
    yield "volumes", " ".join(settings.volumes)
    for line in settings.environment:
        name, _, value = line.partition("=")
        yield f"environment {name}", value
    for name, value in settings.labels.items():
        yield f"label {name}", value
