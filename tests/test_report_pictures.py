"""The pictures: their figures are those of the tables, and their labels can all be read."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import pytest
from drawn_texts import outside, overlapping, texts
from full_record import ONNX, SLIM, full_record
from report_records import record, samples, variant
from test_report_pareto import sized

from bench.record import load, save
from bench.record_types import Record
from reports import columns
from reports.image_columns import SIZE
from reports.pareto import pareto
from reports.pictures import distributions, stacks, starts, tradeoff
from reports.pictures.gallery import NAMES, caption, pictures
from reports.pictures.palette import FILLS, PAPER, REST, TONES, Tone
from reports.start_columns import COLD_START
from reports.timeline import phases
from reports.where import categories

ROOT = Path(__file__).parent.parent
PUBLISHED = ROOT / "reports" / "published" / "record.json"
SVG = "{http://www.w3.org/2000/svg}"
LONGEST = 64  # characters that a matrix allows a variant's name


def drawn(shown: Record) -> dict[str, str]:
    return {picture.name: picture.svg for picture in pictures(shown)}


def named(number: int) -> str:
    """A name as long as they get, of words of one length."""
    return f"variant-{number:02}-{'distroless-onnx-' * 4}"[:LONGEST].rstrip("-")


def published(count: int, rename: bool = False) -> Record:
    """The published record with as many variants, its own once more when it has fewer."""
    whole = load(PUBLISHED)
    rows = [whole.variants[number % len(whole.variants)] for number in range(count)]
    if rename:
        rows = [row.model_copy(update={"name": named(n)}) for n, row in enumerate(rows)]
    return whole.model_copy(update={"variants": tuple(rows)})


def alike() -> Record:
    """Twelve variants that lie on one spot."""
    rows = [sized(named(number), 100, 10) for number in range(12)]
    return record(*rows)


def stretched() -> Record:
    """A front of four, from small and slow to large and fast, over logarithmic axes."""
    cells = ((100, 900), (400, 200), (1600, 40), (6400, 8), (6500, 890))
    return record(*(sized(f"s-{megabytes}-{ms}", megabytes, ms) for megabytes, ms in cells))


SHAPES = {
    "published": lambda: load(PUBLISHED),
    "one": lambda: published(1),
    "one long name": lambda: published(1, rename=True),
    "two": lambda: published(2),
    "two long names": lambda: published(2, rename=True),
    "twelve long names": lambda: published(12, rename=True),
    "twelve alike": alike,
    "stretched": stretched,
    "few requests": full_record,
}


@pytest.fixture(scope="module", params=list(SHAPES))
def shape(request: pytest.FixtureRequest) -> dict[str, str]:
    found = drawn(SHAPES[request.param]())
    assert set(found) == set(NAMES)
    return found


@pytest.fixture(scope="module")
def whole() -> Record:
    return load(PUBLISHED)


@pytest.fixture(scope="module")
def svgs(whole: Record) -> dict[str, str]:
    return drawn(whole)


def test_no_label_covers_another_or_reaches_over_the_edge(shape: dict[str, str]) -> None:
    for name, svg in shape.items():
        assert len(texts(svg)) > 3
        assert (name, overlapping(svg)) == (name, [])
        assert (name, outside(svg)) == (name, [])


def test_labels_that_cover_each_other_would_be_noticed(svgs: dict[str, str]) -> None:
    twice = svgs["bytes"].replace("</svg>", "") + svgs["bytes"].split("</style>", 1)[1]
    assert len(overlapping(twice)) >= len(texts(svgs["bytes"]))
    assert outside(svgs["bytes"].replace('width="800"', 'width="400"', 1))


def test_every_variant_is_named_in_every_picture(svgs: dict[str, str], whole: Record) -> None:
    for svg in svgs.values():
        told = {one.text for one in texts(svg)}
        assert {row.name for row in whole.variants} <= told


def test_long_names_stand_whole_on_several_lines() -> None:
    one = published(1, rename=True)
    for svg in drawn(one).values():
        assert one.variants[0].name in "".join(text.text for text in texts(svg))


def test_they_stay_small(svgs: dict[str, str]) -> None:
    assert max(map(len, svgs.values())) < 200_000


def test_a_screen_reader_is_told_what_each_shows(svgs: dict[str, str], whole: Record) -> None:
    for name, svg in svgs.items():
        root = ElementTree.fromstring(svg)
        told = caption(whole, name)
        assert told is not None
        assert root.get("role") == "img"
        by_id = {one.get("id"): one.text for one in root.iter() if one.get("id")}
        names = root.attrib["aria-labelledby"].split()
        assert [by_id[one] for one in names] == [told.title, told.description]
        assert [one.tag for one in root][:2] == [f"{SVG}title", f"{SVG}desc"]


def test_ids_are_a_pictures_own_and_all_are_referred_to(svgs: dict[str, str]) -> None:
    seen: set[str] = set()
    for name, svg in svgs.items():
        ids = [one.attrib["id"] for one in ElementTree.fromstring(svg).iter() if one.get("id")]
        assert len(ids) == len(set(ids))
        assert not seen & set(ids)
        assert all(one.startswith(f"{name}-") for one in ids)
        assert all(f"#{one}" in svg for one in ids if not one.endswith(("-title", "-desc")))
        seen |= set(ids)


def test_nothing_tells_of_the_machine_and_nothing_is_fetched(svgs: dict[str, str]) -> None:
    for svg in svgs.values():
        root = ElementTree.fromstring(svg)
        tags = {one.tag.removeprefix(SVG) for one in root.iter()}
        assert not tags & {"metadata", "script", "image", "foreignObject"}
        assert "matplotlib" not in svg.lower()
        links = [v for one in root.iter() for k, v in one.attrib.items() if k.endswith("href")]
        assert all(link.startswith("#") for link in links)
        assert "@import" not in svg
        assert "<?xml" not in svg


def test_texts_change_with_the_colour_scheme(svgs: dict[str, str]) -> None:
    for svg in svgs.values():
        assert "@media (prefers-color-scheme:dark)" in svg
        for element in ElementTree.fromstring(svg).iter(f"{SVG}text"):
            style = element.attrib["style"]
            assert "fill: " in style
            assert any(f"fill: {tone.light}" in style for tone in TONES)
        for tone in TONES:
            for what in ("fill", "stroke"):
                rule = f'[style*="{what}: {tone.light}"]{{{what}:{tone.dark}!important}}'
                assert rule in svg


def test_everything_has_a_colour_of_the_palette(svgs: dict[str, str]) -> None:
    known = {tone.light for tone in TONES} | {fill.colour for fill in (*FILLS, REST)}
    seen: set[str] = set()
    for svg in svgs.values():
        whole = ElementTree.fromstring(svg)
        ids = {one.get("id") for one in whole.iter()}
        for one in whole.iter():
            style = f"{one.get('style', '')}; fill: {one.get('fill', 'none')}"
            for colour in re.findall(r"\b(?:fill|stroke): ([^;]+)", style):
                assert colour in known | {"none"} or colour[5:-1] in ids, colour
                seen.add(colour)
    assert {fill.colour for fill in (*FILLS, REST)} <= seen


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("tone", TONES[1:3])
def test_texts_can_be_read_on_both_papers(tone: Tone) -> None:
    assert contrast(tone.light, PAPER.light) >= 4.5
    assert contrast(tone.dark, PAPER.dark) >= 4.5


def test_areas_differ_by_more_than_colour_and_are_seen_on_both_papers() -> None:
    fills = (*FILLS, REST)
    assert len({fill.hatch for fill in fills}) == len({fill.colour for fill in fills}) == 7
    for fill in fills:
        assert contrast(fill.colour, PAPER.light) >= 2
        assert contrast(fill.colour, PAPER.dark) >= 2


def test_stacks_are_the_tables_categories_and_sum_to_the_size(whole: Record) -> None:
    found = stacks.stacks(whole)
    assert found is not None
    assert found.labels[:-1] == tuple(one.heading for one in categories(whole))[: stacks.SHOWN]
    for one, row in zip(found.each, whole.variants):
        assert one.size_bytes == SIZE.value(row) == sum(one.parts_bytes)
        known = [column.value(row) for column in categories(whole)[: stacks.SHOWN]]
        assert list(one.parts_bytes[:-1]) == known
        assert one.parts_bytes[-1] >= 0


def test_phases_are_the_tables_medians_each_where_the_last_ends(whole: Record) -> None:
    for one, row in zip(starts.starts(whole), whole.variants):
        assert [phase.duration_ms for phase in one.phases] == [
            column.value(row) for column in phases(row)
        ]
        ends = [phase.end_ms for phase in one.phases]
        assert [phase.begin_ms for phase in one.phases] == [0, *ends[:-1]]
        assert one.total_ms == COLD_START.value(row)


def test_a_start_is_told_as_finely_as_the_variant_knows_it() -> None:
    whole = SLIM.model_copy(update={"name": "whole", "samples": samples(500, 10, split=False)})
    half = SLIM.model_copy(update={"name": "half", "samples": samples(500, 10)})
    found = {one.variant: one for one in starts.starts(record(SLIM, half, whole))}
    names = {name: [phase.name for phase in one.phases][:-3] for name, one in found.items()}
    assert names == {
        "slim": ["create", "engine start", "interpreter"],
        "half": ["create and engine start", "interpreter"],
        "whole": ["launch"],
    }
    svg = drawn(record(SLIM, half, whole))["phases"]
    assert overlapping(svg) == []
    assert {"launch", "interpreter", "engine start"} <= {one.text for one in texts(svg)}


def test_every_request_is_counted_in_a_distribution_once(whole: Record) -> None:
    found = distributions.distributions(whole)
    assert found is not None
    assert len(found.edges_ms) == distributions.BINS + 1
    for one, row in zip(found.each, whole.variants):
        requests = sum(len(sample.latency_ns) for sample in row.samples)
        counts = [share * requests for share in one.shares]
        assert counts == pytest.approx([round(count) for count in counts])
        assert sum(counts) == pytest.approx(requests)
        assert one.p50_ms == columns.LATENCY_P50.value(row)
        assert one.p95_ms == columns.LATENCY_P95.value(row)


def test_a_distribution_over_several_magnitudes_has_a_logarithmic_axis() -> None:
    found = distributions.distributions(stretched())
    assert found is not None
    assert found.logarithmic
    ratios = [after / before for before, after in zip(found.edges_ms, found.edges_ms[1:])]
    assert ratios == pytest.approx([ratios[0]] * len(ratios))
    near = distributions.distributions(load(PUBLISHED))
    assert near is not None
    assert not near.logarithmic


def test_the_smallest_and_the_largest_latency_lie_in_the_outer_bins(whole: Record) -> None:
    found = distributions.distributions(whole)
    assert found is not None
    assert any(one.shares[0] for one in found.each)
    assert any(one.shares[-1] for one in found.each)


def test_spots_are_the_tables_and_the_front_is_the_sentences(whole: Record) -> None:
    found = {spot.variant: spot for spot in tradeoff.spots(whole)}
    for row in whole.variants:
        assert found[row.name].size_mb * 1e6 == pytest.approx(SIZE.value(row))
        assert found[row.name].p95_ms == columns.LATENCY_P95.value(row)
    assert {name for name, spot in found.items() if spot.on_front} == set(pareto(whole))


def test_a_spot_that_answers_otherwise_says_so(whole: Record, svgs: dict[str, str]) -> None:
    found = {spot.variant: spot.answers for spot in tradeoff.spots(whole)}
    assert found.pop("distroless-onnx-int8") == "top-1 95.0 %"
    assert set(found.values()) == {""}
    assert "top-1 95.0 %" in {one.text for one in texts(svgs["tradeoff"])}


def test_the_front_goes_down_in_steps() -> None:
    found = tradeoff.spots(stretched())
    assert [spot.on_front for spot in found] == [True] * 4 + [False]
    told = tradeoff.caption(found).description
    assert told.endswith("no other beats: s-100-900, s-400-200, s-1600-40, s-6400-8.")


def test_descriptions_hold_the_figures_of_the_tables(whole: Record) -> None:
    for name, shown in {
        "bytes": (SIZE,),
        "phases": (COLD_START,),
        "latency": (columns.LATENCY_P50, columns.LATENCY_P95),
        "tradeoff": (SIZE, columns.LATENCY_P95),
    }.items():
        told = caption(whole, name)
        assert told is not None
        for row in whole.variants:
            for column in shown:
                assert column.text(column.value(row)) in told.description


def test_what_was_not_measured_has_no_picture() -> None:
    assert pictures(record()) == ()
    assert pictures(record(variant("later"))) == ()
    built = ONNX.model_copy(update={"samples": (), "status": "verified"})
    assert set(drawn(record(built))) == {"bytes"}
    assert caption(record(built), "phases") is None


def test_times_of_a_failed_variant_are_left_out() -> None:
    failed = ONNX.model_copy(update={"status": "failed", "reason": "wrong answers"})
    both = record(SLIM, failed)
    assert [one.variant for one in starts.starts(both)] == ["slim"]
    assert [spot.variant for spot in tradeoff.spots(both)] == ["slim"]
    assert set(drawn(record(failed))) == {"bytes"}


def test_few_requests_have_a_distribution_without_a_tail() -> None:
    few = SLIM.model_copy(update={"samples": samples(500, 10, n=2)})
    found = distributions.distributions(record(few))
    assert found is not None
    assert found.each[0].p95_ms is None
    assert set(drawn(record(few))) == {"phases", "latency", "bytes"}
    assert "p95" not in {one.text for one in texts(drawn(record(few))["latency"])}


def test_equal_requests_and_an_empty_image_can_be_drawn() -> None:
    empty = SLIM.image
    assert empty is not None
    nothing = empty.model_copy(
        update={"layers": (), "tree": empty.tree.model_copy(update={"children": ()})}
    )
    hollow = sized("hollow", 100, 10).model_copy(update={"image": nothing})
    found = drawn(record(hollow))
    assert set(found) == {"phases", "latency", "bytes"}
    assert [overlapping(svg) for svg in found.values()] == [[], [], []]


def test_a_name_that_no_matrix_allows_is_drawn_as_it_stands() -> None:
    odd = sized("$x^2$ <b>&\x00\x1b[31m", 100, 10)
    for svg in drawn(record(odd)).values():
        assert "$x^2$ <b>& [31m" in {one.text for one in texts(svg)}


def test_a_users_own_settings_neither_matter_nor_are_lost(svgs: dict[str, str]) -> None:
    with mpl.rc_context({"font.size": 30, "svg.fonttype": "path", "axes.facecolor": "red"}):
        before = dict(mpl.rcParams)
        assert drawn(load(PUBLISHED)) == svgs
        assert dict(mpl.rcParams) == before


SCRIPT = """
import hashlib, sys
from pathlib import Path
from bench.record import load
from reports.pictures.gallery import pictures
for picture in pictures(load(Path(sys.argv[1]))):
    print(picture.name, hashlib.sha256(picture.svg.encode()).hexdigest())
assert "matplotlib.pyplot" not in sys.modules
"""


@pytest.mark.process
def test_another_process_draws_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "matplotlibrc").write_text("font.size: 30\nsvg.hashsalt: other\n")
    save(tmp_path / "record.json", published(2))
    told = []
    for seed, own in (("1", {}), ("2", {"MPLCONFIGDIR": str(tmp_path), "MPLBACKEND": "agg"})):
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(tmp_path / "record.json")],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, **own},
            capture_output=True,
            text=True,
            check=True,
        )
        told.append(done.stdout)
    assert told[0] == told[1]
    assert len(told[0].splitlines()) == len(NAMES)
