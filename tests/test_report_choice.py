"""Which variant to ship: each sentence where it holds, and its absence where it doesn't."""

from __future__ import annotations

from chosen_rows import rows_of, sized
from full_record import FAT, full_record
from report_images import GCC, NO_SHELL, SHELL
from report_records import ladder_of_seven, record, variant, verified

from bench.inspection.finding_types import Loss
from bench.record_types import Record, VariantRecord
from builders.budget_settings import Budgets
from reports import markdown
from reports.choice import choices

NO_PIP = Loss(lost="no pip: nothing can be added with it", instead="build again")
REFERENCE = sized("fat", 1000, 20)


def near(made: Record) -> list[str]:
    """The sentences on who is nearly the fastest."""
    return [one for one in choices(made) if "within 10 % of the best" in one]


def with_image(row: VariantRecord, **changes: object) -> VariantRecord:
    assert row.image is not None
    return row.model_copy(update={"image": row.image.model_copy(update=changes)})


def approximate(row: VariantRecord, agreeing: int = 9) -> VariantRecord:
    checked = verified(0.3, agreeing=agreeing).model_copy(update={"top1_wanted": 0.5})
    return row.model_copy(update={"verification": checked})


def test_one_that_is_smallest_and_fastest_is_named_alone() -> None:
    made = rows_of(REFERENCE, sized("small", 100, 10))
    assert choices(made)[:2] == (
        "`small` (100.0 MB, 10.00 ms) alone is the Pareto front of size against p95: no other is"
        " smaller, and none is faster by more than noise.",
        "`small` (100.0 MB, 10.00 ms) is the smallest image with a p95 within 10 % of the best.",
    )


def test_a_front_of_two_names_both_and_says_that_the_others_are_beaten() -> None:
    pair = (sized("small", 100, 40), sized("fast", 300, 10))
    front = (
        "The Pareto front of size against p95, from the smallest: `small` (100.0 MB, 40.00 ms) and"
        " `fast` (300.0 MB, 10.00 ms). Of two of different size, the larger is faster."
    )
    assert choices(rows_of(*pair))[0] == front
    assert choices(rows_of(REFERENCE, *pair))[0] == (
        f"{front} Each other variant is beaten by one of these: it isn't smaller, and not faster by"
        " more than noise."
    )


def test_the_smallest_that_is_nearly_the_fastest_is_told_with_the_fastest() -> None:
    made = rows_of(sized("slow", 50, 20), sized("near", 100, 10.5), sized("best", 300, 10))
    assert near(made) == [
        "`near` (100.0 MB, 10.50 ms) is the smallest image with a p95 within 10 % of the best,"
        " which is that of `best` (300.0 MB, 10.00 ms)."
    ]


def test_nobody_is_nearly_the_fastest_where_an_interval_leaves_it_open() -> None:
    """Containers that lie 25 % around 9.1 ms: their p95 may be below 11 ms or not."""
    wide = sized("wide", 100, 9.1, wide=0.25)
    assert near(rows_of(REFERENCE, wide, sized("best", 300, 10))) == []
    larger = wide.model_copy(update={"name": "larger"})
    larger = with_image(larger, layers=sized("", 900, 1).image.layers)  # type: ignore[union-attr]
    assert near(rows_of(REFERENCE, larger, sized("best", 300, 10)))[0].startswith("`best`")


def test_equally_small_ones_are_named_together() -> None:
    made = rows_of(REFERENCE, sized("a", 100, 10), sized("b", 100, 10.2))
    assert near(made)[0].startswith(
        "`a` (100.0 MB, 10.00 ms) and `b` (100.0 MB, 10.20 ms) are the smallest images"
    )


def test_what_one_does_without_is_what_the_reference_has() -> None:
    both = with_image(sized("small", 100, 10), losses=(NO_SHELL, NO_PIP))
    fat = with_image(REFERENCE, losses=(NO_PIP,))
    assert choices(rows_of(fat, both))[2:] == (
        "Whoever ships `small` instead of `fat` has no shell; What you lose tells what to do"
        " instead.",
    )


def test_tools_that_go_are_named_where_nobody_misses_a_kind_of_them() -> None:
    fat = with_image(REFERENCE, tools=(SHELL, GCC))
    less, same = (with_image(sized("small", 100, 10), tools=t) for t in ((SHELL,), (SHELL, GCC)))
    assert choices(rows_of(fat, less))[2] == "Whoever ships `small` instead of `fat` loses `gcc`."
    assert choices(rows_of(fat, same))[2] == (
        "Whoever ships `small` instead of `fat` loses nothing that operators reach for."
    )


def test_the_reference_itself_costs_nothing() -> None:
    made = rows_of(sized("fat", 100, 10), sized("big", 300, 20))
    assert not any("ships" in one for one in choices(made))


def test_nothing_is_lost_with_one_that_was_not_named() -> None:
    made = rows_of(REFERENCE, sized("wide", 100, 9.1, wide=0.25), sized("best", 300, 10))
    assert not any("ships" in one for one in choices(made))


def test_one_that_computes_something_else_is_told_beside_the_best_that_does_not() -> None:
    made = rows_of(REFERENCE, sized("exact", 200, 10), approximate(sized("int8", 100, 5)))
    assert near(made)[1] == (
        "Of those that compute the same as `fat`, `exact` (200.0 MB, 10.00 ms) is the smallest"
        " image with a p95 within 10 % of the best."
    )
    assert choices(made)[-1] == (
        "`int8` answers otherwise than `fat` on 25.0 % of 12 pictures: their best class is another."
    )


