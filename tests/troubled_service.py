"""Runs inside an image: serves rightly until its third timed request, then gives trouble."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

OTHER_PICTURE = "02-l-256x256.png"


def trouble(kind: str, request: dict) -> None:
    """What goes wrong; a request that is changed is answered for another picture."""
    if kind == "hangs":
        time.sleep(3600)
    if kind == "garbage":
        print("\0 no JSON", flush=True)  # noqa: T201
    if kind == "memory":
        held = []
        while True:
            held.append(b"x" * 2**20)
    if kind == "wrong":
        request["path"] = str(Path(request["path"]).with_name(OTHER_PICTURE))


def main(kind: str, words: list[str]) -> int:
    """Pass each request on to the service of the image."""
    service = [sys.executable, "-m", "inference", *words]
    child = subprocess.Popen(service, stdin=subprocess.PIPE)
    timed = 0
    for line in sys.stdin:
        request = json.loads(line)
        timed += request["op"] == "predict" and not request.get("probs")
        if timed == 3 and kind == "ends":
            child.kill()
            return child.wait() and 3
        if timed == 3:
            trouble(kind, request)
        child.stdin.write(json.dumps(request).encode() + b"\n")
        child.stdin.flush()
        if request["op"] == "quit":
            break
    child.stdin.close()
    return child.wait()


sys.exit(main(sys.argv[1], sys.argv[2:]))
