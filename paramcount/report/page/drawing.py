"""The drawing of all tensors as a treemap: areas are shares (Bruls, Huizing and van Wijk 2000, sec. 3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

WIDTH, HEIGHT = 1000.0, 420.0


class Box(NamedTuple):
    """The rectangle of the share at index *at*."""

    at: int
    x: float
    y: float
    width: float
    height: float


def squarified(shares: Sequence[float], width: float, height: float) -> list[Box]:
    """A rectangle for each positive share, as square as rows allow; together they fill *width* × *height*."""
    left = sorted((at for at, share in enumerate(shares) if share > 0), key=lambda at: -shares[at])
    scale = width * height / sum(shares[at] for at in left) if left else 0
    areas = [share * scale for share in shares]
    boxes: list[Box] = []
    x = y = 0.0
    while left:
        side, n = min(width, height), 1
        while n < len(left) and _worst(areas, left[: n + 1], side) <= _worst(areas, left[:n], side):
            n += 1
        row, left = left[:n], left[n:]
        thick, along = sum(areas[at] for at in row) / side, 0.0
        for at in row:
            long = areas[at] / thick
            boxes.append(Box(at, x + along, y, long, thick) if width < height else Box(at, x, y + along, thick, long))
            along += long
        if width < height:
            y, height = y + thick, height - thick
        else:
            x, width = x + thick, width - thick
    return boxes


def _worst(areas: Sequence[float], row: Sequence[int], side: float) -> float:
    thick = sum(areas[at] for at in row) / side
    return max(max(thick**2 / areas[at], areas[at] / thick**2) for at in row)
