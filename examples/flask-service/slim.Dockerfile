# Slim: installed and trained in a full image; the environment and the model are copied into a slim one.
ARG BUILD_BASE=docker.io/library/python:3.11-bookworm@sha256:94c2dca43c9c127e42dfd021039cc83d8399752097612b49bdc7b00716b6d826
ARG BASE=docker.io/library/python:3.11-slim-bookworm@sha256:a36c24f9cbdf4fd0f52d67f0823eeac19c2028c637cecc392d97f980d4fec56b

FROM ${BUILD_BASE} AS build
# slimbench points these at its wheelhouse. By hand they are empty, and pip asks its index.
ARG PIP_NO_INDEX
ARG PIP_FIND_LINKS
ARG PIP_TRUSTED_HOST
# pip lives in an environment of its own, so that the one to be copied has none.
RUN python3 -m venv /opt/pip && python3 -m venv --without-pip /opt/venv
COPY requirements.txt /tmp/
RUN /opt/pip/bin/pip --python /opt/venv/bin/python install --no-cache-dir --require-hashes -r /tmp/requirements.txt
COPY train.py /tmp/
RUN /opt/venv/bin/python /tmp/train.py /tmp/model.json
RUN find /opt/venv -type d -name tests -prune -exec rm -r {} +

FROM ${BASE}
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /app
COPY app.py .
COPY --from=build /tmp/model.json .
USER 65532:65532
EXPOSE 8000
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "--threads", "4", "app:app"]
