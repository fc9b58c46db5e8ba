import pytest
from report_records import ladder_of_seven, measured, samples, variant, verified

from reports import columns, start_columns, usage_columns
from reports.certainty import certainty_of
from reports.column import part_of
from reports.columns import every
from reports.image_columns import LAYERS, SIZE, TOOLS
from reports.markup import MISSING

ROWS = {row.name: row for row in ladder_of_seven().variants}
FAT = ROWS["fat"]
ALL = every(7)
INTERVAL, HALF_WIDTH, OUTLIERS = certainty_of(start_columns.COLD_START, 7)


def test_every_metric_has_a_column_of_its_own_key():
    keys = [column.key for column in ALL]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        (columns.STATUS, "measured", "measured"),
        (start_columns.COLD_START, 2004.5, "2,004.5"),
        (start_columns.COLD_STARTS, 10, "10"),
        (start_columns.LAUNCH, 150.0, "150.0"),
        (start_columns.ENGINE, 100.0, "100.0"),
        (start_columns.INTERPRETER, 50.0, "50.0"),
        (start_columns.IMPORTS, 1804.5, "1,804.5"),
        (start_columns.MODEL_LOAD, 30.0, "30.0"),
        (start_columns.FIRST_ANSWER, 20.0, "20.0"),
        (start_columns.STOP, 10.0, "10.0"),
        (INTERVAL, (2002.0, 2007.0), "2,002.0 to 2,007.0"),
        (HALF_WIDTH, 2.5 / 2004.5, "0.1"),
        (OUTLIERS, 0, "0"),
        (columns.LATENCY_P50, 40.55, "40.55"),
        (columns.LATENCY_P95, 41.1, "41.10"),
        (columns.REQUESTS, 120, "120"),
        (usage_columns.PEAK_MEMORY, 209_000_000, "209.0"),
        (columns.OUTPUTS_MATCH, True, "yes"),
        (columns.PICTURES, 12, "12"),
        (columns.TOP_K, 5, "5"),
        (columns.TOP1, 1.0, "100.0"),
        (columns.MAX_ABS_DIFF, 1e-7, "1.0e-07"),
        (columns.TOLERANCE, "1.0e-04", "1.0e-04"),
        (columns.MATCHING, "yes", "yes"),
        (columns.SWAPS, 0, "0"),
        (columns.MISMATCH, "", MISSING),
    ],
    ids=lambda given: getattr(given, "key", None),
)
def test_a_column_computes_and_prints_its_metric(column, value, text):
    found = column.value(FAT)
    assert found == (pytest.approx(value) if isinstance(value, float) else value)
    assert column.text(found) == text


@pytest.mark.parametrize("column", ALL, ids=lambda column: column.key)
def test_nothing_is_known_of_a_pending_variant_but_its_status(column):
    value = column.value(variant("later"))
    assert value == ("pending" if column is columns.STATUS else None)
    assert column.text(None) == MISSING


def test_wrong_answers_are_counted():
    row = ROWS["distroless"]
    assert columns.OUTPUTS_MATCH.text(columns.OUTPUTS_MATCH.value(row)) == "no"
    assert columns.TOP1.text(columns.TOP1.value(row)) == "75.0"
    assert columns.SWAPS.value(row) == 1
    assert columns.MAX_ABS_DIFF.value(row) == 0.5
    assert columns.MISMATCH.value(row) == "00.png: rank 1 is class 3 instead of 4"


def test_a_verification_without_pictures_has_no_agreement():
    empty = verified(reason="no picture was compared").model_copy(update={"pictures": ()})
    row = variant("none", status="failed", verification=empty)
    assert columns.TOP1.value(row) is None
    assert columns.MAX_ABS_DIFF.value(row) is None
    assert columns.PICTURES.value(row) == 0


def test_times_of_a_failed_variant_are_not_told():
    row = FAT.model_copy(update={"status": "failed"})
    assert part_of(row, "samples") is None
    assert start_columns.COLD_START.value(row) is None
    assert SIZE.value(row) == 6_000_000_000


def test_percentile_and_intervals_are_missing_where_samples_are_few():
    row = ROWS["multistage"]
    assert columns.LATENCY_P50.value(row) == pytest.approx(40.55)
    assert columns.LATENCY_P95.value(row) is None
    assert INTERVAL.value(row) is None
    assert HALF_WIDTH.value(row) is None


def test_a_launch_is_split_only_over_containers_that_know_the_split():
    mixed = samples(1000, 10, n=2) + samples(1000, 10, n=2, split=False)
    row = measured("mixed", None, "", 1, 1000, 10).model_copy(update={"samples": mixed})
    assert start_columns.ENGINE.value(row) == 100.0
    assert start_columns.ENGINE.samples(row) == (100.0, 100.0)
    assert start_columns.INTERPRETER.value(ROWS["multistage"]) is None


def test_a_container_without_requests_has_no_latency():
    silent = samples(1000, 10, n=8, requests=0)
    row = measured("silent", None, "", 1, 1000, 10).model_copy(update={"samples": silent})
    assert columns.LATENCY_P50.value(row) is None
    assert columns.LATENCY_P50.samples(row) == ()
    assert columns.REQUESTS.value(row) == 0
    assert start_columns.COLD_START.value(row) is not None


@pytest.mark.parametrize(
    ("column", "title"),
    [(SIZE, "size, MB"), (LAYERS, "layers"), (columns.TOP1, "top-1 agreement, %")],
)
def test_the_unit_stands_in_the_heading(column, title):
    assert column.title == title


def test_words_stand_left_and_numbers_right():
    assert TOOLS.align == columns.OUTPUTS_MATCH.align == "left"
    assert SIZE.align == columns.MAX_ABS_DIFF.align == "right"


def test_a_share_of_best_classes_is_told_in_place_of_yes():
    checked = verified(0.3, agreeing=11).model_copy(update={"top1_wanted": 0.8, "tolerance": 1.0})
    row = variant("int8", verification=checked)
    assert columns.MATCHING.value(row) == "top-1 91.7 %"
    assert columns.TOLERANCE.value(row) == "top-1 80 %"
    assert columns.OUTPUTS_MATCH.value(row) is True
    failed = checked.model_copy(update={"outputs_match": False})
    assert columns.MATCHING.value(variant("int8", verification=failed)) == "no"
