"""What a Dockerfile of the user's stands on, and the same one with our labels in every stage.

Labels of a build request reach only the last stage's image; an image inherits those of what it is
made from. So each stage gets them behind its FROM, and what a build leaves is found by label.
"""

from __future__ import annotations

from collections.abc import Mapping

from builders.dockerfile_text import begun, expanded, instructions

_NOTHING = "scratch"


def base_images(text: str, build_args: Mapping[str, str]) -> tuple[str, ...]:
    """The images that its stages begin from, each once; stages of its own are none.

    Args:
        text: of the Dockerfile.
        build_args: those of the build, which go before the defaults of its ARGs.
    """
    known: dict[str, str] = {}
    stages, found = {_NOTHING}, []
    for one in instructions(text):
        if one.word == "ARG":
            name, _, default = one.value.partition("=")
            known.setdefault(name, build_args.get(name, default.strip("\"'")))
        elif one.word == "FROM":
            reference, stage = begun(one.value)
            reference = expanded(reference, known)
            if reference and reference not in stages:
                found.append(reference)
            stages.add(stage or _NOTHING)
    return tuple(dict.fromkeys(found))


def labelled(text: str, labels: Mapping[str, str]) -> str:
    """The same Dockerfile, with these labels on what each stage makes."""
    pairs = " ".join(f'{key}="{value}"' for key, value in labels.items())
    lines = text.splitlines()
    ends = [one.end for one in instructions(text) if one.word == "FROM"]
    for end in reversed(ends):
        lines.insert(end, f"LABEL {pairs}")
    return "\n".join(lines) + "\n"
