"""Facts of images for the report tests: hand-written, with round numbers that nobody measured."""

from __future__ import annotations

from bench.inspection.facts import ImageFacts, ImageSettings, LayerFact, Owner, TreeNode, Waste
from bench.inspection.finding_types import Hint, Loss, Secret, Security, Tool

MB = 1_000_000

SHELL = Tool(name="sh", kind="shell", path="/bin/sh")
GCC = Tool(name="gcc", kind="compiler", path="/usr/bin/gcc")
GIT = Tool(name="git", kind="version control", path="/usr/bin/git")
GIT_AGAIN = Tool(name="git", kind="version control", path="/usr/local/bin/git")

NO_SHELL = Loss(lost="no shell: `sh` isn't there", instead="attach a debugging container")
ROOT_USER = Hint(
    id="root-user",
    title="It runs as root",
    evidence=("USER isn't set",),
    dockerfile="USER 65532:65532",
)
PIP_CACHE = Hint(
    id="pip-cache",
    title="pip's cache is in the image",
    evidence=("/root/.cache/pip holds 40 files", "layer 1 wrote it: RUN pip install | tee log"),
    saves_bytes=250 * MB,
    dockerfile="RUN pip install --no-cache-dir \\\n    --requirement set.txt",
)
PASSWORD = Secret(where="environment API_KEY", kind="password", masked="s***")


def settings(user=""):
    return ImageSettings(
        architecture="amd64",
        operating_system="linux",
        created="2024-06-12T10:00:00Z",
        user=user,
        working_folder="/app",
        entrypoint=("python", "-m", "inference"),
        command=(),
        environment=("PATH=/usr/bin:/bin",),
        exposed_ports=(),
        volumes=(),
        labels={},
    )


def layer(diff_id, size_bytes, compressed_bytes):
    return LayerFact(
        diff_id=diff_id,
        size_bytes=size_bytes,
        compressed_bytes=compressed_bytes,
        created_by="COPY",
        files=10,
        added_bytes=size_bytes,
        changed_bytes=0,
        removed_bytes=0,
        whiteouts=0,
        opaque_folders=0,
        hard_links=0,
        symbolic_links=0,
    )


def image(size_mb, tools=(), user="", layers=2, losses=(), hints=(), secrets=()):
    """Of each byte 60 % are torch's, 30 % libc6's, 4 % wasted, 1 % headers, the rest a model's."""
    size_bytes = size_mb * MB
    each = size_bytes // layers
    superseded_bytes = size_bytes // 25
    file_bytes = size_bytes - superseded_bytes - size_bytes // 100
    owners = _owners(size_bytes, file_bytes)
    return ImageFacts(
        image_id=f"sha256:{size_mb:064x}",
        settings=settings(user),
        layers=tuple(layer(f"sha256:{each}-{number}", each, each // 4) for number in range(layers)),
        history_count=layers + 3,
        file_bytes=file_bytes,
        files=sum(owner.files for owner in owners),
        engine_size_bytes=size_bytes,
        owners=owners,
        tree=_tree(owners, file_bytes),
        waste=Waste(
            superseded_bytes=superseded_bytes,
            superseded_files=3,
            superseded=(),
            duplicate_bytes=0,
            duplicate_groups=0,
            duplicates=(),
            efficiency=file_bytes / (file_bytes + superseded_bytes) if file_bytes else 1.0,
        ),
        tools=tools,
        security=Security(
            root_user=not user,
            setuid=("usr/bin/passwd", "usr/bin/su") if tools else (),
            setgid=(),
            capabilities=(),
            world_writable=("var/spool",) if tools else (),
            secrets=secrets,
        ),
        losses=losses,
        hints=hints,
    )


def _owners(size_bytes, file_bytes):
    torch, libc = size_bytes * 60 // 100, size_bytes * 30 // 100
    return (
        Owner(kind="python", name="torch", version="2.0", files=900, size_bytes=torch),
        Owner(kind="debian", name="libc6", version="2.36", files=200, size_bytes=libc),
        Owner(kind="model", name="model", files=2, size_bytes=file_bytes - torch - libc),
    )


def _tree(owners, file_bytes):
    categories = {"torch": "Python packages", "libc6": "operating system", "model": "model"}
    children = (
        TreeNode(
            name=categories[owner.name],
            size_bytes=owner.size_bytes,
            files=owner.files,
            children=(TreeNode(name=owner.name, size_bytes=owner.size_bytes, files=owner.files),),
        )
        for owner in owners
    )
    files = sum(owner.files for owner in owners)
    return TreeNode(name="/", size_bytes=file_bytes, files=files, children=tuple(children))
