"""What the page says of its tables: how to read them, and what each figure means."""

from __future__ import annotations

BEST_RULE = """\
In bold: the best of each column among the variants whose outputs match, and what can't be told
from it."""

CHOICE_RULE = """\
Size against p95 (MB, ms), among the variants that answer as the reference does. Sizes are exact;
p95s are judged by intervals that hold together in 95 % of runs (containers resampled, all pairs
allowed for) and by what the reference shows against itself. Only what they bear is said here."""

LADDER_RULE = """\
Each row is what going from one variant to the next saves; a negative figure is what it costs.
The ratio is before ÷ after. **same**: the sizes are equal, or the two can't be told apart by the
test that all pairs are judged by, below. A dash: not measured."""

PAIRS_RULE = """\
How many times as long the variant of the row takes as that of the column, and in parentheses the
95 % interval of that ratio. **faster** and **slower** stand only where a test that allows for the
number of pairs tells the two apart (Mann-Whitney, Holm's correction, 5 %), and the ratio is beyond
what the reference shows against itself. **same** doesn't prove that two are equal: the interval
says how large a difference may still hide."""

PHASES_RULE = """\
One phase begins where the one before ends, from the create call to the first right answer; in each
single start they sum to the cold start. These are medians over the starts, and the sum of medians
isn't the median of the sums. Stop comes after the answer and is no part of the cold start."""

LAUNCH_RULE = """
Launch is the phases up to the first statement of the entry point together, where a variant's parts
of it aren't known."""

LATENCY_RULE = """\
Every counted request of every container, from file read to ranked answer, over one axis. How high a
row is tells of that row alone; p50 and p95 are those of the first table."""

IMPORTS_RULE = """\
From starts of their own with `-X importtime`, which slows them down: for comparing modules with
each other, not for adding to a cold start. A module has its own time and that of its submodules;
what it imports of others counts there. Nothing: not imported."""

INTERVAL_RULE = """\
95 % bootstrap intervals of the medians, for the latency of the containers' medians, since requests
to one container are not independent; **±** is half the interval as a share of the median.
Outliers (modified z-score beyond 3.5) and starts during which the machine was disturbed are counted
here and stay in all figures: leaving samples out would choose the results."""

THROUGHPUT_RULE = """\
Pictures a second, one batch after the other: the median over the containers, each of which has as
many CPUs as threads. In parentheses how many times that of one thread it is; **batching brings**:
the best batch size against single pictures. **Spread**: half of how far the containers lie apart,
as a share of their median, at the batch size where that is largest: what differs by less may well
be noise."""

USAGE_RULE = """\
Memory is the largest of any container. Resident memory of the process, until the first answer and
to the end, holds the files it has mapped. The cgroup's is what the kernel charged to the container:
of the page cache only what it was the first to read, so that with a warm cache it may be the
smaller one. `docker stats` would show that without most of the page cache. Processor time is the
median over the containers: all that a start takes until the first answer, and what the requests
after it take, the warm-ups too."""

PULL_RULE = """\
Measured: pulls from a registry on this machine, so that the line costs nothing, onto an engine
that has none of the layers. Download and unpacking overlap where there are several layers.
**Modelled**, not measured: up to three layers at once share a line of that speed, and each is
unpacked in the time measured here once it and all below it are there; a pull takes no less."""

FAIRNESS_RULE = """\
Asked of every container, set explicitly, and read back where it can be. Where variants differ, each
value stands with the names of those that have it."""

WHERE_RULE = """\
Content of the final files by what they are for. Categories sum to **files**; files, wasted bytes,
and archive headers and padding sum to **size**, exactly in bytes, and here but for rounding."""

OWNERS_RULE = """\
The owners of the most bytes: packages by what their own databases claim, never by folder names;
**nobody** stands for files that nothing claims. Last: the bytes of how many others."""

HINTS_RULE = """\
Advice for the largest image, from inspecting it alone: nothing in it was run. Savings are of the
uncompressed image; a file counts for one hint only, see [docs/hints.md](../../docs/hints.md)."""

SHORT_HINTS_RULE = """\
What each hint would save in each image; **yes** where that isn't known or isn't bytes, empty where
the image doesn't have the fault."""

LOSSES_RULE = """\
The other side of a small image: what an operator does without in it, and what to do instead."""

NODE_RULE = """\
A node stores and pulls each layer once. Bytes of layers that another of these images has too, and
of those that it alone has:"""

PULLS_RULE = """\
Compressed MB that a node pulls for the image of a column when that of the row is there already:"""

DEFINITIONS = """\
- 1 MB is 1,000,000 bytes. **size**: sum of the uncompressed layer archives. **compressed**: the
  same, each compressed with gzip, about what a pull transfers. An engine's own size may differ.
- **files**: content of the final file system's regular files, each hard-linked one once.
  **wasted**: content in some layer that a later layer replaces or deletes, shipped and never
  seen. **efficiency**: files ÷ (files + wasted). **stored twice**: what would go if identical
  files were stored once; it is part of files.
- **tools**: shells, package managers, compilers, version control, downloaders, editors and
  debuggers found in the final file system, without running anything.
- **setuid**, **setgid**, **capabilities**: files that run with more rights than who starts them.
  **world-writable**: files, and folders without the sticky bit, that everyone may write to.
  **secrets**: what looks like one, in files of any layer, environment, labels or commands.
- **cold start**: create call to first right answer, in a fresh container; median of all starts.
  The image is there already: pulling is no part of it. Nor is reading its files from disk while
  the page cache is warm, so that a first start on a new node takes longer, the more the larger.
- **latency**: file read to ranked answer, inside the container, after warm-up. **p50**: the median
  over the containers of each one's median request. **p95**: over the requests of all containers.
- **same**: not told apart in this run. Cold start and latency alone are judged, by one test for all
  pairs; every other time on this page is told without a verdict.
- **peak memory**: the largest resident memory of the process in any container.
- **outputs match**: the same best classes as the reference on every picture, every probability
  within the tolerance. Two classes may change places only where their probabilities lie within
  the tolerance of each other; those are the **tolerated swaps**. Where the tolerance is such as
  top-1 80 %, since an int8 model moves every probability, the best class must be the reference's on
  that share of the pictures, and the share found stands in place of yes. Each timed answer must
  then be what the same image answered when it was checked.
- **max abs diff**: the largest difference of any class probability from the reference's.

How each is measured: [docs/measurement.md](../../docs/measurement.md). How to read this page:
[docs/report.md](../../docs/report.md)."""
