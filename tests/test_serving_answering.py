"""A batch of jobs to their answers: decoded from memory, each request on its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from running_service import RedModel, classifier, picture

from inference import protocol
from inference.failures import InferenceError
from inference.pictures import decode_picture, read_picture
from inference.serving.answering import answer
from inference.serving.batching import Job, Picture
from inference.serving.image_folder import ImageFile
from inference.serving.refusals import ClientGone, Refusal

MAX_PIXELS = 10_000


def job(*pictures: Picture, top: int = 1, gone: bool = False) -> Job:
    return Job(pictures, top, None, lambda: gone)  # type: ignore[arg-type]


def classes(outcome: Any) -> list[list[int]]:
    return [[one["class_id"] for one in top] for top in outcome]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "BMP", "GIF", "PPM"])
def test_a_picture_in_memory_is_the_one_in_its_file(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x"
    path.write_bytes(picture(kind=kind))
    decoded = decode_picture(path.read_bytes(), MAX_PIXELS)
    assert np.array_equal(np.asarray(decoded), np.asarray(read_picture(str(path))))


def test_no_content_is_no_picture() -> None:
    with pytest.raises(InferenceError) as caught:
        decode_picture(b"")
    assert (caught.value.code, caught.value.path) == (protocol.EMPTY_FILE, "")


def test_jobs_share_one_call_and_get_what_they_asked_for() -> None:
    model = RedModel()
    jobs = [job(picture(26), picture(230), top=2), job(picture(128))]
    found = answer(classifier(model), jobs, MAX_PIXELS)
    assert model.batches == [3]
    assert [classes(one) for one in found] == [[[1, 2], [9, 8]], [[5]]]


def test_a_file_of_the_folder_is_read_when_its_turn_comes(tmp_path: Path) -> None:
    waiting = job(ImageFile(tmp_path, "x.png", 10_000))
    (tmp_path / "x.png").write_bytes(picture())
    assert classes(answer(classifier(RedModel()), [waiting], MAX_PIXELS)[0]) == [[7]]


def test_who_has_gone_and_what_cannot_be_read_never_reach_the_model() -> None:
    model = RedModel()
    jobs = [job(picture(), gone=True), job(b"no picture"), job(picture(), b"no picture")]
    gone, alone, second = answer(classifier(model), jobs, MAX_PIXELS)
    assert model.batches == []
    assert isinstance(gone, ClientGone)
    assert isinstance(alone, Refusal)
    assert isinstance(second, Refusal)
    assert alone.message.startswith("it is none of JPEG, ")
    assert second.message.startswith("file 2: it is none of JPEG, ")


def test_what_the_runtime_fails_on_is_refused_alone() -> None:
    model = RedModel()
    good, black, better = answer(
        classifier(model), [job(picture(26)), job(picture(0)), job(picture(230))], MAX_PIXELS
    )
    assert model.batches == [3, 1, 1, 1]
    assert (classes(good), classes(better)) == ([[1]], [[9]])
    assert isinstance(black, Refusal)
    assert (black.status, black.message) == (500, "the runtime failed on this picture")
