"""Removing everything in the engine that carries given labels, and nothing else.

A build stage that isn't the last gets no label of its own, but inherits those of its base: that
is how it is found. So does an image that a user makes from one of ours: it is told by its tag,
which isn't the one in its label. What someone else's container or image needs stays too.
`api` is the SDK's low-level client; its errors pass through, to be translated by the caller.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any, Optional

from builders.engine import Removed
from builders.engine_boundary import succeeds
from builders.engine_replies import diff_ids_of, layer_entries
from builders.labels import CREATED_BY_TOOLKIT, own_tag, require_labels
from builders.own_images import StoredImages

# Gone already; in use by someone else (403 is what a network in use answers).
LEAVE = (HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.FORBIDDEN)
Chain = tuple[str, ...]  # a layer is known by all digests up to its own


def label_filter(labels: Mapping[str, str]) -> dict[str, list[str]]:
    """The engine's filter for things that carry all `labels`; an empty value matches any."""
    return {"label": [f"{key}={value}" if value else key for key, value in labels.items()]}


def label_values(api: Any, key: str) -> frozenset[str]:
    """What a label says on our containers and on networks."""
    ours = label_filter({key: "", CREATED_BY_TOOLKIT: "true"})
    things = [
        *api.containers(all=True, filters=ours),
        *api.networks(filters=label_filter({key: ""})),
    ]
    return frozenset(thing["Labels"][key] for thing in things)


def remove_labelled(api: Any, labels: Mapping[str, str]) -> Removed:
    """Remove containers first, then networks, then images; see the module for what stays."""
    require_labels(labels)
    containers = _remove_containers(api, label_filter({**labels, CREATED_BY_TOOLKIT: "true"}))
    networks = _remove_networks(api, label_filter(labels))
    images, size_bytes = _remove_images(api, label_filter(labels))
    return Removed(containers, networks, images, size_bytes)


def stored_images(api: Any, labels: Mapping[str, str]) -> StoredImages:
    """Images with these labels, untagged stages too, and the bytes of their layers, each once."""
    require_labels(labels)
    found = _newest_first(api, label_filter(labels))
    layers = {chain: size for image in found for chain, size in _layer_sizes(api, image).items()}
    return StoredImages(frozenset(found), sum(layers.values()))


def remove_built(
    api: Any, labels: Mapping[str, str], built: Collection[str], keep: Collection[str]
) -> int:
    """Remove these images and their steps', where they carry the labels; how many are gone."""
    require_labels(labels)
    filters, chosen = label_filter(labels), _with_steps(api, built, keep)
    there = chosen & set(_newest_first(api, filters))

    def leaving() -> list[str]:  # with no step that was there before, as others' cache
        return [image for image in _unused(api, filters) if image in chosen]

    while sum(_remove_image(api, image, noprune=True) for image in leaving()):
        continue
    return len(there - set(_newest_first(api, filters)))


def _with_steps(api: Any, images: Collection[str], keep: Collection[str]) -> set[str]:
    """The images and the steps that they were built through, as far up as the first to keep."""
    found: set[str] = set()
    for image in images:
        while image and image not in keep and image not in found:
            found.add(image)
            inspected = _inspected(api, image)
            image = inspected.get("Parent", "") if inspected is not None else ""  # noqa: PLW2901
    return found


def _remove_containers(api: Any, filters: dict[str, list[str]]) -> int:
    found = [container["Id"] for container in api.containers(all=True, filters=filters)]
    return sum(
        succeeds(partial(api.remove_container, name, force=True, v=True), unless=LEAVE)
        for name in found
    )


def _remove_networks(api: Any, filters: dict[str, list[str]]) -> int:
    found = [network["Id"] for network in api.networks(filters=filters)]
    return sum(succeeds(partial(api.remove_network, name), unless=LEAVE) for name in found)


def _remove_images(api: Any, filters: dict[str, list[str]]) -> tuple[int, int]:
    sizes = {image: _layer_sizes(api, image) for image in _newest_first(api, filters)}
    while sum(_remove_image(api, image) for image in _unused(api, filters)):
        continue  # what is gone may have been all that another one waited for
    gone = sizes.keys() - set(_newest_first(api, filters))
    kept = _remaining_chains(api) if gone else set()
    freed = {chain: size for image in gone for chain, size in sizes[image].items()}
    return len(gone), sum(size for chain, size in freed.items() if chain not in kept)


def _remove_image(api: Any, image: str, *, noprune: bool = False) -> bool:
    """Whether it is gone; with `noprune` the steps that it was built through stay."""
    inspected = _inspected(api, image)
    if inspected is None:
        return False
    tags = inspected["RepoTags"] or ()
    name = own_tag(tags, inspected["Config"]["Labels"] or {}) if tags else image
    # By force, as an image with several digests goes by its id only so.
    removal = partial(api.remove_image, name, force=not tags, noprune=noprune)
    return name is not None and succeeds(removal, unless=LEAVE)


def _unused(api: Any, filters: dict[str, list[str]]) -> list[str]:
    """Labelled images that no container uses: force would take even a stopped one's image."""
    used = {container["ImageID"] for container in api.containers(all=True)}
    return [image for image in _newest_first(api, filters) if image not in used]


def _newest_first(api: Any, filters: dict[str, list[str]]) -> list[str]:
    found = api.images(all=True, filters=filters)
    newest_first = sorted(found, key=lambda image: image["Created"], reverse=True)
    return list(dict.fromkeys(image["Id"] for image in newest_first))


def _layer_sizes(api: Any, image: str) -> dict[Chain, int]:
    inspected = _inspected(api, image)
    if inspected is None:
        return {}
    diff_ids = diff_ids_of(inspected)
    entries = layer_entries(api.history(image), len(diff_ids))
    return {diff_ids[: n + 1]: entry["Size"] for n, entry in enumerate(entries)}


def _remaining_chains(api: Any) -> set[Chain]:
    remaining = (_inspected(api, image["Id"]) for image in api.images(all=True))
    chains = [diff_ids_of(inspected) for inspected in remaining if inspected is not None]
    return {chain[: n + 1] for chain in chains for n in range(len(chain))}


def _inspected(api: Any, image: str) -> Optional[Mapping[str, Any]]:
    """None for an image that someone removed meanwhile."""
    found: list[Mapping[str, Any]] = []
    succeeds(lambda: found.append(api.inspect_image(image)), unless=(HTTPStatus.NOT_FOUND,))
    return found[0] if found else None
