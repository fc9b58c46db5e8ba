"""The FastAPI application: routes, the API page, and every error in one form."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from inference import protocol
from inference.failures import InferenceError
from inference.serving.api_page import add_api_page
from inference.serving.metrics import CLIENT_GONE
from inference.serving.refusals import (
    INTERNAL,
    STATUS,
    WRONG_METHOD,
    ClientGone,
    Refusal,
    from_inference,
)
from inference.serving.routes import add_routes
from inference.serving.service import Service
from inference.serving.watching import Watched

VERSION = "1"
# FastAPI's own: nothing is to be sent anywhere, whatever the environment says.
NO_TELEMETRY: Any = dict.fromkeys(("tracing", "metrics", "logs", "auto_configure"), False)


def application(service: Service) -> Watched:
    """What uvicorn calls."""
    app = FastAPI(
        title="slimbench",
        description="Image classification",
        version=VERSION,
        docs_url=None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        telemetry=NO_TELEMETRY,
    )
    add_routes(app, service)
    add_api_page(app)
    _add_errors(app, service)
    return Watched(app, service.metrics)


def _add_errors(app: FastAPI, service: Service) -> None:
    def answer(refusal: Refusal) -> Response:
        service.metrics.rejected.labels(refusal.code).inc()
        return Response(refusal.body(), refusal.status, refusal.headers, "application/json")

    @app.exception_handler(Refusal)
    async def refused(_request: Request, error: Refusal) -> Response:
        return answer(error)

    @app.exception_handler(InferenceError)
    async def failed(_request: Request, error: InferenceError) -> Response:
        return answer(from_inference(error))

    @app.exception_handler(ClientGone)
    async def gone(_request: Request, _error: ClientGone) -> Response:
        return Response(status_code=CLIENT_GONE)  # sent nowhere: the connection is closed

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> Response:
        return answer(_invalid(error))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        return answer(_http(app, request, error))


def _invalid(error: RequestValidationError) -> Refusal:
    """The first thing wrong, without the value, which is the client's."""
    first = error.errors()[0]
    message = f"'{first['loc'][-1]}': {first['msg'].lower()}"
    return Refusal(protocol.BAD_REQUEST, message, status=422)


def _http(app: FastAPI, request: Request, error: HTTPException) -> Refusal:
    """What the router refuses: an unknown path or a method that a path doesn't have."""
    if error.status_code == STATUS[WRONG_METHOD]:
        headers = {"Allow": ", ".join(_methods(app, request.scope))}
        return Refusal(WRONG_METHOD, "this path has other methods", headers=headers)
    if error.status_code == STATUS[protocol.NOT_FOUND]:
        return Refusal(protocol.NOT_FOUND, "there is no such path")
    return Refusal(INTERNAL, "an internal error", status=error.status_code)


def _methods(app: FastAPI, scope: Any) -> list[str]:
    """All methods of the routes at this path."""
    routes = [one for one in app.routes if one.matches(scope)[0] is not Match.NONE]
    return sorted({method for one in routes for method in getattr(one, "methods", None) or ()})
