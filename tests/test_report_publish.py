from pathlib import Path

import pytest
from report_records import ladder_of_seven, record

from reports import json_report, markdown
from reports.publish import publish


def test_both_reports_are_written_and_nothing_else(tmp_path):
    folder = tmp_path / "new" / "published"
    written = publish(ladder_of_seven(), folder)
    assert set(written) == set(folder.iterdir())
    texts = {path.name: path.read_bytes().decode() for path in written}
    assert texts == {
        "comparison.md": markdown.render(ladder_of_seven()),
        "comparison.json": json_report.render(ladder_of_seven()),
    }


def test_publishing_again_replaces(tmp_path):
    publish(record(), tmp_path)
    publish(ladder_of_seven(), tmp_path)
    assert "`fat`" in (tmp_path / "comparison.md").read_text(encoding="utf-8")
    assert len(list(tmp_path.iterdir())) == 2


def test_a_folder_that_is_a_file_is_an_os_error_and_changes_nothing(tmp_path):
    place = tmp_path / "published"
    place.write_text("mine")
    with pytest.raises(OSError, match="published"):
        publish(record(), place)
    assert place.read_text() == "mine"


def test_what_can_not_be_written_beside_leaves_the_old_reports(tmp_path):
    publish(record(), tmp_path)
    before = contents(tmp_path)
    blocker = tmp_path / ".comparison.json.part"
    blocker.mkdir()
    with pytest.raises(OSError, match="comparison"):
        publish(ladder_of_seven(), tmp_path)
    blocker.rmdir()
    assert contents(tmp_path) == before


def contents(folder: Path) -> dict:
    return {path.name: path.read_bytes() for path in folder.iterdir()}
