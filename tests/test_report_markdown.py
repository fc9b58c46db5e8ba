import re
from pathlib import Path

from full_record import full_record
from hypothesis import given, settings
from hypothesis import strategies as st
from report_images import image
from report_records import (
    FULL_BASE,
    SEEDED,
    build,
    ladder_of_seven,
    measured,
    record,
    samples,
    variant,
    verified,
)

from bench.inspection.finding_types import Hint, Loss, Secret, Tool
from reports import json_report, markdown
from reports.markup import MISSING

SNAPSHOTS = Path(__file__).parent / "snapshots"
UNESCAPED_PIPE = re.compile(r"(?<!\\)(?:\\\\)*\|")


def section(page, heading):
    return page.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]


def test_the_page_of_the_hand_written_record():
    expected = (SNAPSHOTS / "comparison.md").read_text(encoding="utf-8")
    assert markdown.render(ladder_of_seven()) == expected


def test_the_page_of_a_run_that_has_only_begun():
    expected = (SNAPSHOTS / "begun.md").read_text(encoding="utf-8")
    begun = record(variant("fat"), variant("slim", after="fat"))
    assert markdown.render(begun) == expected


def test_the_page_of_a_record_with_every_part():
    expected = (SNAPSHOTS / "full.md").read_text(encoding="utf-8")
    assert markdown.render(full_record()) == expected


def test_failures_have_step_and_reason():
    failures = section(markdown.render(ladder_of_seven()), "Failures")
    assert "`distroless` failed at step `verify`: 00.png: rank 1" in failures
    assert r"RUN a \| b failed: \<no\> such \*file\*" in failures


def test_a_failure_without_a_reason_says_so():
    page = markdown.render(record(variant("x", status="failed")))
    assert "- `x` failed: no reason given." in page


def test_a_run_without_failures_says_so():
    page = markdown.render(record(measured("fat", None, "", 100, 1000, 10)))
    assert "No variant failed." in page
    assert "## Missing values" not in page


def test_every_dash_has_its_reason():
    missing = section(markdown.render(ladder_of_seven()), "Missing values")
    assert (
        "no p95, cold start interval, cold start ±, latency p50 interval, latency p50 ±"
        " (too few samples)" in missing
    )
    reason = "the kernel doesn't say when the process began"
    assert f"no create and engine start, interpreter ({reason})" in missing
    assert "`onnx`: its answers were not checked; it was not timed." in missing


def test_a_rung_below_one_that_was_not_run_is_a_row_of_dashes():
    lone = measured("slim", "fat", "small base", 100, 1000, 10)
    rung = section(markdown.render(record(lone)), "What each decision bought").splitlines()[-1]
    assert [cell.strip() for cell in rung.split("|")[1:-1]] == [
        "`fat`",
        "`slim`",
        "small base",
        *[MISSING] * 4,
    ]


def test_seeded_weights_are_announced_even_without_a_notice():
    silent = SEEDED.model_copy(update={"notice": ""})
    assert "the labels are meaningless" in markdown.render(record(models=(silent,)))


def test_pretrained_weights_need_no_notice_and_have_no_seed():
    trained = SEEDED.model_copy(update={"notice": "", "weights": "pretrained"})
    page = markdown.render(record(models=(trained,)))
    assert "Notice" not in page
    assert re.search(rf"\| pretrained +\| +{MISSING} \|", page)


def test_the_summary_is_the_first_table_of_the_page():
    page, table = markdown.render(ladder_of_seven()), markdown.summary(ladder_of_seven())
    assert section(page, "All variants").strip().startswith(table)


texts = st.text(max_size=20) | st.text(alphabet="|`\\\n\r*_[]<>&x " + MISSING, max_size=20)
few = st.integers(min_value=0, max_value=8)
hints = st.builds(
    Hint,
    id=texts,
    title=texts,
    evidence=st.lists(texts, max_size=2).map(tuple),
    saves_bytes=st.none() | few,
    saves_ms=st.none() | st.floats(0, 1e6),
    dockerfile=texts.map(lambda text: f"RUN {text}"),
)
secrets = st.builds(Secret, where=texts, kind=texts, masked=texts, layer=st.none() | few)
facts = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["pending", "built", "verified", "measured", "failed"]),
        "reason": texts,
        "failed_step": texts,
        "build": st.none()
        | st.builds(build, texts, st.just(FULL_BASE.model_copy(update={"reason": "a|b"}))),
        "image": st.none()
        | st.builds(
            image,
            few,
            tools=st.lists(st.builds(Tool, name=texts, kind=texts, path=texts)).map(tuple),
            user=texts,
            losses=st.lists(st.builds(Loss, lost=texts, instead=texts), max_size=2).map(tuple),
            hints=st.lists(hints, max_size=2).map(tuple),
            secrets=st.lists(secrets, max_size=2).map(tuple),
        ),
        "verification": st.none()
        | st.builds(verified, st.floats(), agreeing=few, swaps=few, reason=texts),
        "samples": st.builds(
            samples,
            st.integers(200, 10**9),
            st.integers(0, 10**6),
            n=few,
            requests=few,
            split=st.booleans(),
        ),
        "runtime_versions": st.dictionaries(texts, texts, max_size=3),
    }
)
variants = st.builds(
    lambda name, after, changed, more: variant(name, after, changed, **more),
    texts,
    st.none() | texts,
    texts,
    facts,
)
records = st.lists(variants, max_size=3, unique_by=lambda row: row.name).map(
    lambda rows: record(*rows, models=(SEEDED,))
)


@settings(deadline=None, max_examples=60)
@given(records)
def test_any_record_renders_and_its_copy_gives_the_same_bytes(made):
    copy = made.model_copy(deep=True)
    assert markdown.render(made).encode() == markdown.render(copy).encode()
    assert json_report.render(made).encode() == json_report.render(copy).encode()


@settings(deadline=None, max_examples=60)
@given(records)
def test_whatever_the_words_all_rows_of_a_table_have_its_columns(made):
    for block in markdown.render(made).split("\n\n"):
        rows = [line for line in block.split("\n") if line.startswith("|")]
        assert len({len(UNESCAPED_PIPE.findall(line)) for line in rows}) <= 1
