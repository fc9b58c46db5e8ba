"""What Prometheus may read: counts and times, nothing of any request's content."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
CLIENT_GONE = 499  # no status was sent; nginx counts such requests under this number
OTHER = "other"  # paths that the service doesn't have: a label for each would grow without end
PATHS = frozenset({"/", "/health", "/live", "/ready", "/predict", "/metrics", "/openapi.json"})
PREFIXES = {"/inference/": "/inference/{filename}", "/docs": "/docs"}

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
PICTURES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Metrics:
    """The service's metrics in a registry of their own, with those of the process."""

    def __init__(self) -> None:
        registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._registry = registry
        self.requests = Counter(
            "slimbench_requests_total",
            "Requests, by path and status; 499: the client was gone before its answer",
            ("path", "status"),
            registry=registry,
        )
        self.seconds = Histogram(
            "slimbench_request_seconds",
            "From the end of a request's headers to the end of its answer",
            ("path",),
            buckets=SECONDS,
            registry=registry,
        )
        self.batch_pictures = Histogram(
            "slimbench_batch_pictures",
            "Pictures that went through the model together",
            buckets=PICTURES,
            registry=registry,
        )
        self.in_flight = Gauge(
            "slimbench_in_flight", "Requests that are being read or answered", registry=registry
        )
        self.rejected = Counter(
            "slimbench_rejected_total",
            "Requests refused, by the code of their error",
            ("reason",),
            registry=registry,
        )

    def finished(self, path: str, status: int, seconds: float) -> None:
        """Count a request that has ended."""
        label = path_label(path)
        self.requests.labels(label, str(status)).inc()
        self.seconds.labels(label).observe(seconds)

    def text(self) -> bytes:
        """The whole page."""
        return generate_latest(self._registry)


def path_label(path: str) -> str:
    """One of a fixed number of labels."""
    if path in PATHS:
        return path
    for prefix, label in PREFIXES.items():
        if path.startswith(prefix):
            return label
    return OTHER
