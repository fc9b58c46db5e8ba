"""The service over HTTP: every operation, every kind of error, what is counted."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from running_service import Running, multipart, picture, running, wait_until

from inference import protocol
from inference.failures import InferenceError
from inference.serving.refusals import BUSY, LOADING, WRONG_METHOD, WRONG_TYPE

PATHS = ["/", "/health", "/live", "/ready", "/predict", "/inference/{filename}", "/metrics"]


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("images")
    (folder / "red one.png").write_bytes(picture())
    (folder / "text.png").write_text("no picture")
    return folder


@pytest.fixture(scope="module")
def service(images: Path) -> Iterator[Running]:
    with running(images=images, max_pixels=10_000, max_body_bytes=200_000) as one:
        yield one


def test_it_says_that_it_runs(service: Running) -> None:
    assert service.get("/").json()["service"] == "slimbench"
    assert service.get("/live").json() == {"status": "alive"}
    assert service.get("/ready").json() == {"status": "ready"}


def test_health_says_what_runs(service: Running) -> None:
    assert service.get("/health").json() == {
        "status": "ok",
        "model_loaded": True,
        "gpu_available": False,
        "model": "toy",
        "backend": "onnx",
        "version": "toy 1.2",
        "device": "cpu",
        "weights": "seeded",
        "threads": 1,
    }


def test_one_file_gives_one_object(service: Running) -> None:
    found = service.predict(picture(), query="?top=2").json()
    assert found.pop("processing_time") > 0
    assert found.pop("gpu_utilization") is None
    assert found["top"][0] == {
        "rank": 1,
        "class_id": 7,
        "label": "label 7",
        "prob": found["confidence"],
    }
    assert (found["class_id"], found["label"], len(found["top"])) == (7, "label 7", 2)


def test_several_files_are_one_batch_and_give_a_list(service: Running) -> None:
    service.model.batches.clear()
    found = service.predict(picture(255), picture(51), picture(128)).json()
    assert set(found) == {"predictions", "processing_time", "gpu_utilization"}
    assert [one["class_id"] for one in found["predictions"]] == [9, 2, 5]
    assert [set(one) for one in found["predictions"]] == [
        {"class_id", "confidence", "label", "top"}
    ] * 3
    assert service.model.batches == [3]


def test_more_classes_than_there_are_give_all(service: Running) -> None:
    assert len(service.predict(picture(), query="?top=1000").json()["top"]) == 10


@pytest.mark.parametrize("top", ["0", "-1", "1001", "many", "1.5", ""])
def test_a_count_out_of_range_is_refused(service: Running, top: str) -> None:
    told = service.predict(picture(), query=f"?top={top}")
    assert (told.status, told.code) == (422, protocol.BAD_REQUEST)
    assert told.json()["error"]["message"].startswith("'top': ")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_picture_of_the_folder(service: Running, method: str) -> None:
    found = service.request(method, "/inference/red%20one.png?top=1").json()
    assert (found["class_id"], len(found["top"])) == (7, 1)
    assert set(found) == {
        "class_id", "confidence", "label", "top", "processing_time", "gpu_utilization",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("absent.png", 404, protocol.NOT_FOUND),
        ("", 404, protocol.NOT_FOUND),
        ("text.png", 415, protocol.NOT_AN_IMAGE),
        ("..%2f..%2fetc%2fpasswd", 400, protocol.BAD_REQUEST),
        ("%2e%2e/%2e%2e/etc/passwd", 400, protocol.BAD_REQUEST),
        ("../../etc/passwd", 400, protocol.BAD_REQUEST),
        ("%2fetc%2fpasswd", 400, protocol.BAD_REQUEST),
        ("/etc/passwd", 400, protocol.BAD_REQUEST),
        ("x%00.png", 400, protocol.BAD_REQUEST),
        ("x" * 256, 400, protocol.BAD_REQUEST),
        ("%ff%fe", 404, protocol.NOT_FOUND),
        ("%252e%252e%252fx", 404, protocol.NOT_FOUND),
        ("..\\..\\x", 404, protocol.NOT_FOUND),
    ],
)
def test_names_that_are_refused(service: Running, path: str, status: int, code: str) -> None:
    told = service.get(f"/inference/{path}")
    assert (told.status, told.code) == (status, code)


def test_an_absent_picture_says_where_to_put_it(service: Running) -> None:
    assert "put it into the folder" in service.get("/inference/x").json()["error"]["message"]


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, protocol.EMPTY_FILE),
        (b"hello", 415, protocol.NOT_AN_IMAGE),
        (picture()[:60], 400, protocol.CUT_OFF),
        (picture(size=(101, 100)), 413, protocol.TOO_LARGE),
        (picture(size=(1, 5000)), 413, protocol.TOO_LARGE),  # once it is resized
        (b"x" * 200_000, 413, protocol.TOO_LARGE),
    ],
)
def test_files_that_are_refused(service: Running, content: bytes, status: int, code: str) -> None:
    told = service.predict(content)
    assert (told.status, told.code) == (status, code)
    assert told.headers["content-type"] == "application/json"


def test_one_of_several_is_named_by_its_number(service: Running) -> None:
    told = service.predict(picture(), b"hello")
    assert told.status == 415
    assert told.json()["error"]["message"].startswith("file 2: ")


def test_a_failing_runtime_says_nothing_of_itself(service: Running) -> None:
    told = service.predict(picture(0))
    assert (told.status, told.code) == (500, protocol.INFERENCE_FAILED)
    assert b"/app" not in told.body
    assert service.predict(picture()).status == 200


def test_a_body_that_is_no_form_is_refused(service: Running) -> None:
    told = service.request("POST", "/predict", picture(), {"Content-Type": "image/png"})
    assert (told.status, told.code) == (415, WRONG_TYPE)


def test_unknown_paths_and_methods(service: Running) -> None:
    assert (service.get("/nothing").status, service.get("/nothing").code) == (404, "not-found")
    told = service.get("/predict")
    assert (told.status, told.code, told.headers["allow"]) == (405, WRONG_METHOD, "POST")
    told = service.request("DELETE", "/inference/x")
    assert (told.status, told.headers["allow"]) == (405, "GET, POST")
    assert service.request("POST", "/health").headers["allow"] == "GET"


def test_the_page_of_the_api_is_complete(service: Running) -> None:
    schema = service.get("/openapi.json").json()
    assert sorted(schema["paths"]) == sorted(PATHS)
    predict = schema["paths"]["/predict"]["post"]
    assert list(predict["requestBody"]["content"]) == ["multipart/form-data"]
    assert set(predict["responses"]) >= {"200", "400", "408", "413", "415", "422", "503"}
    for operations in schema["paths"].values():
        for operation in operations.values():
            answers = operation["responses"]
            wrong = [one for one in answers if int(one) >= 400 and one != "503"]
            assert all("ErrorAnswer" in json.dumps(answers[one]) for one in wrong)


def test_the_api_page_loads_nothing_from_elsewhere(service: Running) -> None:
    page = service.get("/docs")
    assert page.status == 200
    assert b"http://" not in page.body
    assert b"https://" not in page.body
    for name, start in (("swagger-ui-bundle.js", b"/*!"), ("swagger-ui.css", b".swagger-ui")):
        file = service.get(f"/docs/{name}")
        assert file.status == 200
        assert start in file.body[:200]
    assert service.get("/docs/..%2f__init__.py").status == 404
    assert service.get("/docs/other.js").status == 404


def test_what_is_counted(images: Path) -> None:
    with running(images=images) as service:
        service.predict(picture(), picture())
        service.predict(b"hello")
        service.get("/inference/absent")
        service.get("/some/secret/path")
        text = service.get("/metrics")
        assert text.headers["content-type"].startswith("text/plain; version=0.0.4")
        for line in (
            'slimbench_requests_total{path="/predict",status="200"} 1.0',
            'slimbench_requests_total{path="/predict",status="415"} 1.0',
            'slimbench_requests_total{path="/inference/{filename}",status="404"} 1.0',
            'slimbench_requests_total{path="other",status="404"} 1.0',
            'slimbench_request_seconds_count{path="/predict"} 2.0',
            "slimbench_batch_pictures_sum 2.0",
            "slimbench_in_flight 1.0",
            'slimbench_rejected_total{reason="not-an-image"} 1.0',
        ):
            assert line in text.body.decode().splitlines()
        assert b"secret" not in text.body
        assert b"process_resident_memory_bytes" in text.body


def test_requests_that_come_together_are_one_batch() -> None:
    with running() as service:
        service.model.gate.clear()
        first = threading.Thread(target=service.predict, args=(picture(),))
        first.start()
        assert service.model.entered.wait(5)
        answers: dict[int, int] = {}

        def ask(red: int) -> None:
            answers[red] = service.predict(picture(red)).json()["class_id"]

        others = [threading.Thread(target=ask, args=(red,)) for red in (26, 128, 230)]
        for one in others:
            one.start()
        wait_until(lambda: service.server.service.batcher.waiting == 3)
        service.model.gate.set()
        for one in [first, *others]:
            one.join()
        assert service.model.batches == [1, 3]
        assert answers == {26: 1, 128: 5, 230: 9}


def test_a_bad_picture_fails_nobody_elses_request() -> None:
    with running() as service:
        service.model.gate.clear()
        first = threading.Thread(target=service.predict, args=(picture(),))
        first.start()
        assert service.model.entered.wait(5)
        answers: dict[bytes, int] = {}

        def ask(content: bytes) -> None:
            answers[content] = service.predict(content).status

        contents = [picture(0), b"hello", picture(200)]
        others = [threading.Thread(target=ask, args=(one,)) for one in contents]
        for one in others:
            one.start()
        wait_until(lambda: service.server.service.batcher.waiting == 3)
        service.model.gate.set()
        for one in [first, *others]:
            one.join()
        assert [answers[one] for one in contents] == [500, 415, 200]


def test_a_full_queue_answers_503_and_forgets_nobody() -> None:
    with running(queue=2, max_batch=1, max_files=1) as service:
        service.model.gate.clear()
        statuses: list[int] = []

        def ask() -> None:
            statuses.append(service.predict(picture()).status)

        asking = [threading.Thread(target=ask) for _ in range(3)]
        asking[0].start()
        assert service.model.entered.wait(5)
        for one in asking[1:]:
            one.start()
        wait_until(lambda: service.server.service.batcher.waiting == 2)
        told = service.predict(picture())
        assert (told.status, told.code, told.headers["retry-after"]) == (503, BUSY, "1")
        service.model.gate.set()
        for one in asking:
            one.join()
        assert statuses == [200] * 3
        assert service.metric('slimbench_rejected_total{reason="busy"}') == 1


def test_while_it_is_loading_it_lives_but_is_not_ready() -> None:
    go_on = threading.Event()

    def load() -> None:
        go_on.wait(20)
        raise InferenceError(protocol.MODEL_UNUSABLE, "it is damaged")

    with running(load) as service:
        assert service.get("/live").status == 200
        told = service.get("/ready")
        assert (told.status, told.json()) == (503, {"status": "loading"})
        health = service.get("/health")
        assert health.status == 503
        assert health.json() == {
            "status": "loading",
            "model_loaded": False,
            "gpu_available": False,
        }
        told = service.predict(picture())
        assert (told.status, told.code, told.headers["retry-after"]) == (503, LOADING, "1")
        go_on.set()
    assert service.server.service.failure.message == "it is damaged"


def test_a_lone_request_is_its_own_batch(service: Running) -> None:
    service.model.batches.clear()
    assert service.predict(picture()).status == 200
    assert service.model.batches == [1]


def test_several_requests_on_one_connection(service: Running) -> None:
    body, headers = multipart([picture()])
    lines = [f"{name}: {value}\r\n" for name, value in headers.items()]
    head = (
        f"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n{''.join(lines)}\r\n"
    )
    with service.connect() as client:
        client.sendall((head.encode() + body) * 3)
        seen = b""
        while seen.count(b"HTTP/1.1 200 OK") < 3 or seen.count(b'"gpu_utilization":null}') < 3:
            seen += client.recv(65536)
