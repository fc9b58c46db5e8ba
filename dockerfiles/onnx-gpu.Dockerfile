# onnx-gpu: as onnx, with the ONNX Runtime that is built for CUDA, and CUDA's and cuDNN's libraries from their wheels.
# Teaches: what a GPU costs in bytes. The driver isn't among them: the host's NVIDIA runtime mounts it, `docker run --gpus all`.
ARG BUILD_BASE=docker.io/library/python:3.11-bookworm@sha256:94c2dca43c9c127e42dfd021039cc83d8399752097612b49bdc7b00716b6d826
ARG BASE=docker.io/library/python:3.11-slim-bookworm@sha256:a36c24f9cbdf4fd0f52d67f0823eeac19c2028c637cecc392d97f980d4fec56b

FROM ${BUILD_BASE} AS build
# slimbench points the first three at its wheelhouse. By hand, pip asks its index, and the extra one for CPU torch.
ARG PIP_NO_INDEX
ARG PIP_FIND_LINKS
ARG PIP_TRUSTED_HOST
ARG PIP_EXTRA_INDEX_URL
# pip lives in an environment of its own, so that the one to be copied has none.
RUN python3 -m venv /opt/pip && python3 -m venv --without-pip /opt/venv
COPY dockerfiles/requirements/onnx-gpu.txt /tmp/requirements.txt
RUN /opt/pip/bin/pip --python /opt/venv/bin/python install --no-cache-dir --require-hashes -r /tmp/requirements.txt
COPY dockerfiles/prune.py /tmp/prune.py
RUN python3 /tmp/prune.py /opt/venv

FROM ${BASE}
# The registry's slim image brings pip: hidden here, though its bytes stay in the base's layer.
RUN rm -rf /usr/local/bin/pip* /usr/local/lib/python3.*/site-packages/pip*
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
# What of the driver is wanted: for computing, and for the figures of NVML.
ENV NVIDIA_DRIVER_CAPABILITIES=compute,utility
# Without a GPU it ends with an error; SLIMBENCH_GPU_FALLBACK=1 or --gpu-fallback lets it do with the CPU.
ENV SLIMBENCH_DEVICE=cuda

WORKDIR /app
COPY inference/*.py inference/
ARG MODEL=mobilenet_v2
COPY artifacts/${MODEL}/model.onnx artifacts/${MODEL}/class_names.txt artifacts/${MODEL}/manifest.json model/
USER 65532:65532
ENTRYPOINT ["python", "-m", "inference"]
