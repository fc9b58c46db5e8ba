"""What the page of services says of its tables."""

from __future__ import annotations

STARTS_RULE = """\
From the create call, in a fresh container: until `/ready` answered 200 for the first time, and
until the first right answer of `POST /predict`, which was asked for then. 95 % bootstrap intervals
of the medians; **±** is half the interval as a share of the median. Pulling is no part of it."""

THROUGHPUT_RULE = """\
Right answers a second, closed loop: so many requests are under way, and the next is sent when an
answer has come. The median over the containers, and the lowest and highest of them."""

AT_A_TIME_RULE = """\
Latency in a closed loop, from the sending of a request to the end of its answer, over all
containers together. A closed loop waits for a slow service and asks less often, so that it hides
what users who arrive meanwhile would see: for those, look at the next table. Percentiles stand
where at least 5 answers lie beyond them. **Rejected**: answers 503, by which a service keeps its
queue short."""

AT_RATES_RULE = """\
Open loop: requests arrive at fixed times, however slow the answers are, and each latency counts
from the arrival, sent late or not. Where fewer answers come than arrivals, the service is
overloaded. **Sent late**: how much after its arrival the load tool sent a request; it is part of
the latency."""

USAGE_RULE = """\
Memory is the largest of any container, after all loads. Resident memory of the service's process
holds the files it has mapped; the cgroup's is what the kernel charged to the container, page cache
that it was the first to read included. Processor time is all that the container used under load,
divided by the requests: the median over the containers."""

ADDED_RULE = """\
A service's image is the rung's own, which only predicts, with one Dockerfile's layers on top. Both
were taken apart: what the layers add, and which packages that serve HTTP each of the two holds."""

TAKEN_RULE = """\
Interleaved: every round holds each variant once, in a random order drawn with the seed, with a
fresh container of it: another user than root, a read-only root file system, no capabilities, a
network of its own, reached at its address. Every picture was asked for once before the loads. Every
answer of every load was checked against the expected one for its picture: one wrong answer voids
all load of the variant. None of these figures is judged: differences that containers of one variant
show among themselves (lowest to highest) tell how much is noise."""

DEFINITIONS = """\
- 1 MB is 1,000,000 bytes. **size**, **compressed**: as in the [comparison](comparison.md).
- **outputs match**: the service's answers over HTTP to all pictures, with every class's
  probability, are the reference's within the tolerance.
- **most answers**: the most right answers a second at any of the concurrencies.

How each is measured, and why with these tools:
[docs/measurement.md](../../docs/measurement.md#services)."""
