"""Hints, losses and secrets as the page shows them."""

from __future__ import annotations

from report_images import MB, NO_SHELL, PASSWORD, PIP_CACHE, ROOT_USER, image
from report_records import record, variant

from reports import advice


def shown(name, size_mb=100, **facts):
    return variant(name, image=image(size_mb, **facts))


def cells(table):
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()]


def test_the_largest_image_is_the_one_shown_in_full():
    rows = (shown("slim", 100), shown("fat", 300), shown("twin", 300), variant("later"))
    assert advice.largest(record(*rows)).name == "fat"
    assert advice.largest(record(variant("later"))) is None


def test_a_hint_in_full_has_saving_evidence_and_the_line_that_mends_it():
    text = advice.in_full(shown("fat", hints=(PIP_CACHE, ROOT_USER)))
    assert text.splitlines() == [
        "**1. pip's cache is in the image** (`pip-cache`, saves 250.0 MB)",
        "",
        "- `/root/.cache/pip` holds 40 files",
        r"- layer 1 wrote it: RUN pip install \| tee log",
        "",
        "```dockerfile",
        "RUN pip install --no-cache-dir \\",
        "    --requirement set.txt",
        "```",
        "",
        "**2. It runs as root** (`root-user`)",
        "",
        "- USER isn't set",
        "",
        "```dockerfile",
        "USER 65532:65532",
        "```",
    ]


def test_a_saving_may_be_of_time_or_of_both():
    slow = ROOT_USER.model_copy(update={"saves_ms": 120.0})
    both = slow.model_copy(update={"saves_bytes": 2 * MB})
    text = advice.in_full(shown("fat", hints=(slow, both)))
    assert "(`root-user`, saves at most 120.0 ms of a start)" in text
    assert "(`root-user`, saves 2.0 MB and at most 120.0 ms of a start)" in text


def test_no_hints_are_said():
    assert advice.in_full(shown("fat")) == "No advice."
    assert advice.in_short(record(shown("fat"))) == "None."


def test_in_short_each_hint_is_a_row_and_each_variant_a_column():
    twice = PIP_CACHE.model_copy(update={"saves_bytes": 50 * MB})
    rows = (
        shown("fat", hints=(ROOT_USER, PIP_CACHE, twice)),
        shown("slim", hints=(PIP_CACHE,)),
        shown("tiny"),
        variant("later"),
    )
    heading, _, *found = cells(advice.in_short(record(*rows)))
    assert heading == ["MB saved", "`fat`", "`slim`", "`tiny`", "`later`"]
    assert found == [
        ["`root-user`", "yes", "", "", "–"],  # noqa: RUF001
        ["`pip-cache`", "300.0", "250.0", "", "–"],  # noqa: RUF001
    ]


def test_a_loss_is_told_once_with_the_variants_it_is_true_of():
    rows = (shown("fat"), shown("bare", losses=(NO_SHELL,)), shown("tiny", losses=(NO_SHELL,)))
    _, _, *found = cells(advice.losses(record(*rows)))
    assert found == [
        ["no shell: `sh` isn't there", "`bare`, `tiny`", "attach a debugging container"]
    ]


def test_secrets_are_told_by_place_and_masked():
    hidden = PASSWORD.model_copy(update={"where": "/root/.netrc", "layer": 2})
    found = advice.secrets(record(shown("fat", secrets=(PASSWORD, hidden)), shown("slim")))
    assert found.splitlines() == [
        r"- `fat`: environment API_KEY: password, `s***`",
        r"- `fat`: `/root/.netrc` in layer 2: password, `s***`",
    ]
    assert advice.secrets(record(shown("slim"))) == (
        "No inspected image holds anything that looks like a secret."
    )
