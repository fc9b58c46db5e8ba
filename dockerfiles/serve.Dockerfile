# serve: any rung, with the HTTP service on top. By hand: --build-arg RUNG=slimbench/onnx:latest
# Teaches: a web framework is a layer of its own; images that only predict go without.
ARG BUILD_BASE=docker.io/library/python:3.11-bookworm@sha256:94c2dca43c9c127e42dfd021039cc83d8399752097612b49bdc7b00716b6d826
ARG RUNG=slimbench/distroless-onnx:latest

FROM ${BUILD_BASE} AS build
# slimbench points the first three at its wheelhouse. By hand, pip asks its index.
ARG PIP_NO_INDEX
ARG PIP_FIND_LINKS
ARG PIP_TRUSTED_HOST
# pip lives in an environment of its own, so that the one to be copied has none.
RUN python3 -m venv /opt/pip && python3 -m venv --without-pip /opt/venv
COPY dockerfiles/requirements/serve.txt /tmp/requirements.txt
RUN /opt/pip/bin/pip --python /opt/venv/bin/python install --no-cache-dir --require-hashes -r /tmp/requirements.txt
COPY dockerfiles/prune.py /tmp/prune.py
RUN python3 /tmp/prune.py /opt/venv

FROM ${RUNG}
# In front of the rung's own packages, wherever those are: an environment's, or /opt/site-packages.
COPY --from=build /opt/venv/lib/python3.11/site-packages /opt/serve
ENV PYTHONPATH=/opt/serve:/opt/site-packages
COPY inference/serving/*.py inference/serving/
# Nothing needs to be written, and no port below 1024 is opened: no rung serves as root.
USER 65532:65532
EXPOSE 8000
CMD ["serve"]
