"""What the page's template shows of a model before anything is changed: counts, shares, formulas, verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from typing import Any

from paramcount.ledger.polynomial import Polynomial, number
from paramcount.quantity import short
from paramcount.report.page.drawing import HEIGHT, WIDTH, squarified

SHADES = 9
DARK = (0, 1, 2, 6)  # shades that need white text
LABELLED = (70, 18)  # least width and height of a rectangle with room for a name
READINGS = {
    "non_embedding": "non-embedding, without embeddings and output head",
    "active": "active, without inactive experts",
}


class Panel:
    """One model's data, with what the template needs of it."""

    def __init__(self, data: dict[str, Any], command: str):
        self.data, self.command = data, command
        self.name, self.published = data["name"], data["published"]
        self.sizes = [{"why": "", "tie": None, **size} for size in data["sizes"]]
        self.variants = data["variants"]
        values = [int(size["value"]) for size in self.sizes]
        self._counts = [_at(terms, values) for terms in data["polynomials"]]
        self.readings = {name: self._each("readings", name) for name in self.variants[0]["readings"]}
        self._total = self._first(self.readings["total"]) or 1
        self.components = self._components()
        self.costs = {name: self._each("costs", name) for name in self.variants[0]["costs"]}
        self.no_costs = (
            f"not available as formulas; run paramcount flops {data['called']} or paramcount cache {data['called']}"
        )

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The components, then the total, non-embedding and active counts."""
        every = list(range(len(self.variants)))
        names = {"total": "total", **READINGS}
        shown = [name for name in names if name != "active" or self.readings["active"] != self.readings["total"]]
        sums = [{"name": names[name], "count": self.readings[name], "layer": None, "variants": every,
                 "strong": name == "total", "written": name == "total", "shade": 5} for name in shown]  # fmt: skip
        return [*self.components, *sums]

    @property
    def drawing(self) -> Iterator[dict[str, Any]]:
        """The rectangles of every tensor."""
        tensors = [tensor for tensor in self.data["tensors"] if 0 in tensor.get("in", [0])]
        shades = {one["name"]: one["shade"] for one in self.components}
        for box in squarified([self._counts[tensor["count"]] / self._total for tensor in tensors], WIDTH, HEIGHT):
            tensor = tensors[box.at]
            room = box.width >= LABELLED[0] and box.height >= LABELLED[1]
            fits = room and box.width >= 7 * len(tensor["name"])
            yield {
                **{side: round(getattr(box, side), 2) for side in ("x", "y", "width", "height")},
                "shade": shades[tensor["component"]],
                "title": f"{tensor['name']}: {self._counts[tensor['count']]:,}",
                "label": tensor["name"] if fits else "",
                "ink": "dark" if shades[tensor["component"]] in DARK else "light",
            }

    def shown(self, places: Sequence[int], what: str) -> str:
        """The count at *places* as text: in full ("n"), short ("words"), as a share, or as a bar's width."""
        count = self._first(places)
        if what == "n":
            return f"{count:,}"
        if what == "words":
            return short(count)
        share = count / self._total
        return f"{100 * share:.1f} %" if what == "share" else f"{100 * share:.3f}"

    def bytes(self, places: Sequence[int], each: int) -> str:
        """The count at *places* times *each*, in bytes."""
        return f"{self._first(places) * each:,} bytes"

    def start(self, place: int) -> str:
        """Where the bar of the component at *place* starts, in percent."""
        before = sum(self._first(one["count"]) for one in self.components[:place])
        return f"{100 * before / self._total:.3f}"

    def formula(self, places: Sequence[Any]) -> str:
        """The formula at *places*, before any switch is changed."""
        if places[0] == "":
            return ""
        written: str | None = self.data["formulas"].get(places[0])
        return written or str(self._polynomial(self.data["polynomials"][places[0]]))

    def _polynomial(self, terms: list[Any]) -> Polynomial:
        symbols = [Polynomial.symbol(size["name"]) for size in self.sizes]
        products = (prod((symbols[size] for size in sizes), start=number(int(c))) for c, *sizes in terms)
        return sum(products, number(0))

    def verdict(self, figure: int) -> str:
        """Whether the count agrees with a printed figure, in words."""
        count, printed = self._counts[self.variants[0]["printed"][figure]], self.published[figure]
        low, high, nominal = (int(printed[end]) for end in ("low", "high", "nominal"))
        if low <= count < high:
            return f"✓ agrees: {count:,} " + (f"is within {printed['admits']}" if high - low > 1 else "exactly")
        return f"✗ disagrees: {count:,} is off by {100 * (count - nominal) / nominal:+.2f} %".replace("-", "−")

    def claim(self, figure: int) -> dict[str, str]:
        """Positions of a printed figure's interval and of the count's mark, in thousandths of the axis."""
        count, printed = self._counts[self.variants[0]["printed"][figure]], self.published[figure]
        low, high = int(printed["low"]), int(printed["high"])
        first, last = min(low, count), max(high, count)
        span = (last - first) or 1
        place = {
            name: 100 + 800 * (value - first) / span for name, value in (("x", low), ("to", high), ("mark", count))
        }
        return {
            "x": f"{place['x']:.1f}",
            "width": f"{max(place['to'] - place['x'], 2):.1f}",
            "mark": f"{place['mark'] - 2:.1f}",
        }

    def _components(self) -> list[dict[str, Any]]:
        names = dict.fromkeys(one["name"] for variant in self.variants for one in variant["components"])
        found = []
        for shade, name in enumerate(names):
            of = [
                next((one for one in variant["components"] if one["name"] == name), None) for variant in self.variants
            ]
            found.append(
                {
                    "name": name,
                    "shade": shade % SHADES,
                    "count": _joined([one["count"] if one else "" for one in of]),
                    "layer": _joined(["" if one is None or one["layer"] is None else one["layer"] for one in of]),
                    "variants": [place for place, one in enumerate(of) if one],
                    "strong": False,
                    "written": True,
                }
            )
        return found

    def _each(self, what: str, name: str) -> list[Any]:
        return _joined([variant[what].get(name, "") for variant in self.variants])

    def _first(self, places: Sequence[Any]) -> int:
        return 0 if not places or places[0] == "" else self._counts[places[0]]


def _joined(places: list[Any]) -> list[Any]:
    """One place per variant; a single one if all are the same, none if all are empty."""
    if all(place == "" for place in places):
        return []
    return places[:1] if len(set(places)) == 1 else places


def _at(terms: list[Any], values: list[int]) -> int:
    return sum(prod((values[size] for size in sizes), start=int(coefficient)) for coefficient, *sizes in terms)
