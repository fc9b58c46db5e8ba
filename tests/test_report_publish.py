import re
from pathlib import Path

import pytest
from report_records import ladder_of_seven, record

from reports import json_report, markdown
from reports.html import page
from reports.pictures.gallery import pictures
from reports.publish import publish


def test_all_reports_are_written_and_nothing_else(tmp_path):
    folder = tmp_path / "new" / "published"
    written = publish(ladder_of_seven(), folder)
    assert set(written) == {path for path in folder.rglob("*") if path.is_file()}
    texts = {path.relative_to(folder).as_posix(): path.read_bytes().decode() for path in written}
    assert texts == {
        "comparison.md": markdown.render(ladder_of_seven()),
        "comparison.html": page.render(ladder_of_seven()),
        "comparison.json": json_report.render(ladder_of_seven()),
        **{
            f"pictures/comparison-{picture.name}.svg": picture.svg
            for picture in pictures(ladder_of_seven())
        },
    }


def test_the_page_shows_every_picture_beside_it_and_no_other(tmp_path):
    publish(ladder_of_seven(), tmp_path)
    text = (tmp_path / "comparison.md").read_text(encoding="utf-8")
    shown = re.findall(r"!\[([^\]]+)\]\((\S+)\)", text)
    assert {path for _alt, path in shown} == {
        path.relative_to(tmp_path).as_posix() for path in (tmp_path / "pictures").iterdir()
    }
    assert all("MB" in alt or " ms" in alt for alt, _path in shown)


def test_another_models_pictures_stand_beside_the_first_ones(tmp_path):
    publish(ladder_of_seven(), tmp_path)
    before = contents(tmp_path)
    publish(ladder_of_seven().model_copy(update={"edition": "resnet50"}), tmp_path)
    after = contents(tmp_path)
    assert before.items() <= after.items()
    assert "pictures/comparison-resnet50-bytes.svg" in after


def test_pictures_of_an_earlier_run_go_and_others_stay(tmp_path):
    publish(ladder_of_seven(), tmp_path)
    mine = tmp_path / "pictures" / "mine.svg"
    mine.write_text("mine")
    publish(record(), tmp_path)
    assert list((tmp_path / "pictures").iterdir()) == [mine]


def test_a_place_for_pictures_that_is_a_file_changes_nothing(tmp_path):
    publish(record(), tmp_path)
    (tmp_path / "pictures").write_text("mine")
    before = contents(tmp_path)
    with pytest.raises(OSError, match="pictures"):
        publish(ladder_of_seven(), tmp_path)
    assert contents(tmp_path) == before


def test_publishing_again_replaces(tmp_path):
    publish(record(), tmp_path)
    publish(ladder_of_seven(), tmp_path)
    assert "`fat`" in (tmp_path / "comparison.md").read_text(encoding="utf-8")
    assert {path.name for path in tmp_path.iterdir()} == {
        "comparison.md",
        "comparison.html",
        "comparison.json",
        "pictures",
    }


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
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
