"""The operations of the service."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import FastAPI, Path, Query, Request, Response

from inference.nvidia import utilization_percent
from inference.serving.batching import Arrival, Picture, Top
from inference.serving.image_folder import ImageFile, checked_name
from inference.serving.metrics import CONTENT_TYPE
from inference.serving.schemas import (
    MAX_TOP,
    PREDICTED,
    Greeting,
    Health,
    Prediction,
    Status,
    errors,
    upload_body,
)
from inference.serving.service import READY, Service
from inference.serving.upload import Buffers, read_files

TopCount = Annotated[int, Query(ge=1, le=MAX_TOP, description="how many classes")]
FileName = Annotated[str, Path(description="a picture's name in the mounted images folder")]


def json_answer(content: Any, status: int = 200) -> Response:
    """JSON, as small as it gets."""
    body = json.dumps(content, separators=(",", ":")).encode()
    return Response(body, status, media_type="application/json")


def add_routes(app: FastAPI, service: Service) -> None:
    """All operations; those under load first, since they are tried in order."""
    _add_predict(app, service)
    _add_inference(app, service)
    _add_status(app, service)


def _add_predict(app: FastAPI, service: Service) -> None:
    buffers = Buffers(service.settings.max_buffered_bytes)

    @app.post(
        "/predict",
        summary="Classify uploaded pictures",
        responses={200: PREDICTED, **errors(400, 408, 413, 415, 422, 500, 503)},
        openapi_extra=upload_body(service.settings.max_files),
    )
    async def predict(request: Request, top: TopCount = 5) -> Response:
        """One file gives one object; several files are one batch and give a list."""
        arrival = service.arrive()
        try:
            with buffers.account() as take:
                files = await read_files(request.headers, request.receive, take, service.settings)
                return await _answer(service, request, files, top, arrival)
        finally:
            service.batcher.leave(arrival)


def _add_inference(app: FastAPI, service: Service) -> None:
    folder, most = service.settings.images, service.settings.max_body_bytes
    responses = {200: {"model": Prediction}, **errors(400, 404, 413, 415, 422, 500, 503)}

    async def infer(request: Request, filename: FileName, top: TopCount = 5) -> Response:
        """The classes of a picture that lies there; an absent one is a 404 that says so."""
        picture = ImageFile(folder, checked_name(filename), most)
        arrival = service.arrive()
        try:
            return await _answer(service, request, [picture], top, arrival)
        finally:
            service.batcher.leave(arrival)

    for method in ("GET", "POST"):
        app.add_api_route(
            "/inference/{filename:path}",
            infer,
            methods=[method],
            operation_id=f"infer_{method.lower()}",
            summary="Classify a picture of the mounted images folder",
            responses=responses,
        )


async def _answer(
    service: Service, request: Request, pictures: Sequence[Picture], top: int, arrival: Arrival
) -> Response:
    begin = time.perf_counter()
    transport = request.scope["state"]["transport"]
    tops = await service.classify(pictures, top, arrival, transport)
    seconds = time.perf_counter() - begin
    timed = {"processing_time": seconds, "gpu_utilization": utilization_percent()}
    if len(tops) == 1:
        return json_answer({**_classes(tops[0]), **timed})
    return json_answer({"predictions": [_classes(one) for one in tops], **timed})


def _classes(top: Top) -> dict[str, Any]:
    best = top[0]
    return {
        "class_id": best["class_id"],
        "confidence": best["prob"],
        "label": best["label"],
        "top": top,
    }


def _add_status(app: FastAPI, service: Service) -> None:
    @app.get("/health", responses={200: {"model": Health}, 503: {"model": Health}})
    async def health() -> Response:
        """What runs here."""
        return json_answer(service.health(), 200 if service.facts else 503)

    @app.get("/live", responses={200: {"model": Status}})
    async def live() -> Response:
        """The process answers; nothing is said of the model."""
        return json_answer({"status": "alive"})

    @app.get("/ready", responses={200: {"model": Status}, 503: {"model": Status}})
    async def ready() -> Response:
        """200 from when the model is loaded until the service is told to end."""
        return json_answer({"status": service.state}, 200 if service.state == READY else 503)

    @app.get("/", responses={200: {"model": Greeting}})
    async def root() -> Response:
        """That it runs, and where to read more."""
        return json_answer({"service": "slimbench", "message": "It runs; /docs says how to ask."})

    @app.get("/metrics", responses={200: {"content": {"text/plain": {}}}})
    async def metrics() -> Response:
        """For Prometheus."""
        return Response(service.metrics.text(), media_type=CONTENT_TYPE)
