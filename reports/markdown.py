"""The comparison as Markdown: one page that says what was built, measured and verified.

The page depends on the record alone, so that the same record gives the same bytes.
"""

from __future__ import annotations

from bench.condition_types import ModelFact
from bench.record_types import Record
from reports import columns, provenance
from reports.frame import comparison
from reports.gaps import failures, gaps
from reports.ladder import ladder
from reports.markup import code, escape, sentence

_LABELS_MEANINGLESS = "The weights are random: the labels are meaningless."

_BEST_RULE = """\
In bold: the best of each column among the variants that answer as the reference does, and what
can't be told from it."""

_PHASES_RULE = """\
Medians, whose sum may differ from the median of the sums. Launch: create call to the entry
point's first statement; where the kernel says when the process began, it is split into engine and
interpreter. Stop comes after the answer and is no part of the cold start."""

_INTERVAL_RULE = """\
95 % intervals from order statistics, with no distribution assumed; a latency's is that of the
containers' medians, since requests to one container are not independent."""

_LADDER_RULE = """\
Each row is what going from one variant to the next saves; a negative figure is what it costs.
The ratio is before ÷ after. **same**: the sizes are equal, or the 95 % intervals of the two
medians overlap, so that the difference may be noise. A dash: not measured, or too few samples
for an interval."""

_DEFINITIONS = """\
- 1 MB is 1,000,000 bytes. **size**: sum of the uncompressed layer archives. **compressed**: the
  same, each compressed with gzip, about what a pull transfers. An engine's own size may differ.
- **tools**: shells, package managers, compilers, version control, downloaders and editors found
  in the final file system, without running anything.
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


def render(record: Record) -> str:
    """The whole page, ending in a line feed.

    Args:
        record: the run; failed, unmeasured and partly measured variants are rows like the others.
    """
    return "\n\n".join(section for section in _sections(record) if section) + "\n"


def summary(record: Record) -> str:
    """The table of all variants alone, for a README."""
    return comparison(record, columns.COMPARISON)


def _sections(record: Record) -> tuple[str, ...]:
    missing = gaps(record)
    return (
        "# Comparison of container images",
        _opening(record),
        *(notice(model) for model in record.models),
        "## All variants",
        summary(record),
        _BEST_RULE,
        "## Failures",
        failures(record),
        "## What each decision bought",
        _LADDER_RULE,
        ladder(record),
        "## What is inside",
        comparison(record, columns.CONTENTS),
        "## Phases of a cold start",
        _PHASES_RULE,
        comparison(record, columns.PHASES),
        "## How sure the medians are",
        _INTERVAL_RULE,
        comparison(record, columns.INTERVALS),
        "## What was verified",
        f"Every variant answers the same pictures as the reference, {code(record.reference)}.",
        comparison(record, columns.VERIFIED),
        *(("## Missing values", missing) if missing else ()),
        "## Conditions",
        provenance.conditions(record),
        "## Environment",
        provenance.environment(record),
        "What each image's runtime says of itself:",
        provenance.runtimes(record),
        "## Where bases and weights came from",
        "Bases; one made here (bootstrap) differs in size from the registry's image (pull):",
        provenance.bases(record),
        "Models:",
        provenance.models(record),
        "## Definitions",
        _DEFINITIONS,
    )


def _opening(record: Record) -> str:
    return (
        "Recipes for the image of one inference service, built, checked against each other and"
        f" measured in one run, started {escape(record.started_at)}"
        f" with slimbench {escape(record.environment.slimbench)}."
        f" Matrix: {code(record.matrix_digest)}."
    )


def notice(model: ModelFact) -> str:
    """What a reader must know of the labels, as a quotation; empty when they mean something."""
    text = model.notice or (_LABELS_MEANINGLESS if model.weights == "seeded" else "")
    return f"> **Notice** for {code(model.name)}: {sentence(text)}" if text else ""
