from __future__ import annotations

import gzip
import io
import json
import shutil
import tarfile
import uuid
from pathlib import Path

import pytest
from layer_archives import link, program, tar_of
from saved_images import folder as dir_of
from saved_images import hardlink, symlink, taken_apart
from saved_images import program as program_of
from tiny_image import write_context

from bench.inspection.anatomy import anatomy
from bench.inspection.facts import ImageFacts
from bench.inspection.image_facts import image_facts
from bench.inspection.layer_cache import LayerCache
from bench.inspection.sources import from_engine
from builders.engine import BuildRequest, ContainerSpec, Engine, HistoryEntry, ImageInfo
from builders.fake_engine import FakeEngine
from builders.fake_images import FakeImage

LOWER = tar_of(program("bin/sh"), program("bin/curl"))
UPPER = tar_of(program("bin/.wh.curl", 0o644), link("bin/vi", "/bin/nowhere"))
HISTORY = (
    HistoryEntry("ADD base", empty=False),
    HistoryEntry("ENV A=b", empty=True),
    HistoryEntry("RUN rm /bin/curl", empty=False),
)


def inspected(engine: Engine, image: ImageInfo, folder: Path) -> ImageFacts:
    contents = from_engine(engine, "tested", image, LayerCache(folder), compress=True)
    return image_facts(anatomy(contents))


def pulled(image: FakeImage) -> tuple[FakeEngine, ImageInfo]:
    engine = FakeEngine(registry={"tested:1": image})
    return engine, engine.pull("tested:1")


def test_layers_meet_the_commands_that_made_them(tmp_path: Path):
    image = FakeImage(layers=(LOWER, UPPER), history=HISTORY, user="65532")
    facts = inspected(*pulled(image), tmp_path)
    assert [layer.created_by for layer in facts.layers] == ["ADD base", "RUN rm /bin/curl"]
    assert [layer.size_bytes for layer in facts.layers] == [len(LOWER), len(UPPER)]
    assert facts.size_bytes == len(LOWER) + len(UPPER)
    assert facts.compressed_bytes is not None
    assert 0 < facts.compressed_bytes < facts.size_bytes
    assert (facts.history_count, facts.settings.user) == (3, "65532")
    assert [tool.path for tool in facts.tools] == ["/bin/sh"]


def test_a_history_that_does_not_fit_names_no_commands(tmp_path: Path):
    image = FakeImage(layers=(LOWER, UPPER), history=HISTORY[:1])
    facts = inspected(*pulled(image), tmp_path)
    assert [layer.created_by for layer in facts.layers] == ["", ""]
    assert facts.history_count == 1


def test_tools_are_looked_for_on_the_images_path(tmp_path: Path):
    image = FakeImage(layers=(tar_of(program("tools/bin/git")),), environment=("PATH=/tools/bin",))
    facts = inspected(*pulled(image), tmp_path)
    assert [tool.name for tool in facts.tools] == ["git"]


def test_each_layer_tells_what_it_does_to_those_below():
    facts = image_facts(
        taken_apart(
            {
                "bin/sh": program_of(b"0" * 100),
                "etc/motd": "hello",
                "opt": dir_of(),
                "opt/x": "xyz",
            },
            {
                "etc/motd": "hello again",
                "etc/new": "n",
                "bin/.wh.sh": "",
                "opt/.wh..wh..opq": "",
                "etc/hard": hardlink("etc/new"),
                "etc/soft": symlink("new"),
            },
        )
    )
    below, above = facts.layers
    assert (below.files, below.added_bytes, below.changed_bytes, below.removed_bytes) == (
        3,
        108,
        0,
        0,
    )
    assert (above.files, above.added_bytes, above.changed_bytes, above.removed_bytes) == (
        2,
        1,
        11,
        108,
    )
    assert (above.whiteouts, above.opaque_folders) == (1, 1)
    assert (above.hard_links, above.symbolic_links) == (1, 1)
    assert (facts.file_bytes, facts.files) == (12, 2)


DOCKERFILE = """FROM {base}
ADD root.tar /
COPY motd /etc/motd
RUN ["rm", "-r", "/usr/bin/curl", "/opt/venv"]
COPY motd /etc/motd
COPY vi /usr/bin/vi
ENV PATH=/usr/bin:/bin
"""


@pytest.fixture
def built(
    engine: Engine, session_labels: dict[str, str], tmp_path: Path, tiny_image: ImageInfo
) -> ImageInfo:
    """Layers on a runnable image: one twice, and files and a folder that a later step deletes."""
    rm = Path(str(shutil.which("rm"))).resolve().read_bytes()
    members = [program("bin/rm"), program("usr/bin/curl"), program("usr/bin/git")]
    members[0].size = len(rm)
    members += [link("usr/bin/sh", "/bin/sh"), program("opt/venv/bin/pip")]
    content = {
        "Dockerfile": DOCKERFILE.format(base=tiny_image.tags[0]).encode(),
        "root.tar": tar_of(*members, contents=[rm]),
        "motd": b"hello " * 999,
        "vi": b"an editor",
    }
    context = write_context(tmp_path / "context.tar", content)
    tag = f"slimbench-test/layers:{uuid.uuid4().hex}"
    return engine.build(BuildRequest(context, "Dockerfile", tag, session_labels), print)


@pytest.mark.engine
def test_tools_are_the_files_that_a_container_sees(
    engine: Engine, built: ImageInfo, session_labels: dict[str, str], tmp_path: Path
):
    listing = ContainerSpec(
        image=built.image_id,
        command=("/bin/ls", "/usr/bin/", "/opt"),
        labels=session_labels,
        entrypoint=(),
    )
    container = engine.create(listing)
    engine.start(container)
    engine.wait(container, timeout_s=60)
    assert engine.logs(container).split() == ["/opt:", "/usr/bin/:", "git", "sh", "vi"]
    facts = inspected(engine, built, tmp_path)
    assert [tool.path for tool in facts.tools] == ["/usr/bin/vi", "/usr/bin/sh", "/usr/bin/git"]


@pytest.mark.engine
def test_facts_are_those_of_the_saved_archive_unpacked(
    engine: Engine, built: ImageInfo, tmp_path: Path
):
    facts = inspected(engine, built, tmp_path / "cache")
    with tarfile.open(fileobj=io.BytesIO(b"".join(engine.save([built.image_id])))) as saved:
        manifest = json.load(saved.extractfile("manifest.json"))
        layers = [saved.extractfile(name).read() for name in manifest[0]["Layers"]]
    plain = [gzip.decompress(layer) if layer[:2] == b"\x1f\x8b" else layer for layer in layers]
    assert [layer.size_bytes for layer in facts.layers] == [len(layer) for layer in plain]
    assert [layer.diff_id for layer in facts.layers] == list(built.diff_ids)
    one_stream = sum(len(gzip.compress(layer, 6)) for layer in plain)
    assert facts.compressed_bytes == pytest.approx(one_stream, rel=0.02)
    steps = [layer.created_by.split(" ")[0] for layer in facts.layers]
    assert steps == ["ADD", "ADD", "COPY", "rm", "COPY", "COPY"]


@pytest.mark.engine
def test_a_second_inspection_saves_nothing(engine: Engine, built: ImageInfo, tmp_path: Path):
    facts = inspected(engine, built, tmp_path)
    assert inspected(FakeEngine(), built, tmp_path) == facts
