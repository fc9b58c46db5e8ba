from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bench.answers import Answer, Answers, RankedClass
from bench.record_types import Verification
from bench.verification import verify_answers
from builders.verification_settings import Agreement, Tolerance

TOLERANCE = 1e-4
PROBS = (0.4, 0.3, 0.15, 0.1, 0.03, 0.02)


def answer(probs: tuple[float, ...], top: int = 5, picture: str = "/photos/cat.jpg") -> Answer:
    """What an honest service says: the best classes by falling probability."""
    order = sorted(range(len(probs)), key=lambda class_id: (-probs[class_id], class_id))
    return ranked(probs, tuple(order[:top]), picture)


def ranked(probs: tuple[float, ...], order: tuple[int, ...], picture: str = "cat.jpg") -> Answer:
    top = tuple(
        RankedClass(place, class_id, f"label {class_id}", probs[class_id])
        for place, class_id in enumerate(order, 1)
    )
    return Answer(picture, top, probs)


def verify(
    ours: Answer | tuple[Answer, ...],
    theirs: Answer | tuple[Answer, ...],
    *,
    tolerance: Tolerance = TOLERANCE,
    top_k: int = 5,
) -> Verification:
    both = [item if isinstance(item, tuple) else (item,) for item in (ours, theirs)]
    return verify_answers(
        "fat", Answers(both[0]), Answers(both[1]), tolerance=tolerance, top_k=top_k
    )


def moved(probs: tuple[float, ...], **by: float) -> tuple[float, ...]:
    return tuple(prob + by.get(f"c{n}", 0) for n, prob in enumerate(probs))


def test_equal_answers_match():
    result = verify(answer(PROBS), answer(PROBS))
    assert (result.outputs_match, result.reason) == (True, "")
    assert (result.reference, result.tolerance, result.top_k) == ("fat", TOLERANCE, 5)
    (picture,) = result.pictures
    assert (picture.top1_agrees, picture.same_classes, picture.swaps) == (True, True, 0)
    assert picture.max_abs_diff == 0


def test_a_picture_goes_by_its_name_alone():
    assert verify(answer(PROBS), answer(PROBS)).pictures[0].picture == "cat.jpg"


def test_a_difference_within_the_tolerance_matches_and_is_told():
    result = verify(answer(PROBS), answer(moved(PROBS, c5=0.00009)))
    assert result.outputs_match
    assert result.pictures[0].max_abs_diff == pytest.approx(0.00009)


def test_a_difference_beyond_the_tolerance_is_a_mismatch():
    result = verify(answer(PROBS), answer(moved(PROBS, c5=0.0002)))
    assert not result.outputs_match
    assert result.reason == "cat.jpg: the probability of class 5 differs by 0.0002"
    assert result.pictures[0].same_classes


CLOSE = (0.4, 0.30004, 0.3, 0.0, 0.0, 0.0)
SWAPPED = (0.4, 0.3, 0.30004, 0.0, 0.0, 0.0)


def test_near_equal_neighbours_may_change_places_and_are_counted():
    result = verify(answer(CLOSE), answer(SWAPPED))
    assert result.outputs_match
    assert (result.pictures[0].swaps, result.pictures[0].same_classes) == (1, True)
    assert result.pictures[0].top1_agrees


def test_near_equal_best_classes_may_change_places_though_the_best_disagrees():
    first, second = (0.50004, 0.49996), (0.49996, 0.50004)
    result = verify(answer(first), answer(second), top_k=1)
    assert result.outputs_match
    assert (result.pictures[0].swaps, result.top1_agreement) == (1, 0.0)


def test_neighbours_further_apart_may_not_change_places():
    result = verify(ranked(PROBS, (0, 1, 2, 3, 4)), ranked(PROBS, (0, 2, 1, 3, 4)))
    assert result.reason == "cat.jpg: classes 1 and 2 changed places, though 0.15 apart"
    assert (result.pictures[0].swaps, result.pictures[0].same_classes) == (0, False)


def test_places_further_away_are_several_exchanges_each_within_the_tolerance():
    near = (0.20006, 0.20003, 0.2)
    result = verify(ranked(near, (0, 1, 2)), ranked(near, (2, 1, 0)), top_k=3)
    assert (result.outputs_match, result.pictures[0].swaps) == (True, 3)
    apart = (0.20016, 0.20008, 0.2)
    result = verify(ranked(apart, (0, 1, 2)), ranked(apart, (2, 1, 0)), top_k=3)
    assert result.reason == "cat.jpg: classes 0 and 2 changed places, though 0.00016 apart"
    assert result.pictures[0].swaps == 2


def test_the_last_ranked_class_may_change_places_with_the_first_unranked_one():
    result = verify(answer(CLOSE), answer(SWAPPED), top_k=2)
    assert (result.outputs_match, result.pictures[0].swaps) == (True, 1)


