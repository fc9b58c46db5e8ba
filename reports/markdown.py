"""The comparison as Markdown: one page that says what was built, measured and verified.

The page depends on the record alone, so that the same record gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator

from bench.condition_types import ModelFact
from bench.record_types import Record
from builders.budget_settings import Budgets
from reports import (
    advice,
    columns,
    explanations,
    fairness,
    image_columns,
    node,
    own_service,
    provenance,
    where,
)
from reports.choice import choices
from reports.conclusions import conclusions
from reports.frame import comparison
from reports.gaps import failures, gaps
from reports.ladder import ladder
from reports.markup import bullets, code, escape, sentence
from reports.measured import sections
from reports.merged_runs import never_in_turns, runs
from reports.parts import Folded, Images, Part, Variants, page, shown
from reports.verdicts import Verdicts, judge
from reports.within_budget import NO_BUDGETS

_LABELS_MEANINGLESS = "The weights are random: the labels are meaningless."


def render(record: Record, budgets: Budgets = NO_BUDGETS) -> str:
    """The whole page, ending in a line feed.

    Args:
        record: the run; failed, unmeasured and partly measured variants are rows like the others.
        budgets: the matrix's, which the choice is held to.
    """
    return page(parts(record, budgets))


def summary(record: Record) -> str:
    """The table of all variants for a README, and what readers must know of it."""
    table = comparison(record, columns.COMPARISON, judge(record, columns.JUDGED))
    return "\n\n".join([table, *never_in_turns(record)])


def parts(record: Record, budgets: Budgets = NO_BUDGETS) -> tuple[Part, ...]:
    """What the page is made of, in its order."""
    verdicts, missing = judge(record, columns.JUDGED), gaps(record)
    return (
        "# Comparison of container images",
        _opening(record),
        *(notice(model) for model in record.models),
        "## All variants",
        Variants(record, columns.COMPARISON, verdicts),
        explanations.BEST_RULE,
        conclusions(record, verdicts),
        *_choice(record, budgets),
        "## Failures",
        failures(record),
        "## What each decision bought",
        explanations.LADDER_RULE,
        ladder(record, verdicts),
        *sections(record, verdicts),
        *_inspected(record, verdicts),
        "## What was verified",
        *_verified(record, verdicts),
        *(("## Missing values", missing) if missing else ()),
        *_conditions(record),
        "## Definitions",
        own_service.definitions(record.asked) if record.asked else explanations.DEFINITIONS,
    )


def _choice(record: Record, budgets: Budgets) -> Iterator[Part]:
    """Which one to ship; nothing where there is no choice."""
    told = choices(record, budgets)
    if told:
        yield "## Which one to ship"
        yield explanations.CHOICE_RULE
        yield shown(record, "tradeoff")
        yield bullets(told)


def _verified(record: Record, verdicts: Verdicts) -> Iterator[Part]:
    if record.asked is not None:
        yield from own_service.verified(record, record.asked, verdicts)
        return
    yield f"Each is asked about the same pictures as the reference, {code(record.reference)}."
    yield Variants(record, columns.VERIFIED, verdicts)


def _conditions(record: Record) -> Iterator[Part]:
    """What it was measured under, and where everything came from."""
    yield "## What was the same for all"
    yield explanations.FAIRNESS_RULE
    yield fairness.conditions(record)
    if record.asked is not None:
        yield Folded("Images", (fairness.images(record),))
        yield "## Where bases came from"
        yield provenance.bases(record)
        return
    yield Folded(
        "Runtimes, packages and images",
        (
            "What each image's runtime says of itself:",
            provenance.runtimes(record),
            fairness.packages(record),
            fairness.images(record),
            fairness.build_flags(record),
        ),
    )
    yield "## Where bases and weights came from"
    yield "Bases; one made here (bootstrap) differs in size from the registry's image (pull):"
    yield provenance.bases(record)
    yield Folded("Models and their digests", (provenance.models(record),))


def _inspected(record: Record, verdicts: Verdicts) -> Iterator[Part]:
    """What taking the images apart told; nothing where none was."""
    largest = advice.largest(record)
    if largest is None:
        return
    yield from (
        "## Where the bytes are",
        shown(record, "bytes"),
        Variants(record, image_columns.SIZES, verdicts),
        explanations.WHERE_RULE,
        where.by_category(record),
        explanations.OWNERS_RULE,
        where.largest_owners(record),
        f"## What to mend in {code(largest.name)}",
        own_service.HINTS_RULE if record.asked else explanations.HINTS_RULE,
        advice.in_full(largest),
        explanations.SHORT_HINTS_RULE,
        advice.in_short(record),
        "## What is inside",
        Variants(record, image_columns.CONTENTS, verdicts),
        "## What an attacker finds",
        Variants(record, image_columns.SECURITY, verdicts),
        advice.secrets(record),
        "## What you lose",
        explanations.LOSSES_RULE,
        advice.losses(record),
    )
    yield from _together(record)
    yield Images(record)


def _together(record: Record) -> Iterator[str]:
    """What the images cost a node that has two of them."""
    found = node.shared_layers(record)
    if found is not None:
        yield "## What the second variant costs a node"
        yield explanations.NODE_RULE
        yield node.shares(found)
        yield explanations.PULLS_RULE
        yield node.pulls(found)


def _opening(record: Record) -> str:
    return (
        "Recipes for the image of one inference service, built, checked against each other and"
        f" measured {runs(record)} with slimbench {escape(record.environment.slimbench)}."
        f" Matrix: {code(record.matrix_digest)}."
    )


def notice(model: ModelFact) -> str:
    """What a reader must know of the labels, as a quotation; empty when they mean something."""
    text = model.notice or (_LABELS_MEANINGLESS if model.weights == "seeded" else "")
    return f"> **Notice** for {code(model.name)}: {sentence(text)}" if text else ""
