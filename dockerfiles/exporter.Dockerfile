# exporter: turns a torchvision model into the artefacts that every variant loads.
# An image of its own, so that neither the host nor a measured image needs torchvision or onnx.
ARG BASE=docker.io/library/python:3.11-slim-bookworm@sha256:a36c24f9cbdf4fd0f52d67f0823eeac19c2028c637cecc392d97f980d4fec56b
FROM ${BASE}

# slimbench points the first three at its wheelhouse. By hand, pip asks its index, and the extra one for CPU torch.
ARG PIP_NO_INDEX
ARG PIP_FIND_LINKS
ARG PIP_TRUSTED_HOST
ARG PIP_EXTRA_INDEX_URL

RUN python3 -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH

COPY dockerfiles/requirements/exporter.txt /tmp/requirements.txt
RUN pip install --no-cache-dir --require-hashes -r /tmp/requirements.txt

WORKDIR /app
COPY inference inference
ENTRYPOINT ["python", "-m", "inference.exporter"]
