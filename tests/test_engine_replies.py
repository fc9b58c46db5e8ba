"""The engine's answers as values."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.engine_replies import image_info, layer_entries, nanoseconds, tags_of
from builders.errors import EngineError

NOP = "/bin/sh -c #(nop) "


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        ("0001-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00.000000001Z", 1),
        ("2024-02-29T12:00:00.1Z", 1709208000_100000000),
        ("2024-02-29T12:00:00.123456789Z", 1709208000_123456789),
        ("2024-02-29T14:00:00.5+02:00", 1709208000_500000000),
        ("2024-02-29T06:30:00-05:30", 1709208000_000000000),
    ],
)
def test_stamps_are_read_to_the_nanosecond(stamp: str, expected: int) -> None:
    assert nanoseconds(stamp) == expected


@given(
    moment=st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1)),
    nanos=st.integers(0, 10**9 - 1),
)
def test_any_stamp_is_exact(moment: datetime, nanos: int) -> None:
    moment = moment.replace(microsecond=0, tzinfo=timezone.utc)
    whole_seconds = (moment - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(seconds=1)
    digits = f"{nanos:09d}".rstrip("0")  # the engine cuts trailing zeros
    stamp = f"{moment:%Y-%m-%dT%H:%M:%S}" + (f".{digits}" if digits else "") + "Z"
    assert nanoseconds(stamp) == whole_seconds * 10**9 + nanos


@pytest.mark.parametrize("stamp", ["", "yesterday", "2024-02-29 12:00:00Z", "2024-02-29T12:00:00"])
def test_other_words_are_no_stamp(stamp: str) -> None:
    with pytest.raises(EngineError, match="is no time stamp"):
        nanoseconds(stamp)


def _entry(created_by: str, size_bytes: int = 0) -> dict[str, object]:
    return {"CreatedBy": created_by, "Size": size_bytes}


def test_layers_of_no_size_are_told_from_empty_entries() -> None:
    newest_first = [
        _entry(f"{NOP} LABEL a=b"),
        _entry(f"{NOP} WORKDIR /new"),
        _entry("/bin/sh -c true"),
        _entry(f"{NOP} ENV a=b"),
        _entry(f"{NOP}COPY file:1 in /a", 3),
    ]
    made = [entry["CreatedBy"] for entry in layer_entries(newest_first, 2)]
    assert made == [f"{NOP}COPY file:1 in /a", f"{NOP} WORKDIR /new"]


def test_an_image_is_described_oldest_history_first() -> None:
    inspected = {
        "Id": "sha256:1",
        "RepoTags": ["a:1"],
        "RepoDigests": None,
        "RootFS": {"Type": "layers", "Layers": ["sha256:2"]},
        "Config": {"Labels": None, "Env": ["A=1"], "Entrypoint": ["python"], "User": "7"},
        "Size": 5,
    }
    image = image_info(inspected, [_entry("CMD x"), _entry("ADD y", 5)])
    assert [(entry.created_by, entry.empty) for entry in image.history] == [
        ("ADD y", False),
        ("CMD x", True),
    ]
    assert (image.labels, image.repo_digests, image.user) == ({}, (), "7")


def test_an_image_without_configuration_is_described() -> None:
    image = image_info({"Id": "sha256:1", "Config": None, "RootFS": {}, "Size": 0}, [])
    assert (image.diff_ids, image.history, image.tags, image.labels) == ((), (), (), {})


def test_names_are_those_of_all_listed_images() -> None:
    listed = [{"RepoTags": ["b:1", "a:1"]}, {"RepoTags": ["<none>:<none>"]}, {"RepoTags": None}, {}]
    assert tags_of(listed) == ("a:1", "b:1")
