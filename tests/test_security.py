from __future__ import annotations

import hashlib
import shutil
import uuid
from pathlib import Path

import pytest
from saved_images import Content, Member, contents, folder, hardlink, program, symlink, taken_apart
from test_secrets import PEM, TOKENS
from tiny_image import write_context

from bench.inspection.anatomy import anatomy
from bench.inspection.finding_types import Secret
from bench.inspection.image_facts import image_facts
from bench.inspection.layer_cache import LayerCache
from bench.inspection.security import runs_as
from bench.inspection.sources import from_engine
from builders.engine import BuildRequest, ContainerSpec, Engine, ImageInfo

KEY = PEM.format("", "")
CAPABLE = {"SCHILY.xattr.security.capability": "\x01\x00\x00\x02"}
PASSWD = "root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/:/bin/sh\n1000:x:0:0::/:/bin/sh\nme:x:7:7:::\n"


def secrets(*layers: dict[str, Content], **more: object) -> list[tuple[str, str, int | None]]:
    found = taken_apart(*layers, **more).security.secrets
    return [(one.where, one.kind, one.layer) for one in found]


@pytest.mark.parametrize(
    ("user", "root"),
    [
        ("", True),
        ("0", True),
        ("00", True),
        ("root", True),
        ("0:0", True),
        ("root:65532", True),
        (":7", True),
        ("toor", True),
        ("toor:me", True),
        ("1000", False),
        ("me", False),
        ("65532:0", False),
        ("nobody", False),
    ],
)
def test_root_is_whoever_has_the_user_id_0(user: str, root: bool):
    assert taken_apart({"etc/passwd": PASSWD}, user=user).security.root_user is root


def test_a_user_list_that_cannot_be_read_names_nobody():
    broken = "toor\n:x:0\nme:x:zero:0\n\xb2:x:\xb2:0\n"
    assert not taken_apart({"etc/passwd": broken}, user="toor").security.root_user


def test_special_modes_are_listed_with_their_paths():
    found = taken_apart(
        {
            "usr/bin/su": program(mode=0o4755),
            "usr/bin/wall": program(mode=0o2755),
            "usr/bin/both": program(mode=0o6755),
            "usr/bin/also-su": hardlink("usr/bin/su"),
            "usr/bin/ping": Member(mode=0o755, pax=CAPABLE),
            "usr/bin/plain": program(),
            "usr/bin/link": symlink("su"),
            "srv/shared": folder(0o2775),
            "gone": program(mode=0o4755),
        },
        {".wh.gone": b""},
    ).security
    assert found.setuid == ("/usr/bin/also-su", "/usr/bin/both")
    assert found.setgid == ("/usr/bin/both", "/usr/bin/wall")
    assert found.capabilities == ("/usr/bin/ping",)


def test_what_everybody_may_change_is_listed():
    found = taken_apart(
        {
            "tmp": folder(0o1777),
            "srv/open": folder(0o777),
            "srv/open/file": Member(mode=0o666),
            "srv/link": symlink("open"),
            "srv/fine": folder(0o775),
            "dev/null": Member(mode=0o666, kind=b"3"),
        }
    ).security
    assert found.world_writable == ("/srv/open", "/srv/open/file")


def test_a_lean_image_has_nothing_to_find():
    found = taken_apart({"app/main.py": "print()"}, user="65532").security
    assert found.model_dump() == {
        "root_user": False,
        **dict.fromkeys(("setuid", "setgid", "capabilities", "world_writable", "secrets"), ()),
    }


def test_settings_are_searched_and_each_value_is_told_once():
    found = secrets(
        {"a": b"x"},
        {"b": b"x"},
        commands=("|1 T=a N_TOKEN=t0ken-of-npm /bin/sh -c npm ci", "RUN x --token t0ken-of-npm"),
        environment=("DB_PASSWORD=s3cr3t-9", "PATH=/bin"),
        labels={"io.api-key": "k3y-k3y-9", "version": "1.2"},
        entrypoint=("serve", "--password", "s3cr3t-9"),
        more={"Cmd": ["--token", "an0ther-one"]},
    )
    assert found == [
        ("environment DB_PASSWORD", "password", None),
        ("label io.api-key", "key", None),
        ("command", "token", None),
        ("layer 0's command", "token", 0),
    ]


def test_a_history_that_does_not_fit_the_layers_is_told_by_steps():
    found = secrets({"a": b"x"}, commands=("ADD base", "RUN x --token t0ken-of-npm"))
    assert found == [("history step 1", "token", None)]


def test_files_are_told_with_their_layer_and_deleted_ones_too():
    found = secrets(
        {"root/.ssh/id_rsa": KEY, "app/x": b"y"},
        {"root/.ssh/.wh.id_rsa": b"", "app/.env": f"A_TOKEN={TOKENS['GitHub token']}"},
    )
    assert found == [
        ("/root/.ssh/id_rsa", "private key", 0),
        ("/app/.env", "GitHub token", 1),
    ]


def test_a_file_whose_mode_alone_changed_is_told_once():
    assert secrets({"k.pem": KEY}, {"k.pem": Member(KEY.encode(), 0o600)}) == [
        ("/k.pem", "private key", 0)
    ]


DPKG = "Package: crypto-tests\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n"


