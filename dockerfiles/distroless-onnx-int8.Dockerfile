# distroless-onnx-int8: distroless-onnx with an int8 model in place of the float32 one.
# Teaches: a quantised model is a quarter of the size, and answers a little differently.
ARG BUILD_BASE=docker.io/library/python:3.11-bookworm@sha256:94c2dca43c9c127e42dfd021039cc83d8399752097612b49bdc7b00716b6d826
ARG BASE=gcr.io/distroless/python3-debian12:nonroot@sha256:7d1042ce588ab97019fe95c24ffca7bc5a82ccdac572511d5e09bda4435c89c5

FROM ${BUILD_BASE} AS build
# slimbench points the first three at its wheelhouse. By hand, pip asks its index, and the extra one for CPU torch.
ARG PIP_NO_INDEX
ARG PIP_FIND_LINKS
ARG PIP_TRUSTED_HOST
ARG PIP_EXTRA_INDEX_URL
# pip lives in an environment of its own, so that the one to be copied has none.
RUN python3 -m venv /opt/pip && python3 -m venv --without-pip /opt/venv
COPY dockerfiles/requirements/onnx.txt /tmp/requirements.txt
RUN /opt/pip/bin/pip --python /opt/venv/bin/python install --no-cache-dir --require-hashes -r /tmp/requirements.txt
COPY dockerfiles/prune.py /tmp/prune.py
RUN python3 /tmp/prune.py /opt/venv

FROM ${BASE}
# Packages alone: an environment's links point at the build stage's interpreter, which may lie elsewhere.
COPY --from=build /opt/venv/lib/python3.11/site-packages /opt/site-packages
ENV PYTHONPATH=/opt/site-packages

WORKDIR /app
COPY inference/*.py inference/
ARG MODEL=mobilenet_v2
COPY artifacts/${MODEL}/model.int8.onnx artifacts/${MODEL}/class_names.txt artifacts/${MODEL}/manifest.json model/
USER 65532:65532
ENTRYPOINT ["/usr/bin/python3", "-m", "inference"]
