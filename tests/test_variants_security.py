"""The repository's seven images: no false alarm, and only losses that a container feels."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.inspection.anatomy import anatomy
from bench.inspection.facts import ImageFacts
from bench.inspection.image_facts import image_facts
from bench.inspection.layer_cache import LayerCache
from bench.inspection.sources import from_engine, keep_layers
from builders.engine import ContainerSpec, Engine
from builders.plan import tag

VARIANTS = ("fat", "cpu-torch", "slim", "multistage", "distroless", "onnx", "distroless-onnx")
DISTROLESS = ("distroless", "distroless-onnx")
DEBIAN = tuple(name for name in VARIANTS if name not in DISTROLESS)
pytestmark = [pytest.mark.engine, pytest.mark.variants]


@pytest.fixture(scope="module")
def facts(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> dict[str, ImageFacts]:
    """Read afresh, as kept layers may be of another version of the searches."""
    cache = LayerCache(Path(tmp_path_factory.mktemp("layers")))
    images = {name: engine.image(tag(name)) for name in VARIANTS}
    assert all(images.values()), "the main job builds these: nox"
    keep_layers(engine, images.values(), cache)
    return {
        name: image_facts(anatomy(from_engine(engine, name, image, cache)))
        for name, image in images.items()
    }


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_secret_and_nothing_world_writable_is_found(facts: dict, variant: str):
    found = facts[variant].security
    assert found.secrets == ()
    assert found.world_writable == ()
    assert found.capabilities == ()
    assert "********" not in facts[variant].model_dump_json()


@pytest.mark.parametrize("variant", DEBIAN)
def test_debians_own_setuid_programs_are_found(facts: dict, variant: str):
    found = facts[variant].security
    assert {"/usr/bin/su", "/usr/bin/passwd", "/usr/bin/mount"} <= set(found.setuid)
    assert "/usr/sbin/unix_chkpwd" in found.setgid


@pytest.mark.parametrize("variant", DISTROLESS)
def test_distroless_images_have_no_tools_and_no_special_files(facts: dict, variant: str):
    found = facts[variant].security
    assert (found.setuid, found.setgid, found.root_user) == ((), (), False)
    assert facts[variant].tools == ()


PROBE = """
import getpass, json, os, pkgutil, shutil, ssl, stat, tempfile, zoneinfo
def works(call):
    try:
        return bool(call())
    except (KeyError, OSError, zoneinfo.ZoneInfoNotFoundError):
        return False
def on_path(*names):
    return any(map(shutil.which, names))
special = {}
for folder, folders, files in os.walk("/", topdown=True):
    if folder == "/":
        folders[:] = set(folders) - {"proc", "sys", "dev"}
    for name in files:
        mode = os.lstat(os.path.join(folder, name)).st_mode
        if stat.S_ISREG(mode) and mode & 0o6000:
            special[os.path.join(folder, name)] = mode & 0o6000
print(json.dumps({
    "special": special,
    "uid": os.getuid(),
    "no shell": not on_path("sh", "bash"),
    "no package manager": not on_path("apt", "apt-get"),
    "no pip": not on_path("pip") and pkgutil.find_loader("pip") is None,
    "no `ls` or `cat`": not (on_path("ls") and on_path("cat")),
    "no `ps` or `top`": not on_path("ps", "top"),
    "no `curl` or `wget`": not on_path("curl", "wget"),
    "no editor": not on_path("vi", "vim", "nano"),
    "no certificate authorities": not ssl.create_default_context().get_ca_certs(),
    "no time zone data": not works(lambda: zoneinfo.ZoneInfo("Europe/Berlin")),
    "no name for the user": not works(getpass.getuser),
    "no folder for temporary files": tempfile.gettempdir() not in ("/tmp", "/var/tmp"),
    "no package database": not os.path.exists("/var/lib/dpkg/status")
        and not os.path.exists("/var/lib/dpkg/status.d"),
    "no C compiler": not on_path("gcc", "cc", "clang"),
    "no debugger": not on_path("gdb", "strace", "perf"),
}))
"""


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_container_feels_each_loss_and_no_other(
    engine: Engine, session_labels: dict[str, str], facts: dict, variant: str
):
    spec = ContainerSpec(
        image=tag(variant),
        command=("-c", PROBE),
        labels=session_labels,
        entrypoint=("python3",),
    )
    container = engine.create(spec)
    engine.start(container)
    engine.wait(container, timeout_s=120)
    felt = json.loads(engine.logs(container))
    special, uid = felt.pop("special"), felt.pop("uid")
    found = facts[variant].security
    assert {path for path, mode in special.items() if mode & 0o4000} == set(found.setuid)
    assert {path for path, mode in special.items() if mode & 0o2000} == set(found.setgid)
    assert found.root_user == (uid == 0)
    lost = [one.lost for one in facts[variant].losses]
    assert {start: any(one.startswith(start) for one in lost) for start in felt} == felt
    assert len(lost) == sum(felt.values())