def test_a_packages_own_keys_are_no_secrets_whatever_the_layer():
    package = {
        "var/lib/dpkg/status": DPKG,
        "var/lib/dpkg/info/crypto-tests.list": "/.\n/srv\n/srv/test.pem\n",
        "srv/test.pem": KEY,
        "srv/other.pem": KEY,
    }
    assert secrets(package) == [("/srv/other.pem", "private key", 0)]
    assert secrets(
        package, {"srv/test.pem": KEY + "\n", "srv/z.pem": hardlink("srv/test.pem")}
    ) == [("/srv/other.pem", "private key", 0)]


def test_a_python_packages_own_keys_are_no_secrets():
    digest = hashlib.sha256(KEY.encode()).hexdigest()
    files = {
        "app/site-packages/tls-1.0.dist-info/METADATA": "Name: tls\nVersion: 1.0\n",
        "app/site-packages/tls-1.0.dist-info/RECORD": f"../keys/x.pem,{digest},1\n",
        "app/keys/x.pem": KEY,
    }
    assert secrets(files) == []


def test_keys_of_a_package_that_was_removed_are_no_secrets():
    assert secrets({"usr/share/tls/test.pem": KEY}, {"usr/share/.wh.tls": b""}) == []
    assert secrets({"usr/share/tls/test.pem": KEY}) == [
        ("/usr/share/tls/test.pem", "private key", 0)
    ]


DOCKERFILE = """FROM {base}
ARG NPM_TOKEN
ENV DB_PASSWORD=s3cr3t-of-mine INDEX=https://me:s3cr3t-of-mine@example.org/simple
ADD root.tar /
RUN chmod 4755 /bin/suid && chmod 2755 /bin/sgid && chmod 777 /srv/open && chmod 666 /srv/file
RUN rm /root/.ssh/id_rsa
EXPOSE 8000
USER toor
"""
FILES = {
    "bin/suid": b"#!/bin/sh\n",
    "bin/sgid": b"#!/bin/sh\n",
    "srv/open/x": b"",
    "srv/file": b"x",
    "root/.ssh/id_rsa": KEY.encode(),
    "etc/passwd": PASSWD.encode(),
}


@pytest.fixture
def insecure(
    engine: Engine, session_labels: dict[str, str], tmp_path: Path, tiny_image: ImageInfo
) -> ImageInfo:
    """An image with one fault of each kind."""
    programs = {f"bin/{name}": _program(name) for name in ("chmod", "rm")}
    root = write_context(tmp_path / "root.tar", {**FILES, **programs}).read_bytes()
    dockerfile = DOCKERFILE.format(base=tiny_image.tags[0]).encode()
    context = write_context(tmp_path / "context.tar", {"Dockerfile": dockerfile, "root.tar": root})
    tag = f"slimbench-test/insecure:{uuid.uuid4().hex}"
    arguments = {"NPM_TOKEN": "t0ken-of-somebody"}
    request = BuildRequest(context, "Dockerfile", tag, session_labels, arguments)
    return engine.build(request, print)


def _program(name: str) -> bytes:
    return Path(str(shutil.which(name))).resolve().read_bytes()


@pytest.mark.engine
def test_the_faults_of_a_built_image_are_all_found(
    engine: Engine, insecure: ImageInfo, tmp_path: Path
):
    image = from_engine(engine, "insecure", insecure, LayerCache(tmp_path))
    facts = image_facts(anatomy(image))
    found = facts.security
    assert (found.setuid, found.setgid) == (("/bin/suid",), ("/bin/sgid",))
    assert found.world_writable == ("/srv/file", "/srv/open")
    assert found.root_user
    assert facts.settings.exposed_ports == ("8000/tcp",)
    by_where = {one.where: one for one in found.secrets}
    key = by_where.pop("/root/.ssh/id_rsa")
    assert key.kind == "private key"
    assert facts.layers[key.layer].created_by.startswith("ADD")
    assert "root/.ssh/id_rsa" not in image.files.paths
    chmod = next(n for n, one in enumerate(facts.layers) if "chmod" in one.created_by)
    assert by_where == {
        "environment DB_PASSWORD": Secret(
            where="environment DB_PASSWORD", kind="password", masked="********"
        ),
        "environment INDEX": Secret(
            where="environment INDEX",
            kind="password in a URL",
            masked="://********@example.org",
        ),
        f"layer {chmod}'s command": Secret(
            where=f"layer {chmod}'s command", kind="token", masked="TOKEN=********", layer=chmod
        ),
    }
    dumped = facts.model_dump_json()
    assert "s3cr3t-of" not in dumped
    assert "t0ken-of" not in dumped
    assert not any(line in dumped for line in KEY.splitlines()[1:-1])


@pytest.mark.engine
@pytest.mark.parametrize("user", ["toor", "1000", "me", "7:0", "0:0", ""])
def test_users_are_those_that_containers_run_as(
    engine: Engine, insecure: ImageInfo, session_labels: dict[str, str], user: str
):
    spec = ContainerSpec(
        image=insecure.image_id,
        command=("cat", "/proc/self/status"),
        labels=session_labels,
        entrypoint=(),
        user=user or None,
    )
    container = engine.create(spec)
    engine.start(container)
    engine.wait(container, timeout_s=60)
    (line,) = (one for one in engine.logs(container).splitlines() if one.startswith("Uid:"))
    image = contents({"etc/passwd": PASSWD}, user=user)
    assert int(line.split()[1]) == runs_as(image)
