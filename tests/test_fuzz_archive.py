"""The fuzzing of the archive reader: some thousand of its cases, and that it would notice."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bench.inspection.anatomy import anatomy
from bench.inspection.image_facts import image_facts
from bench.inspection.sources import from_archive
from benchmarks import fuzz_archive
from benchmarks.archive_corpus import Draft, drafts
from benchmarks.fuzz_archive import Batch, case, figures, run

CASES = 2000


def test_spoiled_archives_end_in_facts_or_in_a_sentence(tmp_path: Path):
    batch = run(range(CASES), seed=2, crashes=tmp_path)
    assert sorted(batch.outcomes) == ["facts", "told"]
    assert sum(batch.outcomes.values()) == CASES
    assert min(batch.outcomes.values()) > CASES / 5  # both ends are reached
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("draft", drafts(), ids=lambda one: f"{one.layout}")
def test_what_is_spoiled_is_an_image_before(draft: Draft):
    archive = draft.packed(lambda _, text: text)
    facts = image_facts(anatomy(from_archive([archive], "draft")))
    assert len(facts.layers) == 3
    assert {"bash", "demo"} <= {owner.name for owner in facts.packages}
    assert facts.security.setuid
    assert facts.security.secrets


def test_cases_are_known_by_their_numbers():
    assert case(1, 7) == case(1, 7) != case(2, 7)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda *_: {}["nothing"], "KeyError"),
        (lambda *_: time.sleep(5), "TooSlowError"),
        (lambda *_: fuzz_archive._WRITTEN.append("x") or "facts", "it opened ['x']"),
    ],
)
def test_a_crash_is_kept_with_its_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil, told: str
):
    monkeypatch.setattr(fuzz_archive, "outcome", spoil)
    monkeypatch.setattr(fuzz_archive, "LIMIT_S", 0.05)
    batch = run([3], seed=1, crashes=tmp_path / "found")
    assert batch.outcomes["crashed"] == 1
    assert (tmp_path / "found" / "case-1-3.tar").read_bytes() == case(1, 3)
    assert told in (tmp_path / "found" / "case-1-3.txt").read_text()
    assert [one.holds for one in figures([batch]) if "crashed" in one.name] == [False]


def test_figures_tell_the_shares():
    one = Batch(fuzz_archive.Counter(facts=3, told=1), 0.5, 40_000_000)
    assert [(figure.name, figure.value) for figure in figures([one, one])] == [
        ("spoiled archives read", 8),
        ("of these ended in facts", 0.75),
        ("of these ended in told", 0.25),
        ("of these crashed", 0),
        ("slowest", 0.5),
        ("resident memory of a process", 40.0),
    ]