def test_where_the_best_computes_the_same_nothing_is_said_of_it() -> None:
    made = rows_of(REFERENCE, sized("exact", 100, 5), approximate(sized("int8", 200, 10)))
    assert len(near(made)) == 1
    assert not any("computes" in one or "answers otherwise" in one for one in choices(made))


def test_other_conditions_are_told_and_take_no_part() -> None:
    other = sized("other", 50, 1).model_copy(update={"runtime_threads": 2})
    told = choices(rows_of(REFERENCE, sized("small", 100, 10), other))
    assert told[-1].startswith("`other` takes no part: it was measured under other conditions")
    assert not any("`other`" in one for one in told[:-1])


def test_too_few_containers_name_none() -> None:
    few = [
        row.model_copy(
            update={
                "samples": tuple(
                    one.model_copy(update={"latency_ns": one.latency_ns * 4})
                    for one in row.samples[:5]
                )
            }
        )
        for row in (REFERENCE, sized("small", 100, 10))
    ]
    assert choices(rows_of(*few)) == (
        "None is named: fewer than 6 containers of each variant tell too little of its p95.",
    )


def test_one_variant_alone_is_no_choice_and_has_no_section() -> None:
    for made in (rows_of(FAT), record(variant("fat"), variant("slim")), record()):
        assert choices(made) == ()
        assert "Which one to ship" not in markdown.render(made)


def test_failed_and_differing_answers_are_never_named() -> None:
    told = " ".join(choices(ladder_of_seven()))
    assert "`slim`" in told
    assert not any(f"`{name}`" in told for name in ("distroless", "distroless-onnx", "onnx"))


def test_the_page_has_the_sentences_right_after_the_conclusions() -> None:
    page = markdown.render(full_record())
    section = page.split("## Which one to ship")[1].split("\n## ")[0]
    assert [line[2:] for line in section.splitlines() if line.startswith("- ")] == list(
        choices(full_record())
    )
    assert page.index("cold starts were disturbed") < page.index("## Which one to ship")
    assert page.index("## Which one to ship") < page.index("## Failures")


def budgets(**limits: object) -> Budgets:
    return Budgets.model_validate({"all": limits})


def within(made: Record, limits: Budgets) -> list[str]:
    """The sentences on budgets."""
    return [one for one in choices(made, limits) if "budget" in one]


SMALL, FAST = sized("small", 100, 40), sized("fast", 300, 10)


def test_the_best_of_those_that_hold_their_budget_is_named_and_what_it_costs() -> None:
    made = rows_of(REFERENCE, SMALL, with_image(FAST, losses=(NO_SHELL,)))
    assert within(made, budgets(size="200MB")) == [
        "`small` (100.0 MB, 40.00 ms) is the only one that surely holds its budget."
    ]
    (held,) = within(made, budgets(p95="30ms"))
    assert held == (
        "`fast` (300.0 MB, 10.00 ms) is the best of the 2 that surely hold their budgets: none of"
        " them is smaller, and none is faster by more than noise."
    )
    assert any(one.startswith("Whoever ships `fast`") for one in choices(made, budgets(p95="30ms")))


def test_several_that_hold_it_are_a_front() -> None:
    assert within(rows_of(REFERENCE, SMALL, FAST), budgets(size="2GB")) == [
        "Of the 3 variants that surely hold their budgets, `small` (100.0 MB, 40.00 ms) and `fast`"
        " (300.0 MB, 10.00 ms) are the Pareto front."
    ]


def test_a_variant_has_its_own_limits() -> None:
    own = Budgets.model_validate({"variants": {"small": {"size": "50MB"}}})
    (told,) = within(rows_of(REFERENCE, SMALL, FAST), own)
    assert told.startswith("`fast` (300.0 MB, 10.00 ms) is the best of the 2")


def test_where_nobody_holds_it_that_is_said() -> None:
    assert within(rows_of(REFERENCE, SMALL), budgets(size="1MB")) == [
        "None of these variants holds its budget; `slimbench gate` tells what each misses."
    ]


def test_a_time_around_its_limit_leaves_the_best_open() -> None:
    """The p95 of `wide` is about 10.9 ms, and its interval reaches over 11 and over 10.8 ms."""
    wide = sized("wide", 100, 9.1, wide=0.25)
    made = rows_of(REFERENCE, wide, sized("best", 300, 8))
    assert within(made, budgets(p95="11ms")) == []
    assert within(made, budgets(p95="10.8ms")) == []
    (told,) = within(made, budgets(p95="15ms"))
    assert "`wide`" in told


def test_one_that_is_open_and_would_change_nothing_is_no_obstacle() -> None:
    larger = sized("larger", 400, 9.1, wide=0.25)
    (told,) = within(rows_of(REFERENCE, larger, sized("best", 300, 8)), budgets(p95="11ms"))
    assert told == "`best` (300.0 MB, 8.00 ms) is the only one that surely holds its budget."


def test_without_budgets_nothing_is_said_of_them() -> None:
    assert within(rows_of(REFERENCE, SMALL), Budgets()) == []
