"""What a drawing is made of: small frozen values in the drawing's own units (about a CSS pixel), ready for a page."""

from __future__ import annotations

from dataclasses import dataclass

LETTER = 7.6
"""The width of a letter of a name; generous, since the reader's typeface is not known."""
SMALL_LETTER = 6.9
LINE = 15.0
"""From one line of a label to the next."""


@dataclass(frozen=True)
class Label:
    """What stands at a mark: at most two lines of a name, and a smaller one below."""

    lines: tuple[str, ...]
    below: str = ""

    @property
    def width(self) -> float:
        """Give the room it takes sideways."""
        return max([len(line) * LETTER for line in self.lines] + [len(self.below) * SMALL_LETTER])

    @property
    def height(self) -> float:
        """Give the room it takes downwards."""
        return LINE * (len(self.lines) + bool(self.below))


@dataclass(frozen=True)
class Mark:
    """A party in a drawing. `x`, `y` is the middle of its shape; `shape` the first of `roles`; `href` may be empty."""

    key: str
    x: float
    y: float
    radius: float
    roles: tuple[str, ...]
    label: Label
    title: str
    href: str = ""

    @property
    def shape(self) -> str:
        """Give what it is drawn as."""
        return self.roles[0] if self.roles else "none"

    @property
    def text_x(self) -> float:
        """Give where its label begins."""
        return round(self.x + self.radius + 6, 1)

    @property
    def first_y(self) -> float:
        """Give the base of its label's first line: the label stands beside the middle of the shape."""
        return round(self.y - self.label.height / 2 + LINE * 0.78, 1)

    @property
    def points(self) -> str:
        """Give the corners of a shape that has some."""
        x, y, r = self.x, self.y, self.radius
        corners = {
            "buyer": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
            "mill": ((0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0)),
            "carrier": ((0, -1.1), (1.1, 0.8), (-1.1, 0.8)),
        }
        return " ".join(f"{x + r * dx:.1f},{y + r * dy:.1f}" for dx, dy in corners.get(self.shape, ()))


@dataclass(frozen=True)
class Line:
    """What goes from one mark to another: `goods` gives its class and dash, `width` its weight."""

    path: str
    goods: str
    width: float
    title: str
