"""`inspect` and `diff` as a user types them; most without an engine."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from saved_images import archive, program

import slimbench
from builders.engine import Engine

ROOT = Path(__file__).parent.parent
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
Call = Callable[..., tuple[int, str, str]]
SECRET = "sk-abcdefghijklmnopqrstuvwxyz123456"
IMAGE = archive(
    {"bin/sh": program(), "etc/os-release": 'ID=debian\nVERSION_ID="12"\n', "a": b"1" * 90_000},
    {"a": b"2" * 90_000, "b\x1b[31m": b"3"},
    commands=("ADD base", "COPY a"),
    environment=("PATH=/bin", f"API_KEY={SECRET}"),
)


@pytest.fixture
def call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Call]:
    """Runs the command in an empty folder, with no engine: its exit code, output and errors."""
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("SLIMBENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/absent.sock")
    Path("image.tar").write_bytes(IMAGE)
    Path("other.tar").write_bytes(archive({"bin/sh": program()}, user="65532"))

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["slimbench", *words])
        code: object = 0
        try:
            slimbench.main()
        except SystemExit as ended:
            code = ended.code
        captured = capsys.readouterr()
        assert isinstance(code, int)
        return code, COLOUR.sub("", captured.out), COLOUR.sub("", captured.err)

    yield run
    signal.signal(signal.SIGTERM, before)


def refused(outcome: tuple[int, str, str], exit_code: int) -> str:
    """The sentence of a failure: one line, on standard error alone."""
    code, output, errors = outcome
    assert (code, output) == (exit_code, "")
    assert errors.startswith("error: ")
    assert errors.count("\n") == 1
    return errors


def test_an_archive_is_explained_without_engine_or_matrix(call: Call) -> None:
    code, output, errors = call("inspect", "image.tar")
    assert (code, errors) == (0, "")
    for section in ("Where the bytes are", "Layers", "Waste", "What an attacker finds", "Hints"):
        assert f"\n{section}" in output
    assert "debian 12" in output
    assert SECRET not in output
    assert max(map(len, output.splitlines()[1:40])) <= 80


def test_a_terminal_is_not_moved_by_names_in_an_image(call: Call) -> None:
    Path("evil.tar").write_bytes(archive({"a\x1b[2Jb": b"1" * 90_000}, {"a\x1b[2Jb": b""}))
    assert "\x1b[2J" not in call("inspect", "evil.tar")[1]
    Path("evil.tar").write_bytes(archive({"x/../\x1b[2J": b"1"}))
    assert "\x1b[2J" not in refused(call("inspect", "evil.tar"), 1)


def test_json_is_versioned_and_holds_all_facts(call: Call) -> None:
    code, output, _ = call("inspect", "image.tar", "--json")
    told = json.loads(output)
    assert code == 0
    assert (told["version"], told["image"]) == (1, "image.tar")
    assert told["size_bytes"] == sum(layer["size_bytes"] for layer in told["layers"])
    assert told["compressed_bytes"] is None
    assert sum(owner["size_bytes"] for owner in told["owners"]) == told["file_bytes"]
    assert SECRET not in output


def test_compressed_sizes_are_measured_when_asked_for(call: Call) -> None:
    told = json.loads(call("inspect", "image.tar", "--json", "--compressed")[1])
    assert 0 < told["compressed_bytes"] < told["size_bytes"]
    assert "not measured: --compressed does it" in call("inspect", "image.tar")[1]
    assert "not measured" not in call("inspect", "image.tar", "--compressed")[1]


def test_several_images_are_set_side_by_side(call: Call) -> None:
    code, output, _ = call("inspect", "image.tar", "other.tar", "image.tar")
    assert code == 0
    assert "What a node pulls" in output
    assert output.count("other.tar") == 3
    told = json.loads(call("inspect", "image.tar", "other.tar", "--json")[1])
    assert [image["image"] for image in told["images"]] == ["image.tar", "other.tar"]
    assert told["version"] == 1
    assert len(told["sharing"]["pulls"]) == 2


def test_an_archive_comes_through_a_pipe(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(IMAGE)))
    assert json.loads(call("inspect", "-", "--json")[1])["image"] == "standard input"


def test_verbose_tells_what_is_read_once(call: Call) -> None:
    _, _, errors = call("--verbose", "inspect", "image.tar")
    assert errors.splitlines() == ["read image.tar", "take image.tar apart"]


def test_a_bill_of_materials_is_written_beside_the_page(call: Call) -> None:
    code, output, _ = call("inspect", "image.tar", "--sbom", "bill.json")
    assert code == 0
    assert "Layers" in output
    assert json.loads(Path("bill.json").read_text())["bomFormat"] == "CycloneDX"
    assert not list(Path().glob(".*partial"))


def test_a_bill_of_materials_goes_to_standard_output_alone(call: Call) -> None:
    code, output, _ = call("inspect", "image.tar", "--sbom", "-")
    assert code == 0
    assert json.loads(output)["specVersion"] == "1.6"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("image.tar", "--sbom", "absent/bill.json"), "absent/bill.json: can't be written in"),
        (("image.tar", "--sbom", "."), ".: is a folder; give --sbom a file"),
        (("image.tar", "other.tar", "--sbom", "b.json"), "is of one image; run it once for each"),
        (("image.tar", "--json", "--sbom", "-"), "both write to standard output; give --sbom"),
    ],
)
def test_a_bill_that_cannot_be_written_is_refused_before_reading(
    call: Call, words: tuple[str, ...], told: str
) -> None:
    Path("image.tar").write_bytes(b"not even an archive")
    assert told in refused(call("inspect", *words), 2)


def test_a_full_disk_leaves_the_earlier_bill(call: Call) -> None:
    Path("bill.json").write_text("earlier")
    Path("bill.json").chmod(0o644)
    sentence = refused(call("inspect", "image.tar", "--sbom", "/dev/full"), 2)
    assert "/dev/full: can't be written (No space left on device)" in sentence
    assert Path("bill.json").read_text() == "earlier"


@pytest.mark.parametrize("command", [("inspect",), ("diff", "other.tar")])
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "bad.tar: it is empty"),
        (b"hello\n" * 500, "bad.tar: it isn't a tar archive"),
        (IMAGE[: len(IMAGE) // 2], "bad.tar: "),
        (IMAGE[:1024], "bad.tar: "),
        (b"\x1f\x8b" + b"\0" * 600, "bad.tar: "),
    ],
)
def test_a_bad_archive_is_one_sentence(
    call: Call, command: tuple[str, ...], content: bytes, told: str
) -> None:
    Path("bad.tar").write_bytes(content)
    assert told in refused(call(*command, "bad.tar"), 1)


@pytest.mark.parametrize(
    ("words", "exit_code", "told"),
    [
        (("inspect", "imag.tar"), 2, "there is no such file; perhaps you meant 'image.tar'"),
        (("inspect", "zzz.tar"), 2, "there is no such file; give a file that `docker save`"),
        (("inspect", "Folder"), 2, "Folder: is a folder, and no OCI image layout"),
        (("inspect", "nosuch"), 4, "nosuch: is no archive, and there is no engine's socket"),
        (("inspect", "nosuch"), 4, "no engine is needed for an archive"),
        (("diff", "image.tar", "nosuch"), 4, "nosuch: is no archive"),
        (("diff", "-", "-"), 2, "standard input holds one archive only"),
    ],
)
def test_an_image_that_cannot_be_had_is_one_sentence(
    call: Call, words: tuple[str, ...], exit_code: int, told: str
) -> None:
    Path("Folder").mkdir()
    assert told in refused(call(*words), exit_code)


@pytest.mark.parametrize(
    ("words", "told"),
    [(("diff", "image.tar"), "'B'"), (("inspect",), "IMAGE"), (("inspect", "a", "-x"), "-x")],
)
def test_missing_and_unknown_words(call: Call, words: tuple[str, ...], told: str) -> None:
    code, output, errors = call(*words)
    assert (code, output) == (2, "")
    assert told in errors


def test_debug_shows_the_traceback(call: Call) -> None:
    code, _, errors = call("--debug", "inspect", "absent.tar")
    assert code == 2
    assert errors.startswith("Traceback (most recent call last):")


def test_a_broken_matrix_is_a_warning(call: Call) -> None:
    Path("variants.yaml").write_text("nothing: here\n")
    assert call("inspect", "image.tar")[::2] == (0, "")
    code, _, errors = call("inspect", "nosuch")
    warning, sentence = errors.splitlines()
    assert code == 4
    assert warning.startswith("variants.yaml: ")
    assert "its variants aren't known by name" in warning
    assert sentence.startswith("error: nosuch: ")


def test_the_difference_of_two_archives(call: Call) -> None:
    code, output, errors = call("diff", "image.tar", "other.tar")
    assert (code, errors) == (0, "")
    for section in ("Where the bytes differ", "Files", "Layers", "Settings"):
        assert f"\n{section}" in output
    assert SECRET not in output
    told = json.loads(call("diff", "image.tar", "other.tar", "--json")[1])
    assert (told["version"], told["before"], told["after"]) == (1, "image.tar", "other.tar")
    files, sizes = told["files"], told["sizes"]["file_bytes"]
    grown = files["added_bytes"] - files["removed_bytes"] + files["grown_bytes"]
    assert (
        sizes["after"] - sizes["before"] == grown == -90_001 - len('ID=debian\nVERSION_ID="12"\n')
    )


def test_an_image_does_not_differ_from_itself(call: Call) -> None:
    code, output, _ = call("diff", "image.tar", "image.tar")
    assert code == 0
    assert output.rstrip().endswith("nothing else differs")


@pytest.mark.process
def test_an_archive_is_read_without_the_engines_client(tmp_path: Path) -> None:
    (tmp_path / "image.tar").write_bytes(IMAGE)
    script = (
        "import sys, slimbench\n"
        "sys.argv = ['slimbench', 'inspect', 'image.tar', '--json']\n"
        "slimbench.app(standalone_mode=False)\n"
        "heavy = {'docker', 'requests', 'cyclonedx', 'pandas'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["image"] == "image.tar"


@pytest.mark.process
def test_a_folder_that_may_not_be_entered_is_one_sentence(tmp_path: Path) -> None:
    script = (
        "import contextlib, os, sys, slimbench\n"
        "with contextlib.suppress(Exception):\n"  # loads all that it needs
        "    slimbench.app(['inspect', 'absent.tar'], standalone_mode=False)\n"
        "if os.geteuid() == 0:\n"  # whom no mode stops
        "    os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "sys.argv = ['slimbench', 'inspect', sys.argv[1]]\n"
        "slimbench.main()\n"
    )
    tmp_path.chmod(0o755)
    for name, mode in (("closed", 0), ("open", 0o755)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "image.tar").write_bytes(IMAGE)
        (tmp_path / name / "image.tar").chmod(0)
        (tmp_path / name).chmod(mode)
    for path, told in (
        ("closed/image.tar", "can't be looked at"),
        ("open/image.tar", "can't be read"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", script, path],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 2, done.stderr
        assert f"{path}: {told} (Permission denied); give a file you may read" in done.stderr
        assert done.stderr.count("\n") == 1
    (tmp_path / "closed").chmod(0o755)


@pytest.mark.engine
def test_images_of_a_real_engine(
    call: Call, engine: Engine, tiny_image: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DOCKER_HOST")
    tag = getattr(tiny_image, "tags")[0]  # noqa: B009
    code, output, errors = call("inspect", tag, "--json")
    told = json.loads(output)
    assert (code, errors) == (0, "")
    assert told["engine_size_bytes"] is not None
    assert told["image"] == tag
    by_id = json.loads(call("inspect", told["image_id"][:19], "--json")[1])
    assert {**by_id, "image": tag} == told
    Path("tiny.tar").write_bytes(b"".join(engine.save([tag])))
    saved = json.loads(call("inspect", "tiny.tar", "--json")[1])
    assert {**saved, "image": tag, "engine_size_bytes": told["engine_size_bytes"]} == told
    assert "nothing else differs" in call("diff", tag, "tiny.tar")[1]
    sentence = refused(call("inspect", tag.replace("slimbench", "slimbnch")), 2)
    assert "perhaps you meant" in sentence
    assert "slimbench" in sentence.partition("perhaps")[2]
