"""Which error a registry's, a proxy's or the network's words become."""

from __future__ import annotations

import pytest

from builders.errors import EngineError, ImageNotFound, PullFailed, RegistryUnreachable
from builders.image_pull import pull_failure

REFERENCE = "registry.example/python@sha256:0"


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (RegistryUnreachable, 'Get "http://x/v2/": dial tcp 127.0.0.1:1: connect: refused'),
        (RegistryUnreachable, "dial tcp: lookup registry.example on 10.0.0.1:53: no such host"),
        (RegistryUnreachable, 'Get "https://x/v2/": net/http: TLS handshake timeout'),
        (RegistryUnreachable, 'Get "https://x/v2/": x509: certificate signed by unknown authority'),
        (RegistryUnreachable, 'Get "https://x/v2/": read tcp 1:2->3:4: connection reset by peer'),
        (RegistryUnreachable, "context deadline exceeded (Client.Timeout exceeded)"),
        (RegistryUnreachable, "http: server gave HTTP response to HTTPS client"),
        (RegistryUnreachable, "error parsing HTTP 403 response body: invalid character '<'"),
        (RegistryUnreachable, "received unexpected HTTP status: 503 Service Unavailable"),
        (RegistryUnreachable, 'Get "https://x/v2/": proxyconnect tcp: EOF'),
        (RegistryUnreachable, "unexpected EOF"),
        (RegistryUnreachable, 'Get "https://x/v2/": Forbidden'),
        (RegistryUnreachable, 'Get "https://x/v2/": Proxy Authentication Required'),
        (RegistryUnreachable, 'Get "https://x/v2/": Service Unavailable'),
        (RegistryUnreachable, 'Get "https://x/v2/": Bad Gateway'),
        (RegistryUnreachable, 'Get "https://x/v2/": Gateway Timeout'),
        (RegistryUnreachable, "toomanyrequests: You have reached your pull rate limit"),
        (ImageNotFound, "manifest for x@sha256:0 not found: manifest unknown: manifest unknown"),
        (ImageNotFound, "manifest unknown: manifest unknown"),
        (ImageNotFound, "name unknown: repository name not known to registry"),
        (PullFailed, "pull access denied for x, repository does not exist or may require login"),
        (PullFailed, "unauthorized: authentication required"),
        (PullFailed, "denied: requested access to the resource is forbidden"),
        (PullFailed, "received unexpected HTTP status: 500 Internal Server Error"),
        (PullFailed, "invalid reference format"),
        (PullFailed, "filesystem layer verification failed for digest sha256:1"),
    ],
)
def test_words_become_errors(kind: type[EngineError], words: str) -> None:
    failure = pull_failure(REFERENCE, words)
    assert type(failure) is kind
    assert REFERENCE in str(failure)
    assert words in str(failure)
    assert failure.next_step
