"""Facts and differences for the tests of the terminal's pages; nobody measured the numbers."""

from __future__ import annotations

from bench.inspection.difference_types import (
    Both,
    CategoryChange,
    Difference,
    FileChange,
    FileChanges,
    LayerChanges,
    LayerRow,
    ListChange,
    PackageChange,
    SettingChange,
    Sizes,
)
from bench.inspection.facts import (
    Duplicate,
    ImageFacts,
    ImageSettings,
    LayerFact,
    Owner,
    Superseded,
    TreeNode,
    Waste,
)
from bench.inspection.finding_types import Hint, Loss, Secret, Security, Tool

MB = 1_000_000
SITE = "opt/venv/lib/python3.11/site-packages"

ROOT_USER = Hint(
    id="root-user",
    title="the service runs as root",
    evidence=("the image's configuration names no other user",),
    dockerfile="USER 65532:65532",
)
CUDA = Hint(
    id="cuda",
    title="CUDA libraries without a sign of a GPU",
    evidence=tuple(f"/{SITE}/nvidia/part{number}: 150.0 MB" for number in range(6)),
    saves_bytes=900 * MB,
    dockerfile="RUN pip install --no-cache-dir \\\n    --index-url CPU-INDEX torch",
)
BYTECODE = Hint(
    id="missing-bytecode",
    title="modules without compiled files",
    evidence=("300 of 400 modules have none",),
    saves_ms=120.4,
    dockerfile="RUN python -m compileall /opt/venv",
)
SECRET = Secret(where="environment API_KEY", kind="key", masked="****")
HIDDEN_SECRET = Secret(where="/root/.ssh/id_rsa", kind="private key", masked="****", layer=0)
TOOLS = (
    Tool(name="bash", kind="shell", path="/usr/bin/bash"),
    Tool(name="sh", kind="shell", path="/bin/sh"),
    Tool(name="sh", kind="shell", path="/usr/bin/sh"),
    Tool(name="pip", kind="package manager", path="/opt/venv/bin/pip"),
)


def full() -> ImageFacts:
    """Something in every section."""
    owners = _owners()
    file_bytes = sum(owner.size_bytes for owner in owners)
    files = sum(owner.files for owner in owners)
    return ImageFacts(
        image_id="sha256:" + "0123456789abcdef" * 4,
        distribution="debian 12",
        settings=_settings(ports=("8000/tcp",)),
        layers=_layers(),
        history_count=25,
        file_bytes=file_bytes,
        files=files,
        engine_size_bytes=file_bytes,
        owners=owners,
        tree=_tree(owners),
        waste=_waste(file_bytes),
        tools=TOOLS,
        security=Security(
            root_user=True,
            setuid=tuple(
                f"/usr/bin/{name}" for name in ("chfn", "chsh", "mount", "su", "umount", "x")
            ),
            setgid=("/usr/bin/chage",),
            capabilities=(),
            world_writable=("/var/spool",),
            secrets=(SECRET, HIDDEN_SECRET),
        ),
        losses=(),
        hints=(ROOT_USER, CUDA, BYTECODE),
    )


def empty() -> ImageFacts:
    """No layers, no files, nothing set."""
    nothing = Waste(
        superseded_bytes=0,
        superseded_files=0,
        superseded=(),
        duplicate_bytes=0,
        duplicate_groups=0,
        duplicates=(),
        efficiency=1.0,
    )
    instead = "attach a container with tools: docker run --pid=container:NAME"
    return full().model_copy(
        update={
            "distribution": "",
            "settings": _settings(user="65532", entrypoint=()),
            "layers": (),
            "file_bytes": 0,
            "files": 0,
            "owners": (),
            "tree": TreeNode(name="/", size_bytes=0, files=0),
            "waste": nothing,
            "tools": (),
            "security": Security(
                root_user=False,
                setuid=(),
                setgid=(),
                capabilities=(),
                world_writable=(),
                secrets=(),
            ),
            "losses": (Loss(lost="no shell", instead=instead),),
            "hints": (),
        }
    )


def _settings(
    user: str = "",
    entrypoint: tuple[str, ...] = ("python", "-m", "inference"),
    ports: tuple[str, ...] = (),
) -> ImageSettings:
    return ImageSettings(
        architecture="amd64",
        operating_system="linux",
        created="2024-06-12T10:00:00.123456Z",
        user=user,
        working_folder="/app",
        entrypoint=entrypoint,
        command=(),
        environment=("PATH=/usr/bin:/bin",),
        exposed_ports=ports,
        volumes=(),
        labels={},
    )


def _owners() -> tuple[Owner, ...]:
    python = (
        Owner(kind="python", name=f"package-{n}", version=f"{n}.0", files=10 * n, size_bytes=n * MB)
        for n in range(18, 0, -1)
    )
    torch = Owner(kind="python", name="torch", version="2.0", files=900, size_bytes=1234 * MB)
    libc = Owner(kind="debian", name="libc6", version="2.36-9+deb12u14", files=9, size_bytes=5 * MB)
    return (torch, *python, libc)


def _tree(owners: tuple[Owner, ...]) -> TreeNode:
    nodes = [
        TreeNode(name=owner.name, size_bytes=owner.size_bytes, files=owner.files)
        for owner in owners
    ]
    children = (
        _category("operating system", nodes[-1:]),
        _category("Python packages", nodes[:-1]),
        TreeNode(name="model", size_bytes=0, files=0),
    )
    return _category("/", children)


def _category(name: str, children: list[TreeNode] | tuple[TreeNode, ...]) -> TreeNode:
    return TreeNode(
        name=name,
        size_bytes=sum(child.size_bytes for child in children),
        files=sum(child.files for child in children),
        children=tuple(children),
    )


