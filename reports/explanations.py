"""What the page says of its tables: how to read them, and what each figure means."""

from __future__ import annotations

BEST_RULE = """\
In bold: the best of each column among the variants that answer as the reference does, and what
can't be told from it."""

PHASES_RULE = """\
Medians, whose sum may differ from the median of the sums. Launch: create call to the entry
point's first statement; where the kernel says when the process began, it is split into engine and
interpreter. Stop comes after the answer and is no part of the cold start."""

INTERVAL_RULE = """\
95 % intervals from order statistics, with no distribution assumed; a latency's is that of the
containers' medians, since requests to one container are not independent."""

LADDER_RULE = """\
Each row is what going from one variant to the next saves; a negative figure is what it costs.
The ratio is before ÷ after. **same**: the sizes are equal, or the 95 % intervals of the two
medians overlap, so that the difference may be noise. A dash: not measured, or too few samples
for an interval."""

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
  The image is there already and its files were read before: neither pulling nor a cold page
  cache is part of it, so that a first start on a new node takes longer, the more the larger.
- **latency**: file read to ranked answer, inside the container, after warm-up; over the counted
  requests of all containers.
- **peak memory**: the largest resident memory of the process in any container.
- **outputs match**: the same best classes as the reference on every picture, every probability
  within the tolerance. Two classes may change places only where their probabilities lie within
  the tolerance of each other; those are the **tolerated swaps**.
- **max abs diff**: the largest difference of any class probability from the reference's.

How each is measured: [docs/measurement.md](../../docs/measurement.md). How to read this page:
[docs/report.md](../../docs/report.md)."""
