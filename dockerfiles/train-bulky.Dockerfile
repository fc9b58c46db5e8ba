# train-bulky: a training as one begins it. A full Python image, and what `pip install torch torchvision` brings along.
# Teaches: what pip brings along for GPUs is stored, pulled and imported by every machine that trains without one, too.
ARG BASE=docker.io/library/python:3.11-bookworm@sha256:94c2dca43c9c127e42dfd021039cc83d8399752097612b49bdc7b00716b6d826
FROM ${BASE}

# The editor that one "just needs for a moment"; the registry's image has everything else.
RUN command -v vim || (apt-get update && apt-get install --yes --no-install-recommends vim && rm -rf /var/lib/apt/lists/*)

# slimbench points the first three at its wheelhouse. By hand, pip asks its index, and the extra one for CPU torch.
ARG PIP_NO_INDEX
ARG PIP_FIND_LINKS
ARG PIP_TRUSTED_HOST
ARG PIP_EXTRA_INDEX_URL

RUN python3 -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH

COPY dockerfiles/requirements/torch-cuda.txt /tmp/requirements.txt
RUN pip install --no-cache-dir --require-hashes -r /tmp/requirements.txt

WORKDIR /app
COPY inference/*.py inference/
ENTRYPOINT ["python", "-m", "inference"]
CMD ["train"]
