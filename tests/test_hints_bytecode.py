from __future__ import annotations

import struct

import pytest
from hinted_images import CLEAN, PACKAGES, shell
from saved_images import Content, Member, symlink, taken_apart

from bench.inspection.finding_types import Hint
from bench.inspection.hints.bytecode_coverage import sources
from bench.inspection.hints.compile_rate import compile_rate
from bench.inspection.hints.missing_bytecode import MissingBytecode

MTIME_S = 1_700_000_000
RATE = 2_000_000.0  # bytes a second
MAGIC_311 = bytes.fromhex("a70d0d0a")
SOURCE = Member(b"x = 1\n" * 100_000, mtime_s=MTIME_S)  # 600 kB


def pyc(source: Member, mtime_s: int = MTIME_S, *, flags: int = 0) -> bytes:
    return MAGIC_311 + struct.pack("<III", flags, mtime_s % 2**32, len(source.content)) + b"code"


def advised(*layers: dict[str, Content], **more: object) -> Hint | None:
    return MissingBytecode(lambda: RATE).advise(taken_apart(CLEAN, *layers, **more))


def states(paths: dict[str, Content]) -> dict[str, str]:
    found = sources(taken_apart(paths))
    return {one.path: one.bytecode for one in found}


def test_sources_without_bytecode_cost_what_compiling_them_takes():
    image = {**shell(), f"{PACKAGES}/a.py": SOURCE, f"{PACKAGES}/b.py": SOURCE}
    hint = advised(image)
    assert hint.saves_bytes is None
    assert hint.saves_ms == pytest.approx(600.0, rel=0.001)  # 1.2 MB, and os.py of one byte
    assert hint.evidence[0] == "0% of 3 sources have bytecode, 0% by bytes"
    assert hint.evidence[1].startswith("an upper bound for the start: 1.2 MB of source at 2.0 MB/s")
    assert f"/{PACKAGES}: 1.2 MB to compile" in hint.evidence
    line = f"RUN python3 -m compileall -q -j 0 /{PACKAGES} /usr/lib/python3.11"
    assert hint.dockerfile == line


def test_the_line_fits_an_image_without_shell():
    hint = advised({f"{PACKAGES}/a.py": SOURCE}, entrypoint=("/usr/bin/python3", "-m", "a"))
    assert hint.dockerfile.startswith('RUN ["/usr/bin/python3", "-m", "compileall", "-q", ')


def test_the_share_that_is_covered_is_told():
    image = {
        f"{PACKAGES}/a.py": SOURCE,
        f"{PACKAGES}/b.py": SOURCE,
        f"{PACKAGES}/__pycache__/b.cpython-311.pyc": pyc(SOURCE),
    }
    hint = advised(image)
    assert hint.evidence[0] == "33% of 3 sources have bytecode, 50% by bytes"
    assert hint.saves_ms == pytest.approx(300.0, rel=0.001)


def test_a_changed_time_makes_bytecode_worthless():
    image = {
        f"{PACKAGES}/a.py": SOURCE,
        f"{PACKAGES}/__pycache__/a.cpython-311.pyc": pyc(SOURCE, MTIME_S + 1),
    }
    hint = advised(image, environment=("PYTHONDONTWRITEBYTECODE=1",))
    assert f"1 source changed in time or size after compiling: /{PACKAGES}/a.py" == hint.evidence[2]
    assert hint.evidence[3].startswith("PYTHONDONTWRITEBYTECODE is set")


def test_a_compiled_image_is_no_fault():
    image = {
        f"{PACKAGES}/a.py": SOURCE,
        f"{PACKAGES}/__pycache__/a.cpython-311.pyc": pyc(SOURCE),
    }
    assert advised(image) is None


def test_a_few_sources_are_no_fault():
    assert advised({"app/main.py": "print()\n" * 1000}) is None


def test_without_python_nothing_is_compiled():
    image = taken_apart({f"{PACKAGES}/a.py": SOURCE})
    assert MissingBytecode(lambda: RATE).advise(image) is None


CACHED = "opt/site-packages/__pycache__/a.cpython-311.pyc"


@pytest.mark.parametrize(
    ("path", "content", "state"),
    [
        (CACHED, pyc(SOURCE), "valid"),
        (CACHED, pyc(SOURCE, MTIME_S + 2**32), "valid"),
        (CACHED, pyc(SOURCE, 0, flags=0b01), "valid"),
        (CACHED, pyc(SOURCE, 0, flags=0b11), "valid"),
        (CACHED, pyc(SOURCE, 0), "stale"),
        (CACHED, pyc(Member(b"short")), "stale"),
        (CACHED, b"no bytecode at all", "missing"),
        (CACHED.replace("311", "312"), pyc(SOURCE), "missing"),
        (CACHED.replace("311", "311.opt-1"), pyc(SOURCE), "missing"),
        (CACHED.replace("__pycache__/", ""), pyc(SOURCE), "missing"),
    ],
)
def test_what_the_interpreter_would_take(path: str, content: bytes, state: str):
    image = {"usr/lib/python3.11/os.py": "", "opt/site-packages/a.py": SOURCE, path: content}
    assert states(image) == {"opt/site-packages/a.py": state}


def test_each_library_is_for_its_own_interpreter():
    image = {
        "usr/lib/python3.11/os.py": "",
        "usr/local/lib/python3.12/os.py": "",
        "usr/local/lib/python3.12/site-packages/a.py": SOURCE,
        "usr/local/lib/python3.12/site-packages/__pycache__/a.cpython-311.pyc": pyc(SOURCE),
        "usr/lib/python3/dist-packages/b.py": SOURCE,
        "usr/lib/python3/dist-packages/__pycache__/b.cpython-311.pyc": pyc(SOURCE),
    }
    assert states(image) == {
        "usr/local/lib/python3.12/site-packages/a.py": "missing",
        "usr/lib/python3/dist-packages/b.py": "valid",
    }


def test_bytecode_behind_another_name_of_the_file_counts():
    image = {
        "usr/lib/python3.11/os.py": "",
        f"{PACKAGES}/a.py": SOURCE,
        f"{PACKAGES}/__pycache__/a.cpython-311.pyc": pyc(SOURCE),
        "opt/aaa/site-packages": symlink(f"/{PACKAGES}"),
    }
    assert states(image) == {f"{PACKAGES}/a.py": "valid"}


def test_only_what_can_be_imported_counts():
    image = {
        "usr/lib/python3.11/os.py": "",
        "usr/share/gcc/python/a.py": SOURCE,
        f"{PACKAGES}/a/tests/b.py": SOURCE,
        f"{PACKAGES}/a/__init__.py": "",
    }
    assert states(image) == {}


def test_the_rate_is_measured_once():
    assert compile_rate() > 0
    assert compile_rate() == compile_rate()
