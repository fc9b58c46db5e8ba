"""Labels of points: none covers another, a point or the edge, as long as there is room."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from reports.pictures.labels import NEAREST, Box, Point, around, placed

AREA = Box(0, 0, 700, 350)
SIZE = (150.0, 30.0)

points = st.lists(st.builds(Point, st.floats(0, 700), st.floats(0, 350)), min_size=1, max_size=12)
crowds = points.map(lambda found: [Point(350 + p.x / 50, 175 + p.y / 50) for p in found])


@settings(deadline=None, max_examples=50)
@given(points | crowds)
def test_labels_cover_no_other_no_point_and_no_edge(found: list[Point]) -> None:
    boxes = placed(found, [SIZE] * len(found), AREA)
    assert len(boxes) == len(found)
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    assert not any(box.overlaps(around(point)) for box in boxes for point in found)
    assert all(box.inside(AREA) for box in boxes)


@settings(deadline=None, max_examples=50)
@given(points)
def test_the_same_points_have_the_same_labels(found: list[Point]) -> None:
    sizes = [SIZE] * len(found)
    assert placed(found, sizes, AREA) == placed(found, sizes, AREA)


def test_a_lone_label_stands_to_the_right_of_its_point() -> None:
    (box,) = placed([Point(100, 100)], [SIZE], AREA)
    assert box == Box(100 + NEAREST, 85, 100 + NEAREST + 150, 115)


def test_at_the_right_edge_it_stands_elsewhere() -> None:
    (box,) = placed([Point(695, 100)], [SIZE], AREA)
    assert box.right <= 700
    assert not box.overlaps(around(Point(695, 100)))


def test_lines_stay_free() -> None:
    line = Box(100, 100, 700, 100.5)
    (box,) = placed([Point(100, 100)], [SIZE], AREA, [line])
    assert not box.overlaps(line)


def test_without_room_a_label_is_there_all_the_same() -> None:
    boxes = placed([Point(50, 50)] * 3, [(90.0, 90.0)] * 3, Box(0, 0, 100, 100))
    assert all(box.inside(Box(0, 0, 100, 100)) for box in boxes)


def test_the_nearest_place_of_a_box() -> None:
    box = Box(10, 10, 20, 20)
    assert box.nearest(Point(0, 15)) == Point(10, 15)
    assert box.nearest(Point(15, 15)) == Point(15, 15)
    assert box.nearest(Point(30, 30)) == Point(20, 20)
