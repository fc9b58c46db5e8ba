"""Where the labels of points go, so that none covers another, a point or the edge."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

DIRECTIONS = 16
NEAREST = 10  # pixels from a point to its label
STEP = 7
POINT = 6  # pixels from the middle of a point that stay free


class Point(NamedTuple):
    """A place in pixels; y grows upwards."""

    x: float
    y: float


class Box(NamedTuple):
    """A rectangle in pixels."""

    left: float
    bottom: float
    right: float
    top: float

    def overlaps(self, other: Box) -> bool:
        """Whether they have any area in common."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.bottom < other.top
            and other.bottom < self.top
        )

    def inside(self, other: Box) -> bool:
        """Whether all of it lies in the other one."""
        return (
            other.left <= self.left
            and self.right <= other.right
            and other.bottom <= self.bottom
            and self.top <= other.top
        )

    def nearest(self, point: Point) -> Point:
        """The place in it that is nearest to the point."""
        return Point(
            min(max(point.x, self.left), self.right), min(max(point.y, self.bottom), self.top)
        )


def around(point: Point, size: float = POINT) -> Box:
    """What a point takes."""
    return Box(point.x - size, point.y - size, point.x + size, point.y + size)


def placed(
    points: Sequence[Point],
    sizes: Sequence[tuple[float, float]],
    area: Box,
    lines: Sequence[Box] = (),
) -> tuple[Box, ...]:
    """A box for each label, as near to its point as is free.

    Those with the most neighbours choose first. A label that finds no room lies where it covers
    the fewest others.

    Args:
        points: all of them in the area.
        sizes: width and height of each point's label.
        area: where labels may lie.
        lines: what else is to stay free.
    """
    crowd = [sum(math.dist(one, other) for other in points) for one in points]
    chosen: dict[int, Box] = {}
    for place in sorted(range(len(points)), key=lambda place: (crowd[place], place)):
        taken = [*map(around, points), *chosen.values(), *lines]
        chosen[place] = _freest(points[place], sizes[place], area, taken)
    return tuple(chosen[place] for place in range(len(points)))


def _freest(point: Point, size: tuple[float, float], area: Box, taken: Sequence[Box]) -> Box:
    for box in _candidates(point, size, area):
        if not any(map(box.overlaps, taken)):
            return box
    boxes = _candidates(point, size, area)
    return min(boxes, key=lambda box: sum(map(box.overlaps, taken)))


def _candidates(point: Point, size: tuple[float, float], area: Box) -> Iterator[Box]:
    """Boxes around a point, the nearest first and to the right of it before elsewhere."""
    reach = math.dist((area.left, area.bottom), (area.right, area.top))
    for step in range(int(reach / STEP)):
        for turn in range(DIRECTIONS):
            half = (turn + 1) // 2 * (-1) ** turn  # 0, -1, 1, -2, 2: both sides of the right
            angle = 2 * math.pi * half / DIRECTIONS
            box = _beside(point, size, NEAREST + step * STEP, angle)
            if box.inside(area):
                yield box
    yield Box(area.left, area.bottom, area.left + size[0], area.bottom + size[1])


def _beside(point: Point, size: tuple[float, float], distance: float, angle: float) -> Box:
    """The box in that direction; the distance is from the point to the box's nearest place."""
    width, height = size
    along, up = math.cos(angle), math.sin(angle)
    middle_x = point.x + along * distance + _sign(along) * width / 2
    middle_y = point.y + up * distance + _sign(up) * height / 2
    return Box(
        middle_x - width / 2, middle_y - height / 2, middle_x + width / 2, middle_y + height / 2
    )


def _sign(value: float) -> int:
    return 0 if abs(value) < 1e-9 else int(math.copysign(1, value))
