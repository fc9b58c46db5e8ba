from report_records import ladder_of_seven, record

from reports.columns import ALL, LAYERS, SIZE
from reports.frame import comparison, frame


def test_rows_are_variants_in_the_order_of_the_record():
    made = frame(ladder_of_seven())
    assert list(made.index) == [row.name for row in ladder_of_seven().variants]
    assert list(made.columns) == [column.key for column in ALL]


def test_a_missing_count_makes_no_floats_of_the_others():
    layers = list(frame(ladder_of_seven(), [LAYERS])["layers"])
    assert layers == [2, 2, 2, 2, 1, 2, None]
    assert all(isinstance(count, int) for count in layers[:-1])


def test_the_frame_holds_the_units_of_its_keys():
    assert frame(ladder_of_seven(), [SIZE]).loc["fat", "size_bytes"] == 6_000_000_000


def test_no_variants_are_no_table():
    assert comparison(record(), [SIZE]) == "None."