def test_a_far_class_may_not_come_in_at_the_last_place():
    result = verify(ranked(PROBS, (0, 1)), ranked(PROBS, (0, 3)), top_k=2)
    assert result.reason == "cat.jpg: classes 1 and 3 changed places, though 0.2 apart"


def test_an_exchange_must_be_close_in_both_answers():
    ours, theirs = (0.5, 0.49, 0.01), (0.49996, 0.5, 0.00004)
    assert not verify(answer(ours), answer(theirs), tolerance=0.005, top_k=2).outputs_match


def test_a_label_file_off_by_one_is_caught():
    right = answer(PROBS)
    shifted = tuple(replace(item, label=f"label {item.class_id + 1}") for item in right.top)
    result = verify(right, replace(right, top=shifted))
    assert result.reason == "cat.jpg: class 0 is labelled 'label 1', not 'label 0'"
    assert not result.pictures[0].top1_agrees
    assert not result.pictures[0].same_classes


@pytest.mark.parametrize(
    ("theirs", "reason"),
    [
        (answer((math.nan, *PROBS[1:])), "the variant gave a probability that isn't"),
        (answer((math.inf, *PROBS[1:])), "the variant gave a probability that isn't"),
        (answer((1e308, *PROBS[1:])), "the variant gave a probability that isn't"),
        (answer((-0.1, *PROBS[1:])), "the variant gave a probability that isn't"),
        (answer(()), "the variant gave no probabilities"),
        (answer((*PROBS, 0.0)), "7 classes instead of 6"),
        (answer(PROBS[:5]), "5 classes instead of 6"),
        (answer(PROBS, top=3), "the variant ranked 3 classes instead of 5"),
        (ranked(PROBS, (0, 1, 2, 3, 3)), "the variant ranked a class twice or one that doesn't"),
        (
            replace(answer(PROBS), top=(*answer(PROBS).top[:4], RankedClass(5, 6, "x", 0))),
            "the variant ranked a class twice or one that doesn't",
        ),
    ],
)
def test_an_answer_that_cannot_be_compared_is_a_mismatch(theirs: Answer, reason: str):
    ours = answer(PROBS)
    result = verify(ours, replace(theirs, picture=ours.picture))
    assert not result.outputs_match
    assert result.reason.startswith(f"cat.jpg: {reason}")
    (picture,) = result.pictures
    assert (picture.max_abs_diff, picture.same_classes, picture.top1_agrees) == (1.0, False, False)
    assert Verification.model_validate_json(result.model_dump_json()) == result


def test_an_unusable_reference_matches_nothing_not_even_itself():
    broken = answer((math.nan, *PROBS[1:]))
    assert verify(broken, broken).reason.startswith("cat.jpg: the reference gave a probability")


def test_fewer_classes_than_ranks_are_ranked_all():
    assert verify(answer((0.7, 0.3)), answer((0.7, 0.3)), top_k=5).outputs_match


def test_a_missing_picture_is_a_mismatch_and_the_others_are_still_compared():
    pictures = tuple(answer(PROBS, picture=f"/photos/{name}.png") for name in "abc")
    result = verify(pictures, (pictures[0], pictures[2]))
    assert result.reason.startswith("b.png: answered by the reference alone")
    assert [picture.picture for picture in result.pictures] == ["a.png", "c.png"]
    assert verify(pictures[:1], pictures[:2]).reason.startswith("b.png: answered by the variant")
    assert verify(pictures[:1], (pictures[0], pictures[0])).reason.startswith("a.png: answered by")


def test_nothing_compared_is_no_match():
    result = verify((), ())
    assert (result.outputs_match, result.reason) == (False, "no picture was compared")
    assert result.top1_agreement is None


def test_the_reason_names_the_first_picture_that_differs():
    pictures = tuple(answer(PROBS, picture=f"{name}.png") for name in "abc")
    wrong = tuple(replace(item, probs=moved(PROBS, c4=0.01)) for item in pictures[1:])
    result = verify(pictures, (pictures[0], *wrong))
    assert result.reason == "b.png: the probability of class 4 differs by 0.01"


def test_top1_agreement_is_a_share():
    right, wrong = answer(PROBS, picture="a"), answer(PROBS, picture="b")
    other = answer((0.1, *PROBS[1:]), picture="b")
    assert verify((right, wrong), (right, other)).top1_agreement == 0.5


PROBABILITIES = st.lists(st.floats(0, 1), min_size=6, max_size=6).map(tuple)
NEAR = st.lists(st.sampled_from([0.2, 0.20005, 0.2002, 0.1]), min_size=6, max_size=6).map(tuple)
VECTORS = st.one_of(PROBABILITIES, NEAR)
TOPS = st.integers(1, 8)


