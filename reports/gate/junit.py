"""A verdict as JUnit XML, which CI systems show as tests: a suite a variant, a case a limit."""

from __future__ import annotations

import re

from junitparser import Failure, JUnitXml, Skipped, TestCase, TestSuite

from reports.gate.check import Check, Verdict

# What XML 1.0 has no way to write, and a reader would refuse the whole file for.
_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(verdict: Verdict, started_at: str) -> str:
    """The document; a missed limit is a failure, one that wasn't decided is skipped.

    Args:
        verdict: what the record was held to.
        started_at: of the record, ISO 8601.
    """
    document = JUnitXml("slimbench gate")
    for variant in dict.fromkeys(check.variant for check in verdict.checks):
        suite = TestSuite(_text(variant))
        suite.timestamp = started_at
        suite.add_testcases([_case(one) for one in verdict.checks if one.variant == variant])
        document.add_testsuite(suite)
    document.update_statistics()  # type: ignore[no-untyped-call]
    found: bytes = document.tostring()  # type: ignore[no-untyped-call]
    return found.decode() + "\n"


def _case(check: Check) -> TestCase:
    name, within = f"{check.key} ({check.against})", f"slimbench.gate.{check.variant}"
    case = TestCase(_text(name), _text(within), 0)
    details = "\n".join((check.told, *check.evidence))
    if check.outcome == "missed":
        case.result = [_result(Failure(_text(check.told), "missed"), details)]
    elif check.outcome != "held":
        case.result = [_result(Skipped(_text(f"{check.outcome}: {check.told}")), details)]
    return case


def _result(result: Failure | Skipped, details: str) -> Failure | Skipped:
    result.text = _text(details)
    return result


def _text(text: str) -> str:
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)
