"""Push boxes apart until none covers another, each as little as may be; the same boxes give the same places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ROUNDS = 80
GAP = 3.0
CLOSE = 0.5
"""How far boxes may stand in the gap that is left between them: sooner at rest."""


@dataclass
class Box:
    """A box by its left upper corner; the sizes stay, the corner moves."""

    x: float
    y: float
    width: float
    height: float

    def covers(self, other: Box) -> tuple[float, float]:
        """Give how far the two overlap sideways and downwards (with the gap); not above 0 on a side: not at all."""
        across = min(self.x + self.width, other.x + other.width) - max(self.x, other.x) + GAP
        down = min(self.y + self.height, other.y + other.height) - max(self.y, other.y) + GAP
        return across, down


def push_apart(boxes: Sequence[Box], width: float) -> None:
    """Move the boxes between the left edge and `width`; downwards there is room as needed."""
    for _ in range(ROUNDS):
        moved = False
        for index, one in enumerate(boxes):
            for other in boxes[index + 1 :]:
                across, down = one.covers(other)
                if across > CLOSE and down > CLOSE:
                    _part(one, other, across, down)
                    moved = True
        for box in boxes:
            box.x = min(max(box.x, 0.0), max(width - box.width, 0.0))
        if not moved:
            return
    _sweep(boxes)


def _sweep(boxes: Sequence[Box]) -> None:
    """Where pushing finds no rest: from above, let each box down until it covers none that stands."""
    placed: list[Box] = []
    for box in sorted(boxes, key=lambda box: (box.y, box.x)):
        while True:
            under = [other for other in placed if min(box.covers(other)) > CLOSE]
            if not under:
                break
            box.y = min(other.y + other.height for other in under) + GAP
        placed.append(box)


def _part(one: Box, other: Box, across: float, down: float) -> None:
    """Move two boxes off each other by half each, the shorter way; of two in one place the first goes up."""
    if down <= across:
        sign = 1 if one.y + one.height / 2 > other.y + other.height / 2 else -1
        one.y += sign * down / 2
        other.y -= sign * down / 2
    else:
        sign = 1 if one.x + one.width / 2 > other.x + other.width / 2 else -1
        one.x += sign * across / 2
        other.x -= sign * across / 2
