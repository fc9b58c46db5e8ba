"""The deployment file and the served image, started as the platform would start it."""

from __future__ import annotations

import pytest

from builders.engine import Engine
from deploy.cerebrium_file import read
from deploy.check_cerebrium import FILE, IMAGE, check_image

pytestmark = [pytest.mark.engine, pytest.mark.variants]


def test_the_deployment_file_and_the_image_agree(engine: Engine) -> None:
    if engine.image(IMAGE) is None:
        pytest.skip(f"needs {IMAGE}: `slimbench build onnx-gpu --workload serve`")
    checks = list(check_image(engine, read(FILE), IMAGE))
    assert [check for check in checks if not check.holds] == []
    assert [check.subject for check in checks] == ["image", "command", "ready", "health", "device"]
