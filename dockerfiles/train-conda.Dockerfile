# train-conda: the same training on Miniconda, with Python from conda and the CPU build of torch from the locked wheels.
# Teaches: what a package manager with compilers' runtimes of its own adds to an image. It can't be built without a registry.
ARG BASE=docker.io/continuumio/miniconda3:24.11.1-0@sha256:6a66425f001f739d4778dd732e020afeb06175f49478fafc3ec673658d61550b
FROM ${BASE}

# The wheels are for Python 3.11, and the base has 3.12. conda fetches it from its own channels.
RUN conda create --yes --prefix /opt/venv python=3.11 pip && conda clean --all --yes
ENV PATH=/opt/venv/bin:$PATH

# slimbench points the first three at its wheelhouse. By hand, pip asks its index, and the extra one for CPU torch.
ARG PIP_NO_INDEX
ARG PIP_FIND_LINKS
ARG PIP_TRUSTED_HOST
ARG PIP_EXTRA_INDEX_URL

COPY dockerfiles/requirements/torch-cpu.txt /tmp/requirements.txt
RUN pip install --no-cache-dir --require-hashes -r /tmp/requirements.txt

WORKDIR /app
COPY inference/*.py inference/
ENTRYPOINT ["python", "-m", "inference"]
CMD ["train"]
