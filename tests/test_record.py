"""The record as a file: whole or not at all, the same bytes, every mistake in one sentence."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.condition_types import Conditions, Environment
from bench.record import load, save, set_older_aside
from bench.record_types import Record, VariantRecord
from bench.sample_types import Phases, Sample
from builders.errors import DiskFull, RecordError

ENVIRONMENT = Environment(
    slimbench="0.1.0",
    python="3.11.2",
    cpu_model="CPU",
    cpus=2,
    memory_bytes=8,
    kernel="6.1",
    operating_system="Debian",
    engine="20.10",
    storage_driver="overlay2",
    cgroup_version="2",
    shares_host_kernel=True,
)
CONDITIONS = Conditions(
    cpu_set="1",
    threads=1,
    memory_bytes=8,
    network="none",
    seed=1,
    fewest_cold_starts=20,
    most_cold_starts=100,
    precision=0.02,
    max_time_s=600.0,
    page_cache="warm",
    reference_twice=False,
    warmups=5,
    requests=12,
)
NS = st.integers(0, 2**63)
TIMES = st.lists(NS, max_size=4).map(tuple)
PHASES = st.builds(
    Phases,
    launch_ns=NS,
    engine_ns=st.none() | NS,
    imports_ns=NS,
    model_load_ns=NS,
    first_answer_ns=NS,
    stop_ns=NS,
)
SAMPLES = st.builds(
    Sample,
    round=st.integers(0, 99),
    position=st.integers(0, 9),
    phases=PHASES,
    warmup_ns=TIMES,
    latency_ns=TIMES,
    round_trip_ns=TIMES,
    peak_rss_bytes=NS,
)
# A lone surrogate is no text: UTF-8 has no bytes for it.
TEXT = st.text(st.characters(blacklist_categories=["Cs"]))
VARIANTS = st.builds(
    VariantRecord,
    name=TEXT,
    changed=TEXT,
    after=st.none() | TEXT,
    runtime=TEXT,
    model=TEXT,
    status=st.sampled_from(["pending", "built", "verified", "measured", "failed"]),
    reason=TEXT,
    samples=st.lists(SAMPLES, max_size=3).map(tuple),
    runtime_versions=st.dictionaries(TEXT, TEXT, max_size=3),
)
RECORDS = st.builds(
    Record,
    started_at=st.just("2024-06-12T10:00:00Z"),
    matrix_digest=TEXT,
    reference=TEXT,
    environment=st.just(ENVIRONMENT),
    conditions=st.just(CONDITIONS),
    variants=st.lists(VARIANTS, max_size=3).map(tuple),
)
RECORD = Record(
    started_at="2024-06-12T10:00:00Z",
    matrix_digest="d",
    reference="fat",
    environment=ENVIRONMENT,
    conditions=CONDITIONS,
)


@given(record=RECORDS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_round_trip_and_the_same_bytes(record, tmp_path):
    path = tmp_path / "record.json"
    save(path, record)
    first = path.read_bytes()
    assert load(path) == record
    save(path, load(path))
    assert path.read_bytes() == first
    assert first.endswith(b"}\n")
    assert list(tmp_path.iterdir()) == [path]


def test_keys_are_sorted(tmp_path):
    save(tmp_path / "r.json", RECORD)
    fields = json.loads((tmp_path / "r.json").read_text())
    assert list(fields) == sorted(fields)


def refusal(path: Path) -> str:
    with pytest.raises(RecordError) as caught:
        load(path)
    message = str(caught.value)
    assert "\n" not in message
    assert caught.value.next_step
    return message


def test_missing(tmp_path):
    message = refusal(tmp_path / "r.json")
    assert "there is no bench record; run `slimbench run`" in message
    assert str(tmp_path / "r.json") in message


def test_unreadable(tmp_path):
    assert "can't be read (Is a directory)" in refusal(tmp_path)


def test_cut_off_anywhere(tmp_path):
    path = tmp_path / "r.json"
    save(path, RECORD)
    whole = path.read_bytes()
    for length in range(0, len(whole) - 2, 7):
        path.write_bytes(whole[:length])
        assert "is no JSON, or cut off" in refusal(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe", "is no JSON, or cut off"),
        (b"[" * 100_000, "is no JSON, or cut off"),
        (b"[]", "is no bench record"),
        (b"{}", "is no bench record"),
        (b'{"version": "1"}', "is no bench record"),
        (b'{"version": true}', "is no bench record"),
        (
            b'{"version": 3}',
            "of version 3; this slimbench reads 2; use the slimbench that wrote it",
        ),
        (b'{"version": 1}', "of version 1; this slimbench reads 2; run `slimbench run` for"),
        (b'{"version": 2}', "isn't what slimbench writes at started_at (field required)"),
    ],
)
def test_foreign(tmp_path, content, said):
    path = tmp_path / "r.json"
    path.write_bytes(content)
    assert said in refusal(path)


def test_a_wrong_field_is_named(tmp_path):
    path = tmp_path / "r.json"
    fields = RECORD.model_dump(mode="json")
    fields["environment"]["cpus"] = "many"
    path.write_text(json.dumps(fields))
    assert "isn't what slimbench writes at environment.cpus (" in refusal(path)


def test_unwritable_folder(tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(RecordError, match=r"can't be written \((File exists|Not a directory)\)"):
        save(tmp_path / "taken" / "r.json", RECORD)


def test_a_folder_that_is_missing_is_made(tmp_path):
    save(tmp_path / "new" / "r.json", RECORD)
    assert load(tmp_path / "new" / "r.json") == RECORD


class FullDisk(type(Path())):  # type: ignore[misc]
    """A path on a disk without room."""

    def open(self, *words, **more):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_failed_save_keeps_the_old_record(tmp_path):
    path = tmp_path / "r.json"
    save(path, RECORD)
    with pytest.raises(DiskFull, match="no room for the record; free some space"):
        save(FullDisk(path), RECORD.model_copy(update={"reference": "slim"}))
    assert load(path) == RECORD
    assert list(tmp_path.iterdir()) == [path]


def test_an_earlier_record_is_set_aside_under_a_free_name(tmp_path):
    path = tmp_path / "r.json"
    for name, samples in (("r.v1.json", "[1]"), ("r.v1.2.json", "[2]")):
        content = f'{{"version": 1, "samples": {samples}}}'
        path.write_text(content)
        assert set_older_aside(path) == tmp_path / name
        assert not path.exists()
        assert (tmp_path / name).read_text() == content
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("content", ["{}", '{"version": 3}', '{"version": true}'])
def test_any_other_record_stays(tmp_path, content):
    path = tmp_path / "r.json"
    path.write_text(content)
    assert set_older_aside(path) is None
    save(path, RECORD)
    assert set_older_aside(path) is None
    assert load(path) == RECORD


def test_a_folder_that_can_not_be_changed(tmp_path, monkeypatch):
    path = tmp_path / "r.json"
    path.write_text('{"version": 1}')

    def refuse(self, target):
        raise OSError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(RecordError, match=r"can't be written \(Permission denied\)"):
        set_older_aside(path)
    assert path.exists()
