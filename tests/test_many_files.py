"""An image of very many tiny files, made while it is read."""

from __future__ import annotations

import hashlib
import json
import resource
from collections.abc import Iterator

from layer_archives import files

from bench.inspection.anatomy import anatomy
from bench.inspection.image_facts import image_facts
from bench.inspection.sources import from_archive
from benchmarks.archive_corpus import summed

FILES = 50_000
FOLDER_FILES = 1000
CONTENT_BYTES = 8
MAX_GROWN_KIB = 250 << 10


def header(name: str, size: int) -> bytes:
    block = bytearray(512)
    block[: len(name)] = name.encode()
    block[100:107], block[124:135], block[156] = b"0000644", b"%011o" % size, ord("0")
    block[257:265] = b"ustar\00000"
    return summed(block)


def layer(count: int) -> Iterator[bytes]:
    """In pieces of a folder each."""
    for folder in range(0, count, FOLDER_FILES):
        yield b"".join(
            header(f"data/{folder}/file-{number}", CONTENT_BYTES) + (b"%08d" % number).ljust(512)
            for number in range(folder, min(folder + FOLDER_FILES, count))
        )
    yield bytes(1024)


def archive(count: int) -> Iterator[bytes]:
    """The layer is made twice, since its digest is in the configuration."""
    digest, size = hashlib.sha256(), 0
    for piece in layer(count):
        digest.update(piece)
        size += len(piece)
    rootfs = {"type": "layers", "diff_ids": [f"sha256:{digest.hexdigest()}"]}
    yield header("0/layer.tar", size)
    yield from layer(count)
    manifest = [{"Config": "c.json", "RepoTags": ["many:1"], "Layers": ["0/layer.tar"]}]
    texts = {"c.json": {"rootfs": rootfs}, "manifest.json": manifest}
    yield files({name: json.dumps(text).encode() for name, text in texts.items()})


def test_many_tiny_files_are_read_in_little_memory() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    facts = image_facts(anatomy(from_archive(archive(FILES), "many.tar")))
    assert facts.files == FILES
    assert facts.file_bytes == FILES * CONTENT_BYTES
    assert facts.waste.duplicate_groups == 0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MAX_GROWN_KIB
