"""JUnit XML by the rules that its readers share (Jenkins, GitLab, GitHub's actions)."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from junitparser import JUnitXml
from two_runs import row, run

from builders.budget_settings import Budgets
from reports.gate.check import Check, Outcome, Verdict
from reports.gate.hold import hold
from reports.gate.junit import junit

STARTED = "2024-06-12T10:00:00+00:00"
HOSTILE = 'a\x00\x1b[31m<b> & "c" ]]> \ud800 ﷐￾ — ü 🐍'
OUTCOMES: tuple[Outcome, ...] = ("held", "missed", "not sure", "not compared")
RESULTS = {"held": [], "missed": ["failure"], "not sure": ["skipped"], "not compared": ["skipped"]}


def parsed(verdict: Verdict) -> ET.Element:
    return ET.fromstring(junit(verdict, STARTED))


def check(variant: str, outcome: Outcome, told: str = "told", key: str = "size") -> Check:
    return Check(variant, key, "budget", outcome, told, evidence=("because",))


@pytest.fixture
def verdict() -> Verdict:
    return Verdict(tuple(check(name, outcome) for name in ("a", "b") for outcome in OUTCOMES))


def test_the_counts_are_those_of_the_cases(verdict: Verdict) -> None:
    root = parsed(verdict)
    assert root.tag == "testsuites"
    assert [suite.get("name") for suite in root] == ["a", "b"]
    for element, cases in (
        (root, list(root.iter("testcase"))),
        *((one, list(one)) for one in root),
    ):
        assert element.get("tests") == str(len(cases))
        for count, tag in (("failures", "failure"), ("skipped", "skipped"), ("errors", "error")):
            assert element.get(count) == str(sum(case.find(tag) is not None for case in cases))
    assert (root.get("tests"), root.get("failures"), root.get("skipped")) == ("8", "2", "4")


def test_every_case_has_a_name_a_class_and_at_most_one_result(verdict: Verdict) -> None:
    for suite in parsed(verdict):
        assert suite.tag == "testsuite"
        assert suite.get("timestamp") == STARTED
        assert float(suite.get("time", "none")) == 0
        for case, outcome in zip(suite, OUTCOMES):
            assert case.tag == "testcase"
            assert case.get("name") == "size (budget)"
            assert case.get("classname") == f"slimbench.gate.{suite.get('name')}"
            assert [one.tag for one in case] == RESULTS[outcome]


def test_a_failure_says_what_and_why(verdict: Verdict) -> None:
    failure = parsed(verdict).find(".//failure")
    assert failure is not None
    assert (failure.get("message"), failure.get("type")) == ("told", "missed")
    assert failure.text == "told\nbecause"


@pytest.mark.parametrize("place", ["variant", "key", "told"])
def test_hostile_text_comes_back_but_for_what_xml_cannot_hold(place: str) -> None:
    texts = {"variant": "v", "key": "k", "told": "t", place: HOSTILE}
    root = parsed(Verdict((check(texts["variant"], "missed", texts["told"], texts["key"]),)))
    case, failure = root.find(".//testcase"), root.find(".//failure")
    assert case is not None
    assert failure is not None
    told = {
        "variant": str(case.get("classname")),
        "key": str(case.get("name")),
        "told": str(failure.get("message")),
    }[place]
    assert '<b> & "c" ]]>' in told
    assert "ü 🐍" in told
    assert not set(told) & {"\x00", "\x1b", "\ud800"}
    assert [one.tag for one in root] == ["testsuite"]


def test_another_reader_reads_it() -> None:
    budgets = Budgets.model_validate({"all": {"size": "1MB", "layers": 9}})
    verdict = hold(run(row("slim"), row("fat")), None, budgets, ["slim", "fat"])
    read = JUnitXml.fromstring(junit(verdict, STARTED))
    assert (read.tests, read.failures, read.skipped) == (4, 2, 0)
    assert [case.name for suite in read for case in suite] == [
        "size (budget)",
        "layers (budget)",
    ] * 2
