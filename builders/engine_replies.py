"""What the engine answers, as the values of `builders.engine`; pure."""

from __future__ import annotations

import calendar
import os
import platform
import re
from collections.abc import Mapping, Sequence
from typing import Any, Optional

from builders.engine import ContainerState, EngineInfo, HistoryEntry, ImageInfo
from builders.errors import EngineError

Json = Mapping[str, Any]

# Instructions that may write a layer, the surest first: COPY always does, RUN may write nothing.
_WRITERS = ("COPY", "ADD", "WORKDIR", "RUN", "/bin/sh -c")
_STAMP = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))"
)


def nanoseconds(stamp: str) -> int:
    """An RFC 3339 time stamp as nanoseconds since 1970, exactly; 0 for Go's zero time."""
    match = _STAMP.fullmatch(stamp)
    if match is None:
        raise EngineError(f"the engine sent {stamp!r}, which is no time stamp")
    if match[1] == "0001":
        return 0
    year, month, day, hour, minute, second = (int(match[group]) for group in range(1, 7))
    seconds = calendar.timegm((year, month, day, hour, minute, second))
    if match[8]:
        offset_s = int(match[9]) * 3600 + int(match[10]) * 60
        seconds -= offset_s if match[8] == "+" else -offset_s
    return seconds * 10**9 + int((match[7] or "").ljust(9, "0"))


def container_state(inspected: Json) -> ContainerState:
    """The state in an inspected container."""
    state = inspected["State"]
    return ContainerState(
        running=state["Running"],
        exit_code=state["ExitCode"],
        started_at_ns=nanoseconds(state["StartedAt"]),
        finished_at_ns=nanoseconds(state["FinishedAt"]),
        oom_killed=state["OOMKilled"],
        error=state["Error"],
        pid=state["Pid"],
        address=_address(inspected),
    )


def _address(inspected: Json) -> str:
    networks = (inspected.get("NetworkSettings") or {}).get("Networks") or {}
    return next((one["IPAddress"] for one in networks.values() if one.get("IPAddress")), "")


def memory_used_bytes(statistics: Json) -> Optional[int]:
    """What `docker stats` shows of these statistics; None once the container has ended.

    The cache that isn't in use is left out, as the engine's own client does: `total_inactive_file`
    of cgroup v1, `inactive_file` of v2.
    """
    memory = statistics.get("memory_stats") or {}
    if "usage" not in memory:
        return None
    details = memory.get("stats") or {}
    idle = details.get("total_inactive_file", details.get("inactive_file", 0))
    return int(memory["usage"]) - (int(idle) if idle < memory["usage"] else 0)


def engine_info(info: Json, api_version: str, address: str) -> EngineInfo:
    """The engine's own description; cgroup version 1 where it doesn't say.

    It shares this process's kernel when it answers on a local socket and its machine is of the
    same kernel release and has the same memory to the byte.
    """
    own_bytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    own = (platform.release(), own_bytes)
    return EngineInfo(
        version=info["ServerVersion"],
        api_version=api_version,
        storage_driver=info["Driver"],
        cgroup_version=info.get("CgroupVersion") or "1",
        kernel=info["KernelVersion"],
        operating_system=info["OperatingSystem"],
        cpus=info["NCPU"],
        memory_bytes=info["MemTotal"],
        root_dir=info["DockerRootDir"],
        shares_host_kernel=address.startswith("unix:")
        and own == (info["KernelVersion"], info["MemTotal"]),
        runtimes=tuple(sorted(info.get("Runtimes") or ())),
    )


def image_info(inspected: Json, history: Sequence[Json]) -> ImageInfo:
    """An inspected image with its history (newest first, as the engine lists it)."""
    config = inspected.get("Config") or {}
    diff_ids = diff_ids_of(inspected)
    return ImageInfo(
        image_id=inspected["Id"],
        tags=tuple(inspected.get("RepoTags") or ()),
        repo_digests=tuple(inspected.get("RepoDigests") or ()),
        diff_ids=diff_ids,
        history=_history(history, len(diff_ids)),
        labels=config.get("Labels") or {},
        environment=tuple(config.get("Env") or ()),
        entrypoint=tuple(config.get("Entrypoint") or ()),
        user=config.get("User") or "",
        engine_size_bytes=inspected["Size"],
    )


def diff_ids_of(inspected: Json) -> tuple[str, ...]:
    """Digests of an inspected image's layer archives, lowest first."""
    return tuple((inspected.get("RootFS") or {}).get("Layers") or ())


def tags_of(listed: Sequence[Json]) -> tuple[str, ...]:
    """Names of all listed images, sorted; Engine 20.10 lists an unnamed one under a name too."""
    names = {name for entry in listed for name in entry.get("RepoTags") or ()}
    return tuple(sorted(names - {"<none>:<none>"}))


def layer_entries(history: Sequence[Json], layers: int) -> list[Json]:
    """The entries that made a layer, oldest first.

    The engine tells sizes but not which entries are empty: those with a size made a layer; where
    that is too few (a folder alone counts 0 bytes), the likeliest writers of 0 bytes join them.
    """
    oldest_first = list(reversed(history))
    sized = [number for number, entry in enumerate(oldest_first) if entry["Size"] > 0]
    unsized = sorted(
        (number for number, entry in enumerate(oldest_first) if entry["Size"] == 0),
        key=lambda number: _unlikelihood(oldest_first[number]["CreatedBy"]),
    )
    missing = max(0, layers - len(sized))
    return [oldest_first[number] for number in sorted(sized + unsized[:missing])]


def _history(history: Sequence[Json], layers: int) -> tuple[HistoryEntry, ...]:
    made_layers = {id(entry) for entry in layer_entries(history, layers)}
    return tuple(
        HistoryEntry(created_by=entry["CreatedBy"], empty=id(entry) not in made_layers)
        for entry in reversed(history)
    )


def _unlikelihood(created_by: str) -> int:
    instruction = created_by.split("#(nop)", 1)[-1].lstrip()
    found = (rank for rank, word in enumerate(_WRITERS) if instruction.startswith(word))
    return next(found, len(_WRITERS))
