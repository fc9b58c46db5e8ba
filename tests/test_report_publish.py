"""Reports in their folder: all that a record comes to, or what was there before."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from full_record import full_record
from report_records import ladder_of_seven, record

from reports import csv_report, json_report, markdown
from reports.blocks import blocks
from reports.html import page
from reports.inject import MarkersError, closing, opening
from reports.publish import publish, stale

README = f"mine\n{opening('comparison')}\nold\n{closing('comparison')}\nmine\n"


def files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_all_reports_are_written_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "published"
    written = publish(ladder_of_seven(), folder)
    assert set(written) == set(files(folder))
    texts = {path.name: path.read_bytes().decode() for path in written}
    assert texts["comparison.md"] == markdown.render(ladder_of_seven())
    assert texts["comparison.json"] == json_report.render(ladder_of_seven())
    assert texts["comparison.html"] == page.render(ladder_of_seven())
    assert texts["comparison.csv"] == csv_report.render(ladder_of_seven())


def test_publishing_again_replaces_and_leaves_nothing_over(tmp_path: Path) -> None:
    publish(ladder_of_seven(), tmp_path)
    written = publish(record(), tmp_path)
    assert (tmp_path / "comparison.md").read_text(encoding="utf-8") == markdown.render(record())
    assert set(written) == set(files(tmp_path))


def test_the_page_shows_every_picture_beside_it_and_no_other(tmp_path: Path) -> None:
    publish(ladder_of_seven(), tmp_path)
    text = (tmp_path / "comparison.md").read_text(encoding="utf-8")
    shown = re.findall(r"!\[([^\]]+)\]\((\S+)\)", text)
    assert {path for _alt, path in shown} == {
        path.relative_to(tmp_path).as_posix() for path in (tmp_path / "pictures").iterdir()
    }
    assert all("MB" in alt or " ms" in alt for alt, _path in shown)


def test_another_models_pictures_stand_beside_the_first_ones(tmp_path: Path) -> None:
    publish(ladder_of_seven(), tmp_path)
    before = files(tmp_path)
    publish(ladder_of_seven().model_copy(update={"edition": "resnet50"}), tmp_path)
    after = files(tmp_path)
    assert before.items() <= after.items()
    assert tmp_path / "pictures/comparison-resnet50-bytes.svg" in after


def test_pictures_of_an_earlier_run_go_and_others_stay(tmp_path: Path) -> None:
    publish(ladder_of_seven(), tmp_path)
    mine = tmp_path / "pictures" / "mine.svg"
    mine.write_text("mine")
    publish(record(), tmp_path)
    assert list((tmp_path / "pictures").iterdir()) == [mine]


def test_a_place_for_pictures_that_is_a_file_changes_nothing(tmp_path: Path) -> None:
    publish(record(), tmp_path)
    (tmp_path / "pictures").write_text("mine")
    before = files(tmp_path)
    with pytest.raises(OSError, match="pictures"):
        publish(ladder_of_seven(), tmp_path)
    assert files(tmp_path) == before


def test_a_folder_that_is_a_file_is_an_os_error_and_changes_nothing(tmp_path: Path) -> None:
    place = tmp_path / "published"
    place.write_text("mine")
    with pytest.raises(OSError, match="published"):
        publish(record(), place)
    assert place.read_text() == "mine"


def test_what_can_not_be_written_beside_leaves_the_old_reports(tmp_path: Path) -> None:
    publish(record(), tmp_path)
    before = files(tmp_path)
    blocker = tmp_path / f".comparison.json.{os.getpid()}.partial"
    blocker.mkdir()
    with pytest.raises(OSError, match="comparison"):
        publish(ladder_of_seven(), tmp_path)
    blocker.rmdir()
    assert files(tmp_path) == before


def test_the_readme_is_refreshed_with_the_reports(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(README)
    written = publish(full_record(), tmp_path / "published", readme)
    assert readme in written
    table = blocks(full_record())["comparison"].strip()
    assert readme.read_text() == README.replace("\nold\n", f"\n\n{table}\n\n")


def test_markers_that_can_not_be_used_leave_everything(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"{opening('comparison')}\n")
    with pytest.raises(MarkersError):
        publish(full_record(), tmp_path / "published", readme)
    assert list(files(tmp_path)) == [readme]


def test_what_publishing_would_change_is_stale(tmp_path: Path) -> None:
    readme, folder = tmp_path / "README.md", tmp_path / "published"
    readme.write_text(README)
    assert set(stale(full_record(), folder, readme)) > {folder / "comparison.csv", readme}
    publish(full_record(), folder, readme)
    assert stale(full_record(), folder, readme) == ()
    (folder / "comparison.json").write_text("[]\n")
    readme.write_text(README)
    assert stale(full_record(), folder, readme) == (folder / "comparison.json", readme)
    assert (folder / "comparison.json").read_text() == "[]\n"
    assert folder / "comparison.md" in stale(ladder_of_seven(), folder)


def test_a_drawing_is_stale_where_it_is_missing_alone(tmp_path: Path) -> None:
    publish(full_record(), tmp_path)
    drawing = tmp_path / "pictures" / "comparison-bytes.svg"
    drawing.write_text("of another matplotlib")
    assert stale(full_record(), tmp_path) == ()
    drawing.unlink()
    assert stale(full_record(), tmp_path) == (drawing,)