def layer(size_bytes: int, created_by: str, compressed_bytes: int | None = 0) -> LayerFact:
    return LayerFact(
        diff_id=f"sha256:{size_bytes:064x}",
        size_bytes=size_bytes,
        compressed_bytes=compressed_bytes,
        created_by=created_by,
        files=10,
        added_bytes=size_bytes,
        changed_bytes=0,
        removed_bytes=0,
        whiteouts=0,
        opaque_folders=0,
        hard_links=0,
        symbolic_links=0,
    )


def _layers() -> tuple[LayerFact, ...]:
    base = layer(30 * MB, f"ADD file:{'ab12' * 16} in /", 11 * MB)
    install = layer(1200 * MB, "RUN pip install --no-cache-dir --requirement set.txt", 800 * MB)
    changed = install.model_copy(update={"changed_bytes": 3 * MB, "removed_bytes": 9 * MB})
    many = (layer(n * 1000, f"COPY part-{n} /app/", n * 400) for n in range(1, 20))
    return (base, changed, layer(0, ""), *many)


def _waste(file_bytes: int) -> Waste:
    return Waste(
        superseded_bytes=12 * MB,
        superseded_files=40,
        superseded=(
            Superseded(
                path=f"/{SITE}/pkg_resources/_vendor/a-long-name/pyparsing/core.py",
                size_bytes=9 * MB,
                written_in=0,
                superseded_in=1,
                how="removed",
                same_content=False,
            ),
            Superseded(
                path="/app/model.pt",
                size_bytes=3 * MB,
                written_in=1,
                superseded_in=2,
                how="replaced",
                same_content=True,
            ),
        ),
        duplicate_bytes=4 * MB,
        duplicate_groups=9,
        duplicates=(
            Duplicate(size_bytes=2 * MB, paths=("/usr/bin/a", "/usr/bin/b", "/usr/bin/c")),
            Duplicate(size_bytes=10, paths=("/tiny/a", "/tiny/b")),
        ),
        efficiency=file_bytes / (file_bytes + 12 * MB),
    )


def changed() -> Difference:
    """Something in every section."""
    return Difference(
        before="slimbench/fat",
        after="slimbench/slim",
        sizes=Sizes(
            size_bytes=Both(before=1300 * MB, after=100 * MB),
            compressed_bytes=Both(before=None, after=40 * MB),
            file_bytes=Both(before=1290 * MB, after=99 * MB),
            files=Both(before=40_000, after=2_000),
            layers=Both(before=7, after=8),
        ),
        categories=(
            CategoryChange(
                name="CUDA", before_bytes=1200 * MB, after_bytes=0, added=0, removed=1234, changed=0
            ),
            CategoryChange(
                name="operating system",
                before_bytes=80 * MB,
                after_bytes=89 * MB,
                added=120,
                removed=8_000,
                changed=2,
            ),
            CategoryChange(
                name="model",
                before_bytes=10 * MB,
                after_bytes=10 * MB,
                added=1,
                removed=1,
                changed=0,
            ),
        ),
        files=_file_changes(),
        packages=_package_changes(),
        tools_only_before=TOOLS,
        tools_only_after=(),
        layers=LayerChanges(
            shared=(LayerRow(diff_id="sha256:0", size_bytes=1, created_by="ADD base"),),
            only_before=(LayerRow(diff_id="sha256:1", size_bytes=1200 * MB, created_by="RUN pip"),),
            only_after=(
                LayerRow(diff_id="sha256:2", size_bytes=9 * MB, created_by="COPY model /app"),
            ),
        ),
        settings=(
            SettingChange(name="user", before="", after="65532"),
            SettingChange(
                name="environment PATH", before="/opt/venv/bin:/usr/bin", after="/usr/bin"
            ),
        ),
        security=(ListChange(name="world_writable", only_before=("/var/spool",), only_after=()),),
        secrets_only_before=(SECRET,),
        secrets_only_after=(),
        hints_only_before=(ROOT_USER, CUDA),
        hints_only_after=(BYTECODE,),
    )


def _file_changes() -> FileChanges:
    kinds = (("removed", 900, 0), ("moved", 50, 50), ("added", 0, 12), ("changed", 9, 8))
    return FileChanges(
        added=121,
        removed=38_000,
        changed=2,
        moved=300,
        mode_only=1,
        same=1_576,
        added_bytes=13 * MB,
        removed_bytes=1203 * MB,
        grown_bytes=-1 * MB,
        moved_bytes=60 * MB,
        other_paths=77,
        largest=tuple(
            FileChange(
                path=f"/{SITE}/{kind}/a-rather-long-folder/library.so",
                change=kind,
                came_from="/elsewhere/library.so" if kind == "moved" else "",
                before_bytes=before_mb * MB,
                after_bytes=after_mb * MB,
            )
            for kind, before_mb, after_mb in kinds
        ),
    )


def _package_changes() -> tuple[PackageChange, ...]:
    removed = (
        PackageChange(
            kind="python",
            name=f"package-{n}",
            change="removed",
            before=(f"{n}.0",),
            after=(),
            before_bytes=n * MB,
            after_bytes=0,
        )
        for n in range(16, 3, -1)
    )
    rest = (
        ("torch", "other version", ("2.0",), ("2.1",), 500, 900),
        ("numpy", "other size", ("2.4",), ("2.4",), 70, 50),
        ("vim", "added", (), ("9",), 0, 3),
    )
    others = (
        PackageChange(
            kind="python",
            name=name,
            change=change,
            before=before,
            after=after,
            before_bytes=before_mb * MB,
            after_bytes=after_mb * MB,
        )
        for name, change, before, after, before_mb, after_mb in rest
    )
    return tuple(
        sorted((*removed, *others), key=lambda one: -abs(one.after_bytes - one.before_bytes))
    )
