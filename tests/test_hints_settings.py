from __future__ import annotations

import pytest
from hinted_images import CLEAN, advised, rule
from saved_images import taken_apart

from builders.labels import BASE, BASE_SOURCE

NAME = "org.opencontainers.image.base.name"
DIGEST = "org.opencontainers.image.base.digest"
PINNED = f"python:3.11@sha256:{'a' * 64}"


@pytest.mark.parametrize(
    ("user", "root"), [("", True), ("root", True), ("0:0", True), ("65532", False)]
)
def test_a_service_has_a_user_of_its_own(user: str, root: bool):
    hint = advised("root-user", CLEAN, user=user)
    assert (hint is not None) == root
    if hint is not None:
        assert hint.dockerfile.startswith("USER ")


@pytest.mark.parametrize(
    ("labels", "named"),
    [
        ({NAME: "docker.io/library/python:3.11"}, "docker.io/library/python:3.11"),
        ({BASE: "python:3.11", BASE_SOURCE: "pull"}, "python:3.11"),
        ({}, None),
        ({NAME: PINNED}, None),
        ({NAME: "python:3.11", DIGEST: "sha256:" + "a" * 64}, None),
        ({BASE: PINNED, BASE_SOURCE: "pull"}, None),
        ({BASE: "sha256:" + "a" * 64, BASE_SOURCE: "bootstrap"}, None),
    ],
)
def test_a_base_is_named_by_its_digest(labels: dict[str, str], named: str | None):
    hint = advised("mutable-base-tag", CLEAN, labels=labels)
    assert (hint is not None) == (named is not None)
    if hint is not None:
        assert f"is {named}," in hint.evidence[0]
        assert f"FROM {named}@sha256:" in hint.dockerfile


def test_secrets_are_told_as_they_were_masked():
    environment = ("DATABASE_PASSWORD=correct-horse-battery-staple",)
    image = taken_apart(CLEAN, environment=environment)
    assert image.security.secrets
    hint = rule("secrets").advise(image)
    assert "DATABASE_PASSWORD" in hint.evidence[0]
    assert "correct-horse" not in str(hint)
    assert "--mount=type=secret" in hint.dockerfile
    assert "change the value" in hint.dockerfile


def test_a_secret_in_a_layer_names_it():
    body = "\n".join(["MIIEowIBAAKCAQEAx7Vb0vJ3kq2r9mFzYt4WcS1eLhUoPdNgAiXj5TyQ8uKwRbCf"] * 12)
    key = f"-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----\n"
    image = taken_apart(CLEAN, {"root/key": key}, {"root/.wh.key": ""})
    hint = rule("secrets").advise(image)
    assert len(hint.evidence) == 1
    assert "/root/key in layer 1" in hint.evidence[0]
    assert "MIIEowIBAAKC" not in str(hint)


def test_an_image_without_secrets_is_no_fault():
    assert advised("secrets", CLEAN, environment=("PATH=/bin",)) is None
