from report_records import ladder_of_seven, record

from reports.columns import JUDGED, STATUS, every
from reports.frame import comparison, frame, turned
from reports.image_columns import LAYERS, SIZE, WASTED
from reports.verdicts import judge


def test_rows_are_variants_in_the_order_of_the_record():
    made = frame(ladder_of_seven())
    assert list(made.index) == [row.name for row in ladder_of_seven().variants]
    assert list(made.columns) == [column.key for column in every(7)]


def test_a_missing_count_makes_no_floats_of_the_others():
    layers = list(frame(ladder_of_seven(), [LAYERS])["layers"])
    assert layers == [2, 2, 2, 2, 1, 2, None]
    assert all(isinstance(count, int) for count in layers[:-1])


def test_the_frame_holds_the_units_of_its_keys():
    assert frame(ladder_of_seven(), [SIZE]).loc["fat", "size_bytes"] == 6_000_000_000


def test_no_variants_are_no_table():
    assert comparison(record(), [SIZE], judge(record(), JUDGED)) == "None."


def test_a_turned_table_has_a_row_for_each_metric():
    turned_lines = turned(ladder_of_seven(), [SIZE, WASTED, STATUS], "MB").splitlines()
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in turned_lines]
    assert cells[0][:3] == ["MB", "`fat`", "`cpu-torch`"]
    assert [row[0] for row in cells[2:]] == ["size", "wasted", "status"]
    assert [row[1] for row in cells[2:]] == ["6,000.0", "240.0", "measured"]
    assert cells[2][-1] == "–"  # noqa: RUF001 - never inspected
