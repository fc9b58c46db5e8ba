"""What every image of a service of the user's own is asked, as the record keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from bench.record_types import Asked
from builders.own_answers import CommandExpectation, Expectation, HttpExpectation
from builders.own_service import Service


def asked_of(service: Optional[Service]) -> Optional[Asked]:
    """None where the service isn't the user's own."""
    if service is None:
        return None
    container = service.container
    return Asked(
        kind=service.kind,
        request=_request(service),
        ready=service.http.ready if service.http else "",
        expected=_expected(_expectation(service)),
        tolerance=_expectation(service).tolerance,
        timeout_s=service.timeout_s,
        user=container.user,
        read_only=container.read_only,
        capabilities=container.capabilities,
        environment=tuple(sorted(container.environment)),
    )


def needs_reference(expected: Expectation) -> bool:
    """Whether the reference's answer is part of what is expected."""
    return bool(expected.same) or not (expected.json_values or expected.text)


def _expectation(service: Service) -> Expectation:
    if service.http is not None:
        return service.http.expect
    return service.command.expect if service.command else Expectation()


def _request(service: Service) -> str:
    if service.http is not None:
        asked = service.http.request
        sends = asked.json_body is not None or asked.body is not None or asked.form
        return f"{asked.method or ('POST' if sends else 'GET')} {asked.path}"
    return " ".join(service.command.arguments) if service.command else ""


def _expected(expected: Expectation) -> str:
    return "; ".join(_parts(expected))


def _parts(expected: Expectation) -> Iterator[str]:
    if isinstance(expected, HttpExpectation):
        yield f"status {expected.status}"
    if isinstance(expected, CommandExpectation):
        yield f"exit code {expected.exit_code}"
    for path in expected.json_values:
        yield f"the matrix's value at {path}"
    if expected.text is not None:
        (form,) = expected.text.model_dump(exclude_none=True)
        yield f"text that {form} the matrix's"
    for path in expected.same:
        yield f"the reference's value at {path}"
    if needs_reference(expected) and not expected.same:
        yield "the reference's whole answer"
