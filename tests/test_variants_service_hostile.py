"""500 hostile uploads against one running container, which then still answers right."""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

import pytest
from hostile_pictures import good
from hostile_uploads import FAMILIES, Upload, uploads
from raw_http import Answer, exchange, form, post
from service_container import Launch, RunningService, service_container

from bench.container_usage import container_usage
from builders.engine import Engine

pytestmark = [pytest.mark.engine, pytest.mark.variants]

SENDERS = 4
ALLOWED = {200, 503, *range(400, 500)}
PICTURES = tuple(good(name, random.Random(1)) for name in ("JPEG", "PNG", "WEBP"))


@dataclass(frozen=True)
class Aftermath:
    """What came for each upload, and the right answers before and after."""

    service: RunningService
    answers: Sequence[tuple[Upload, Optional[Answer]]]
    before: Sequence[tuple[int, float]]
    after: Sequence[tuple[int, float]]


def classes(service: RunningService) -> list[tuple[int, float]]:
    """Class and confidence of good pictures, uploaded and from the folder."""
    found = [exchange(service.address, post(form(picture))) for picture in PICTURES]
    found.append(exchange(service.address, post(form(*PICTURES))))
    assert [one and one.status for one in found] == [200] * len(found), found
    answers = [json.loads(one.body) for one in found if one] + [service.json("/inference/good.png")]
    singles = [one for answer in answers for one in answer.get("predictions", [answer])]
    return [(one["class_id"], one["confidence"]) for one in singles]


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What operators put there by mistake, beside a picture."""
    folder: Path = tmp_path_factory.mktemp("images")
    (folder / "good.png").write_bytes(PICTURES[1])
    (folder / "empty.png").touch()
    (folder / "text.png").write_text("no picture")
    (folder / "folder").mkdir()
    (folder / "link").symlink_to("/etc/passwd")
    (folder / "outside").symlink_to("/etc")
    os.mkfifo(folder / "pipe")
    folder.chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def aftermath(engine: Engine, session_labels: dict[str, str], images: Path) -> Iterator[Aftermath]:
    """All are sent to one container, by four clients at a time."""
    launch = Launch(images=images, environment={"SLIMBENCH_BODY_TIMEOUT_S": "2"})
    with service_container(engine, session_labels, launch) as service:
        before = classes(service)
        with ThreadPoolExecutor(SENDERS) as pool:
            answers = list(pool.map(lambda one: (one, sent(service, one)), uploads()))
        yield Aftermath(service, answers, before, classes(service))


def sent(service: RunningService, upload: Upload) -> Optional[Answer]:
    return exchange(service.address, upload.sent, half_closed=upload.half_closed)


def told(upload: Upload, answer: Optional[Answer]) -> str:
    came = f"{answer.status} {answer.body[:200]!r}" if answer else "no answer"
    return f"{upload.family}: {upload.sent[:400]!r} ({len(upload.sent)} bytes): {came}"


def is_refusal_in_form(answer: Answer) -> bool:
    try:
        error = json.loads(answer.body)["error"]
    except (ValueError, KeyError, TypeError):
        return False
    sentence = error["message"]
    one_line = isinstance(sentence, str) and sentence and "\n" not in sentence
    return (
        answer.media_type == "application/json" and set(error) == {"code", "message"} and one_line
    )


def test_there_are_500_of_all_families():
    counts = Counter(one.family for one in uploads())
    assert counts == {family: count for family, (count, _) in FAMILIES.items()}
    assert sum(counts.values()) == 500


def test_each_gets_an_answer(aftermath: Aftermath):
    silent = [told(*one) for one in aftermath.answers if not one[1]]
    unexcused = [
        told(*one) for one in aftermath.answers if not (one[1] or one[0].may_end_unanswered)
    ]
    assert unexcused == []
    assert len(silent) < 25  # of 50 that are no whole HTTP


def test_each_answer_is_200_or_a_clear_refusal(aftermath: Aftermath):
    answered = [one for one in aftermath.answers if one[1]]
    assert [told(*one) for one in answered if one[1].status not in ALLOWED] == []
    refused = [one for one in answered if one[1].status != 200]
    assert [told(*one) for one in refused if not is_refusal_in_form(one[1])] == []
    assert len(refused) > 300


def test_a_picture_that_is_accepted_has_classes(aftermath: Aftermath):
    accepted = [
        json.loads(answer.body)
        for upload, answer in aftermath.answers
        if answer and answer.status == 200 and upload.family in ("bit-flipped", "bomb", "polyglot")
    ]
    assert accepted
    assert all(len(one["top"]) == 5 and 0 <= one["confidence"] <= 1 for one in accepted)


def test_nothing_of_the_host_or_the_code_is_told(aftermath: Aftermath):
    bodies = [(upload, answer) for upload, answer in aftermath.answers if answer]
    leaking = [
        told(*one)
        for one in bodies
        for secret in (b"root:x:", b"Traceback", b"site-packages", b"/app/", b".py")
        if secret in one[1].body
    ]
    assert leaking == []


def test_it_answers_as_before(aftermath: Aftermath):
    assert [one for one, _ in aftermath.after] == [one for one, _ in aftermath.before]
    confidences = [one for _, one in aftermath.before]
    assert [one for _, one in aftermath.after] == pytest.approx(confidences, abs=1e-4)
    assert len({one for one, _ in aftermath.before}) > 1  # the pictures can be told apart


def test_it_lives_within_its_memory(aftermath: Aftermath):
    state = aftermath.service.state
    assert (state.running, state.oom_killed) == (True, False)
    peak_bytes = container_usage(state.pid).peak_bytes
    print(f"peak memory {(peak_bytes or 0) / 1e6:.1f} MB")  # noqa: T201
    assert peak_bytes is None or peak_bytes < Launch().memory_bytes


def test_nothing_is_left_in_flight(aftermath: Aftermath):
    assert aftermath.service.in_flight_at_rest() == 0


def test_its_log_holds_no_traceback(aftermath: Aftermath):
    assert "Traceback" not in aftermath.service.logs()
