"""A service and a command of a user's own for the real engine: Python's standard library alone.

The base is the repository's `slim`, by the very same recipe, so that its image is the one there.
"""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

import yaml
from real_project import REPOSITORY, RealProject

from builders.engine import Engine

PROGRAM = """\
import json, os, signal, sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer

MODE = os.environ.get("MODE", "right")

def classified(features):
    score = round(sum(features) / 10, 3)
    return {"species": "rose" if MODE == "wrong" else "setosa", "score": score}

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.say(503 if MODE == "unready" else 200, "ok")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if MODE == "silent":
            time.sleep(60)
        if MODE == "text":
            return self.say(200, "no JSON")
        self.say(200, json.dumps(classified(json.loads(body)["features"])))

    def say(self, status, text):
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *arguments):
        pass

if MODE != "stubborn":  # as process 1 it would ignore the request to stop
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
if MODE == "exits":
    sys.exit("no model found")
if len(sys.argv) > 1:
    if MODE == "silent":
        time.sleep(60)
    print("loading", file=sys.stderr)
    with open(sys.argv[1]) as stream:
        print(json.dumps(classified(json.load(stream)["features"])))
else:
    place = "127.0.0.1" if MODE == "local" else "0.0.0.0"
    HTTPServer((place, 5000), Handler).serve_forever()
"""
DOCKERFILE = """\
ARG BASE
FROM ${BASE} AS build
COPY . /app
FROM ${BASE}
ARG MODE=right
ENV MODE=${MODE}
COPY --from=build /app/app.py /app/
ENTRYPOINT ["python3", "/app/app.py"]
"""
HTTP = {
    "http": {
        "port": 5000,
        "ready": "/health",
        "request": {"path": "/predict", "json": {"features": [5.1, 3.5, 1.4, 0.2]}},
        "expect": {"json": {"$.species": "setosa", "$.score": 1.0}, "tolerance": 0.05},
    },
    "timeout": "4s",
}
COMMAND = {
    "command": {
        "arguments": ["/data/flower.json"],
        "files": {"/data": "data"},
        "expect": {"json": {"$.species": "setosa"}, "same": ["$.score"]},
    },
    "timeout": "4s",
}
MEASUREMENT = {"fewest_cold_starts": 2, "most_cold_starts": 2, "warmups": 1, "requests": 3}


def write_own_project(
    root: Path, engine: Engine, service: dict[str, Any], modes: tuple[str, ...], **more: Any
) -> RealProject:
    """A folder with one variant for each mode; a mode says what goes wrong in it."""
    (root / "data").mkdir(parents=True)
    (root / "data" / "flower.json").write_text(json.dumps({"features": [5.1, 3.5, 1.4, 0.2]}))
    (root / "app.py").write_text(textwrap.dedent(PROGRAM))
    (root / "Dockerfile").write_text(DOCKERFILE)
    repository = yaml.safe_load((REPOSITORY / "variants.yaml").read_text(encoding="utf-8"))
    matrix = {
        "version": 1,
        "reference": modes[0],
        "service": service,
        "bases": {"slim": repository["bases"]["slim"]},
        "measurement": MEASUREMENT,
        "defaults": {"base": "slim", "dockerfile": "Dockerfile", "disk": 1},
        "variants": {
            mode: {"changed": mode, "build_args": {"MODE": mode}, **more.get(mode, {})}
            for mode in modes
        },
    }
    text = yaml.safe_dump(matrix, sort_keys=False)
    (root / "variants.yaml").write_text(text, encoding="utf-8")
    return RealProject(root, engine)