@given(VECTORS, TOPS)
def test_identical_answers_always_match(probs: tuple[float, ...], top_k: int):
    result = verify(answer(probs, top=8), answer(probs, top=8), top_k=top_k)
    assert result.outputs_match
    assert result.top1_agreement == 1


@given(VECTORS, VECTORS, TOPS)
def test_the_judgement_is_symmetric(one: tuple[float, ...], two: tuple[float, ...], top_k: int):
    there = verify(answer(one, top=8), answer(two, top=8), top_k=top_k)
    back = verify(answer(two, top=8), answer(one, top=8), top_k=top_k)
    assert there.outputs_match == back.outputs_match
    assert there.pictures == back.pictures


@given(VECTORS, st.permutations(range(6)), TOPS)
def test_a_pair_swapped_beyond_the_tolerance_never_matches(
    probs: tuple[float, ...], order: list[int], top_k: int
):
    right, other = answer(probs, top=6), ranked(probs, tuple(order), "/photos/cat.jpg")
    places = {class_id: place for place, class_id in enumerate(order)}
    ranks = [item.class_id for item in right.top]
    shown = min(top_k, 6)
    beyond = any(
        probs[better] - probs[worse] > TOLERANCE
        for place, better in enumerate(ranks)
        for worse in ranks[place + 1 :]
        if places[worse] < min(places[better], shown)
    )
    assert verify(right, other, top_k=top_k).outputs_match == (not beyond)


@given(VECTORS, st.lists(st.floats(-TOLERANCE / 4, TOLERANCE / 4), min_size=6, max_size=6), TOPS)
def test_noise_far_below_the_tolerance_always_matches(
    probs: tuple[float, ...], noise: list[float], top_k: int
):
    noisy = tuple(prob + error for prob, error in zip(probs, noise))
    assume(all(0 <= prob <= 1 for prob in noisy))
    assert verify(answer(probs, top=8), answer(noisy, top=8), top_k=top_k).outputs_match


def test_a_verification_can_be_written_as_json():
    written = verify(answer(CLOSE), answer(SWAPPED)).model_dump_json()
    assert json.loads(written)["outputs_match"] is True


OTHER = (0.3, 0.4, 0.15, 0.1, 0.03, 0.02)


def of_ten(others: int) -> tuple[tuple[Answer, ...], tuple[Answer, ...]]:
    """Ten pictures of the reference, and the variant's with another best class on some."""
    ours = tuple(answer(PROBS, picture=f"{n}.png") for n in range(10))
    theirs = tuple(
        answer(OTHER if n < others else moved(PROBS, c5=0.05), picture=f"{n}.png")
        for n in range(10)
    )
    return ours, theirs


@pytest.mark.parametrize(("others", "matches"), [(0, True), (2, True), (3, False), (10, False)])
def test_a_share_of_best_classes_may_be_all_that_counts(others: int, matches: bool):
    result = verify(*of_ten(others), tolerance=Agreement(top1_agreement=0.8))
    assert result.outputs_match == matches
    assert result.top1_agreement == pytest.approx(1 - others / 10)
    assert (result.top1_wanted, result.tolerance) == (0.8, 1.0)
    told = f"the best class is the reference's on {10 - others} of 10 pictures"
    assert result.reason == ("" if matches else f"0.png: {told}, which is less than 80 %")


def test_a_tolerance_of_probabilities_asks_for_no_share():
    assert verify(answer(PROBS), answer(PROBS)).top1_wanted is None


@pytest.mark.parametrize(
    "theirs",
    [
        answer((math.nan, *PROBS[1:]), picture="/photos/cat.jpg"),
        answer(PROBS[:5], picture="/photos/cat.jpg"),
        replace(answer(PROBS), top=tuple(replace(one, label="x") for one in answer(PROBS).top)),
    ],
)
def test_with_a_share_too_broken_answers_and_wrong_labels_are_mismatches(theirs: Answer):
    other = answer(PROBS, picture="b.png")
    agreement = Agreement(top1_agreement=0.5)
    result = verify((answer(PROBS), other), (theirs, other), tolerance=agreement)
    assert result.reason.startswith("cat.jpg: ")


def test_with_a_share_too_every_picture_must_be_answered():
    ours, theirs = of_ten(0)
    result = verify(ours, theirs[1:], tolerance=Agreement(top1_agreement=0.1))
    assert result.reason.startswith("0.png: answered by the reference alone")
    assert not verify((), (), tolerance=Agreement(top1_agreement=0.1)).outputs_match


def test_a_sure_class_that_rounding_lifts_above_one_is_no_mismatch_with_a_share():
    ours, theirs = answer((1.0000005, 0.0), top=2), answer((0.0, 1.0000005), top=2)
    both = answer(PROBS[:2], top=2, picture="b.png")
    agreement = Agreement(top1_agreement=0.5)
    assert verify((ours, both), (theirs, both), tolerance=agreement, top_k=2).outputs_match
