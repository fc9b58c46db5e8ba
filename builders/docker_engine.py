"""The real engine, through the Docker SDK; the one module that imports it.

Works with Docker Engine 20.10 (API 1.41) and newer. One value serves any number of threads.
Importing the SDK takes a while: import this module only where an engine is needed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from http import HTTPStatus
from typing import Any, Optional

import docker
import requests
import urllib3

from builders.attached_stream import attached
from builders.container_config import creation_body
from builders.container_stream import ContainerStream
from builders.engine import (
    BuildRequest,
    ContainerSpec,
    ContainerState,
    EngineInfo,
    ImageInfo,
    MemoryReading,
    Removed,
)
from builders.engine_boundary import (
    Table,
    ending_within,
    no_such_image,
    require_recent,
    succeeds,
    translating,
    unavailable,
)
from builders.engine_networks import create_network, remove_network
from builders.engine_replies import container_state, engine_info, image_info, tags_of
from builders.errors import EngineError, EngineUnavailable, ImageNotFound
from builders.gpus import require_gpus
from builders.image_build import build_image
from builders.image_exchange import Progress, unwatched
from builders.image_pull import pull_image
from builders.image_push import push_image, remove_name
from builders.image_save import saved_images
from builders.labelled_removal import (
    label_filter,
    label_values,
    remove_built,
    remove_labelled,
    stored_images,
)
from builders.memory_readings import memory_readings
from builders.own_images import StoredImages

CONNECT_TIMEOUT_S = 15
# Saving an image sends nothing until the engine has written all layers to its own disk.
ANSWER_TIMEOUT_S = 900
DEFAULT_ADDRESS = "unix:///var/run/docker.sock"

# The nearest ancestor counts; a test lists every error of the SDK with what it becomes.
TRANSLATION: Table = {
    docker.errors.DockerException: EngineError,
    docker.errors.APIError: EngineError,  # derived from requests' errors too, and those come first
    docker.errors.ImageNotFound: ImageNotFound,
    docker.errors.StreamParseError: EngineError,
    docker.errors.ContextAlreadyExists: EngineUnavailable,
    docker.errors.ContextException: EngineUnavailable,
    docker.errors.ContextNotFound: EngineUnavailable,
    docker.errors.InvalidConfigFile: EngineUnavailable,
    docker.errors.InvalidVersion: EngineUnavailable,
    docker.errors.MissingContextParameter: EngineUnavailable,
    docker.errors.TLSParameterError: EngineUnavailable,
    requests.RequestException: EngineUnavailable,
    urllib3.exceptions.HTTPError: EngineUnavailable,
}


def connect(own_address: str = "") -> DockerEngine:
    """The engine at an address, or the one that DOCKER_HOST names, or the local one.

    Raises:
        EngineUnavailable: none answers there, or it is too old.
    """
    address = own_address or os.environ.get("DOCKER_HOST") or DEFAULT_ADDRESS
    try:
        options = {"base_url": address} if own_address else docker.utils.kwargs_from_env()
        api = docker.APIClient(**options, version="auto", timeout=CONNECT_TIMEOUT_S)
        version = api.version(api_version=False)["Version"]
    except (docker.errors.DockerException, requests.RequestException) as error:
        raise unavailable(error, address) from error
    require_recent(version, api.api_version, address)
    api.timeout = ANSWER_TIMEOUT_S
    return DockerEngine(api, address)


class DockerEngine:
    """`builders.engine.Engine` on the SDK's low-level client; made by `connect`."""

    def __init__(self, api: Any, address: str) -> None:
        self._api = api
        self._address = address
        self._built: set[str] = set()

    def info(self) -> EngineInfo:
        """Who answers."""
        with _asked("describe itself", self._address):
            return engine_info(self._api.info(), self._api.api_version, self._address)

    def image(self, reference: str) -> Optional[ImageInfo]:
        """The image, or None when the engine doesn't hold it."""
        try:
            with _asked("inspect the image", reference):
                inspected = self._api.inspect_image(reference)
                return image_info(inspected, self._api.history(inspected["Id"]))
        except ImageNotFound:
            return None

    def images(self, labels: Mapping[str, str]) -> tuple[ImageInfo, ...]:
        """Tagged images that carry all these labels; an empty value matches any."""
        with _asked("list images"):
            listed = self._api.images(filters=label_filter(labels))
        found = (self.image(entry["Id"]) for entry in listed)
        return tuple(image for image in found if image is not None and image.tags)

    def tags(self) -> tuple[str, ...]:
        """Names of all images, sorted."""
        with _asked("list images"):
            return tags_of(self._api.images())

    def pull(self, reference: str, progress: Progress = unwatched) -> ImageInfo:
        """Pull; raises RegistryUnreachable, ImageNotFound or PullFailed."""
        with _asked("pull the image", reference):
            pull_image(self._api, reference, progress)
        return self._present(reference)

    def push(self, name: str) -> None:
        """Push the image of this name to the registry that it names; raises PushFailed."""
        with _asked("push the image", name):
            push_image(self._api, name)

    def tag(self, image: str, tag: str) -> None:
        """Give an image one more name; raises ImageNotFound."""
        repository, name = docker.utils.parse_repository_tag(tag)
        with _asked(f"tag the image as {tag}", image):
            self._api.tag(image, repository, name, force=True)

    def remove_name(self, name: str) -> None:
        """Take a name away, and the image with its last one; one that is gone is no error."""
        with _asked("remove the name", name):
            remove_name(self._api, name)

    def build(self, request: BuildRequest, log: Callable[[str], None]) -> ImageInfo:
        """Build and tag; each line of output goes to `log`; raises BuildFailed."""
        with _asked("build the image", request.tag):
            return self._present(build_image(self._api, request, log, self._built.add))

    def save(self, images: Sequence[str]) -> Iterator[bytes]:
        """One `docker save` archive of the images, in chunks; raises ImageNotFound."""
        for image in images:
            self._present(image)
        return self._saved(images)

    def _saved(self, images: Sequence[str]) -> Iterator[bytes]:
        with _asked("save the image", ", ".join(images)):
            yield from saved_images(self._api, images)

    def _present(self, reference: str) -> ImageInfo:
        found = self.image(reference)
        if found is None:
            raise no_such_image(reference)
        return found

    def create(self, spec: ContainerSpec) -> str:
        """Create a container and return its id; raises ImageNotFound or EngineError."""
        if spec.gpus:  # else the engine would fail at the start, in words of its own
            require_gpus(spec, self.info())
        with _asked("create a container", spec.image):
            reply = self._api.create_container_from_config(creation_body(spec), spec.name)
        return str(reply["Id"])

    def attach(self, container: str) -> ContainerStream:
        """Attach to a created container's streams."""
        wanted = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
        with _asked("attach to the container", container):
            return attached(self._api.attach_socket(container, params=wanted), container)

    def start(self, container: str) -> None:
        """Start it; raises EngineError when its command can't be started."""
        with _asked("start the container", container):
            self._api.start(container)

    def wait(self, container: str, timeout_s: float) -> ContainerState:
        """Wait for its end; raises SessionFailed when it runs longer."""
        limit = ending_within(timeout_s, container)
        with _asked("wait for the container", container), limit:
            self._api.wait(container, timeout=timeout_s)
        return self.state(container)

    def state(self, container: str) -> ContainerState:
        """Its state now."""
        with _asked("inspect the container", container):
            return container_state(self._api.inspect_container(container))

    def signal(self, container: str, name: str) -> None:
        """Send its first process a signal such as SIGTERM; raises EngineError unless it runs."""
        with _asked(f"send {name} to the container", container):
            self._api.kill(container, name)

    def memory_statistics(self, container: str) -> Iterator[MemoryReading]:
        """A reading about once a second until the container ends."""
        with _asked("read the container's statistics", container):
            yield from memory_readings(self._api, container)

    def logs(self, container: str) -> str:
        """Everything it wrote so far, both streams together."""
        with _asked("read the container's output", container):
            return bytes(self._api.logs(container)).decode(errors="replace")

    def remove(self, container: str) -> None:
        """Kill and remove it; a container that is gone already is no error."""
        with _asked("remove the container", container):
            removal = partial(self._api.remove_container, container, force=True, v=True)
            succeeds(removal, unless=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT))

    def create_network(self, name: str, labels: Mapping[str, str]) -> None:
        """Create a bridge network; one of this name that carries these labels is reused."""
        with _asked("create the network", name):
            create_network(self._api, name, labels)

    def remove_network(self, name: str) -> None:
        """Remove it; one that is gone already is no error."""
        with _asked("remove the network", name):
            remove_network(self._api, name)

    def label_values(self, key: str) -> frozenset[str]:
        """What a label says on the containers and networks of this toolkit."""
        with _asked("list what carries our labels"):
            return label_values(self._api, key)

    def remove_labelled(self, labels: Mapping[str, str]) -> Removed:
        """Remove all containers, networks and images (untagged stages too) with these labels."""
        with _asked("remove what carries our labels"):
            return remove_labelled(self._api, labels)

    def stored(self, labels: Mapping[str, str]) -> StoredImages:
        """All images that carry these labels, untagged stages too."""
        with _asked("list what carries our labels"):
            return stored_images(self._api, labels)

    def built(self) -> frozenset[str]:
        """Ids of the images, one a stage, that builds through this value ended with."""
        return frozenset(self._built)

    def remove_built(self, labels: Mapping[str, str], keep: Collection[str]) -> int:
        """Remove the images of this value's builds that carry these labels; how many are gone."""
        with _asked("remove what was built"):
            return remove_built(self._api, labels, self.built(), keep)


def _asked(what: str, where: str = "") -> AbstractContextManager[None]:
    return translating(TRANSLATION, what, where)
