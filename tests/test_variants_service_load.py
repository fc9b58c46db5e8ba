"""Clients that leave half way, beside clients that stay, who are answered rightly."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from hostile_pictures import good
from raw_http import connected, exchange, form, post, reset
from service_container import Launch, RunningService, service_container

from builders.engine import Engine

pytestmark = [pytest.mark.engine, pytest.mark.variants]

PICTURES = tuple(good("JPEG", random.Random(seed)) for seed in range(4))
STAYING = 3  # clients
FEWEST_ANSWERS = 100  # of those that stay, while the others leave
LEAVING_EACH = 60
Answer = tuple[int, float]


@pytest.fixture(scope="module")
def service(engine: Engine, session_labels: dict[str, str]) -> Iterator[RunningService]:
    with service_container(engine, session_labels, Launch()) as running:
        yield running


def asked(service: RunningService, number: int) -> Answer:
    answer = exchange(service.address, post(form(PICTURES[number])))
    assert answer is not None
    assert answer.status == 200, answer
    found = json.loads(answer.body)
    return found["class_id"], found["confidence"]


def staying(service: RunningService, done: Event, first: int) -> list[tuple[int, Answer]]:
    """Asks until the others are done; the number of each picture, and its answer."""
    answers: list[tuple[int, Answer]] = []
    while not done.is_set() or len(answers) < FEWEST_ANSWERS / STAYING:
        number = (first + len(answers)) % len(PICTURES)
        answers.append((number, asked(service, number)))
    return answers


# --- Ways to leave ---


def amid_the_body(service: RunningService, dice: random.Random) -> None:
    whole = post(form(dice.choice(PICTURES)))
    with connected(service.address) as connection:
        connection.sendall(whole[: dice.randrange(len(whole) // 4, len(whole))])
        reset(connection)


def after_the_headers(service: RunningService, dice: random.Random) -> None:
    with connected(service.address) as connection:
        connection.sendall(post(form(PICTURES[0])).partition(b"\r\n\r\n")[0] + b"\r\n\r\n")


def before_the_answer(service: RunningService, dice: random.Random) -> None:
    with connected(service.address) as connection:
        connection.sendall(post(form(*PICTURES)))
        time.sleep(dice.choice((0, 0.002, 0.01)))
        reset(connection)


def amid_the_answer(service: RunningService, dice: random.Random) -> None:
    with connected(service.address) as connection:
        connection.sendall(post(form(dice.choice(PICTURES))))
        connection.recv(1)
        reset(connection)


WAYS: Mapping[str, Callable[[RunningService, random.Random], None]] = {
    one.__name__: one
    for one in (amid_the_body, after_the_headers, before_the_answer, amid_the_answer)
}


@pytest.mark.parametrize("way", WAYS)
def test_who_stays_is_answered_rightly(service: RunningService, way: str):
    right = [asked(service, number) for number in range(len(PICTURES))]
    done, dice = Event(), random.Random(way)
    with ThreadPoolExecutor(STAYING) as pool:
        answered = [pool.submit(staying, service, done, first) for first in range(STAYING)]
        try:
            for _ in range(LEAVING_EACH):
                WAYS[way](service, dice)
        finally:
            done.set()
        answers = [one for client in answered for one in client.result()]
    assert len(answers) >= FEWEST_ANSWERS
    for number, (class_id, confidence) in answers:
        assert class_id == right[number][0]
        assert confidence == pytest.approx(right[number][1], abs=1e-4)
    assert service.in_flight_at_rest() == 0
    assert service.state.running


def test_the_pictures_can_be_told_apart(service: RunningService):
    assert len({asked(service, number) for number in range(len(PICTURES))}) == len(PICTURES)


def test_nobody_is_told_of_an_inner_error(service: RunningService):
    assert service.metric("slimbench_requests_total", status="500") == 0
    assert service.metric("slimbench_requests_total", status="200") >= FEWEST_ANSWERS
    assert "Traceback" not in service.logs()
