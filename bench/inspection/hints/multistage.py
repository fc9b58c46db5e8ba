"""The Dockerfile lines that leave what only the build needs in a build stage."""

from __future__ import annotations

from bench.inspection.anatomy import Anatomy
from bench.inspection.hints.interpreter import versions

_LINES = """FROM python:{version} AS build
RUN python -m venv /opt/pip && python -m venv --without-pip /opt/venv
COPY requirements.txt /tmp/requirements.txt
RUN /opt/pip/bin/pip --python /opt/venv/bin/python install --no-cache-dir -r /tmp/requirements.txt

FROM python:{version}-slim
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH"""


def multistage(anatomy: Anatomy) -> str:
    """Two stages for the image's Python; pip has an environment of its own in the first."""
    found = versions(anatomy.contents.files)
    return _LINES.format(version=found[-1] if found else "3")
