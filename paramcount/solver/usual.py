"""Trends in the catalog: least-squares lines through its models, and the scatter about them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from math import log, sqrt
from typing import NamedTuple

from paramcount.catalog.names import of_tables
from paramcount.catalog.spec import Spec

NEEDED = {"n_layers", "d_model", "n_heads", "d_head"}


class Trend(NamedTuple):
    """y = slope·x + intercept by least squares, with the standard deviation and the largest deviation from it."""

    slope: float
    intercept: float
    spread: float
    widest: float

    def at(self, x: float) -> float:
        return self.slope * x + self.intercept


def fit(points: Iterable[tuple[float, float]]) -> Trend:
    """The least-squares line through *points*, at least two of which differ in x."""
    points = list(points)
    mean_x, mean_y = (sum(values) / len(points) for values in zip(*points, strict=True))
    variance = sum((x - mean_x) ** 2 for x, _ in points)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / variance
    intercept = mean_y - slope * mean_x
    off = [y - slope * x - intercept for x, y in points]
    return Trend(slope, intercept, sqrt(sum(d * d for d in off) / len(off)), max(map(abs, off)))


@cache
def catalog() -> list[Spec]:
    """Every model of the catalog whose shape comes from a published table."""
    return of_tables()


@cache
def counts(reading: str) -> list[int]:
    """The count of each model of the catalog, in order, under *reading* (see Model.read)."""
    return [spec.family.recount(spec.sizes, reading) for spec in catalog()]


@cache
def aspect_trend(reading: str = "total") -> Trend:
    """log(d_model/n_layers) on log(count), over the dense models."""
    counted = zip(catalog(), counts(reading), strict=True)
    models = [(spec.sizes, count) for spec, count in counted if _dense(spec)]
    return fit((log(count), log(sizes["d_model"] / sizes["n_layers"])) for sizes, count in models)


@cache
def head_trend() -> Trend:
    """log(d_head) on log(d_model), over the dense models."""
    return fit((log(spec.sizes["d_model"]), log(spec.sizes["d_head"])) for spec in catalog() if _dense(spec))


@cache
def published_pairs() -> frozenset[tuple[int, int]]:
    """The pairs of n_layers and d_model of the catalog's dense models."""
    return frozenset((spec.sizes["n_layers"], spec.sizes["d_model"]) for spec in catalog() if _dense(spec))


def _dense(spec: Spec) -> bool:
    """Whether every token uses all parameters, so that the count measures the model's size."""
    return set(spec.family.sizes) >= NEEDED and "n_experts" not in spec.family.sizes
