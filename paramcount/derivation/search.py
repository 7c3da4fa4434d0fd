"""From points to a formula: fits every group of tensors, finds the conditions, and checks fresh points."""

from __future__ import annotations

from collections.abc import Container
from itertools import combinations, compress
from typing import Any, NamedTuple

from paramcount.derivation.conditions import Condition, candidates, edges, hold, steps, telling
from paramcount.derivation.expression import Expression, Sizes, multiply, number, size
from paramcount.derivation.fit import Fitter
from paramcount.derivation.patterns import Group, Groups, Patterns
from paramcount.derivation.points import Points, Sample
from paramcount.derivation.terms import Term, agrees

TRAINED = 70  # random points to which expressions are fitted
FRESH = 40  # random points with which a formula must agree
ROUNDS, MORE = 6, 8
ENOUGH = 20  # points needed on one side of a comparison to fit on that side alone
MOST = 30  # layers, when they are set equal to another size
SPLITS = 60  # comparisons tried for a fit on one side alone
PROBES = 80  # points made from comparisons


class Found(NamedTuple):
    """The formula of a subject, its conditions, and how it was checked; *why* says why there is none, if so."""

    points: Points
    patterns: Patterns
    terms: list[Term]
    conditions: list[Condition]
    fresh: int = 0
    provoked: int = 0
    outside: int = 0
    refused: int = 0
    why: str = ""


class Search:
    """The search for the formula of the subject of *points*."""

    def __init__(self, points: Points):
        self.points = points
        self.refused = 0
        self.seen: dict[str, Sample] = {}
        self.groups: dict[str, Groups] = {}

    def run(self) -> Found:
        """The formula, or its terms if some of them have no expression."""
        trained = self.points.singles()
        drawn, self.refused = self.points.random(TRAINED, seed=1)
        trained += drawn
        self.patterns = Patterns(sample.shapes for sample in trained)
        self._note(trained)
        self.base = {field: trained[0].sizes[field] for field in self.points.names}
        layers = set(self._layers().values())
        within = [Condition("<=", size(field), number(n)) for field in self.base for n in sorted(layers)]
        self.offered = [*candidates(self.points.trace.compared, self.base), *within]
        terms = self._fitted(trained)
        found = Found(self.points, self.patterns, terms, [], refused=self.refused)
        if not all(term.found for term in terms):
            return found._replace(why="no expression was found for some tensors")
        return self._proven(terms)

    def _note(self, samples: list[Sample]) -> None:
        for sample in samples:
            key = repr(sorted(sample.point.items()))
            self.seen[key] = sample
            self.groups.setdefault(key, self.patterns.groups(sample.shapes))

    def _groups(self, sample: Sample) -> Groups:
        self._note([sample])
        return self.groups[repr(sorted(sample.point.items()))]

    # fitting

    def _fitted(self, trained: list[Sample]) -> list[Term]:
        workshop = self.points.workshop
        suggested, quotients = self.points.suggested(), self.points.quotients()
        sizes = [sample.sizes for sample in trained]
        self.fitter = Fitter(sizes, self.points.names, suggested, quotients, workshop.check_time)
        best = self._terms(trained, [True] * len(trained))
        for condition in self._dividing(trained):
            if all(term.found for term in best):
                break
            inside = [condition.holds(sample.sizes) for sample in trained]
            missing = {term.pattern for term in best if not term.found}
            if not all(term.found for term in self._terms(trained, inside, missing)):
                continue
            terms = self._terms(trained, inside)
            if sum(not term.found for term in terms) < sum(not term.found for term in best):
                best = terms
        return best

    def _dividing(self, trained: list[Sample]) -> list[Condition]:
        """Comparisons that hold at the base and at enough points, but not at all points."""
        base = trained[0].sizes
        chosen: dict[tuple[bool, ...], Condition] = {}
        for condition in self.offered:
            sides = tuple(condition.holds(sample.sizes) for sample in trained)
            if condition.holds(base) and ENOUGH <= sum(sides) < len(sides):
                chosen.setdefault(sides, condition)
        return list(chosen.values())[:SPLITS]

    def _terms(self, trained: list[Sample], inside: list[bool], alone: Container[str] | None = None) -> list[Term]:
        """The terms, or only those of the patterns *alone*, fitted on the points of *trained* that are *inside*."""
        regime = self._groups(trained[0])
        patterns = dict(regime)
        for sample in compress(trained, inside):  # tensors that appear and vanish with a number of layers
            for pattern, groups in self._groups(sample).items():
                if pattern not in patterns or len(groups) > len(patterns[pattern]):
                    patterns[pattern] = groups
        terms = []
        for pattern, groups in patterns.items():
            if alone is not None and pattern not in alone:
                continue
            fitted = self._pattern(trained, inside, pattern, len(groups))
            if pattern in regime and not all(term.found for term in fitted) and len(regime[pattern]) < len(groups):
                fitted = self._pattern(trained, inside, pattern, len(regime[pattern]))
            if pattern in regime or all(term.found for term in fitted):
                terms += fitted
        return terms

    def _pattern(self, trained: list[Sample], inside: list[bool], pattern: str, many: int) -> list[Term]:
        seen = [self._groups(sample).get(pattern, []) for sample in trained]
        usable = [g if len(g) == many and i else None for g, i in zip(seen, inside, strict=True)]
        absent = [not g and i for g, i in zip(seen, inside, strict=True)]
        sample = next((groups for groups in usable if groups), None)
        if sample is None:
            return []
        terms = []
        for place, group in enumerate(sample):
            picked = [g[place] if g and len(g[place].shape) == len(group.shape) else None for g in usable]
            sides = (
                self._expression(trained, [g.shape[side] if g else None for g in picked])
                for side in range(len(group.shape))
            )
            number = self._count(trained, picked, absent, at_base=bool(seen[0]))
            terms.append(Term(pattern, tuple(sides), number, group.shape))
        return terms

    def _count(
        self, trained: list[Sample], picked: list[Group | None], absent: list[bool], at_base: bool
    ) -> Expression | None:
        """The number of tensors in a group, fitted with points that have none, else without if *at_base* has some."""
        whole = [g.number if g else 0 if none else None for g, none in zip(picked, absent, strict=True)]
        for seen in (whole, [g.number if g else None for g in picked])[: 1 + at_base]:
            if found := self._expression(trained, seen, layers=True):
                return found
        levels = {len(g.levels) for g in picked if g}
        if levels <= {0, 1} or len(levels) > 1:
            return None
        factors = [
            self._expression(trained, [g.levels[level] if g else None for g in picked], layers=True)
            for level in range(levels.pop())
        ]
        return None if None in factors else multiply(factor for factor in factors if factor is not None)

    def _expression(self, trained: list[Sample], seen: list[int | None], layers: bool = False) -> Expression | None:
        base = seen[0]
        moved = set(self.points.fields.many) & set(self.points.names) if layers else set()
        moved |= {s.moved for s, value in zip(trained, seen, strict=True) if s.moved and value not in (None, base)}
        return self.fitter.fit(seen, moved if base is not None else self.points.names, layers)

    # proof

    def _proven(self, terms: list[Term]) -> Found:
        conditions: list[Condition] = []
        for seed in range(2, 2 + ROUNDS):
            fresh, refused = self.points.random(FRESH, seed)
            self.refused += refused
            provoked = self._provoked(terms, seed)
            self._note([*fresh, *provoked])
            agreeing = [s.sizes for s in self.seen.values() if agrees(terms, s.sizes, self._groups(s))]
            deviating = [s.sizes for s in self.seen.values() if not agrees(terms, s.sizes, self._groups(s))]
            before = conditions
            conditions, left = telling(self._substantial(agreeing), deviating, self.offered, self.base)
            found = Found(self.points, self.patterns, terms, conditions, refused=self.refused, outside=len(deviating))
            if left or not agreeing:
                return found._replace(why=self._unexplained(left or deviating))
            inside = [s for s in fresh if hold(conditions, s.sizes)]
            if conditions == before or not conditions:
                tried = sum(hold(conditions, s.sizes) for s in provoked)
                inside += self._more(conditions, FRESH - len(inside), seed)
                if len(inside) < FRESH or not all(agrees(terms, s.sizes, self._groups(s)) for s in inside):
                    continue
                return found._replace(fresh=len(inside), provoked=tried)
        return found._replace(why="its conditions could not be found: each new round of points needed another one")

    def _more(self, conditions: list[Condition], missing: int, seed: int) -> list[Sample]:
        """*missing* more random points at which the conditions hold."""
        found: list[Sample] = []
        for later in range(MORE):
            if len(found) >= missing:
                break
            drawn, _ = self.points.random(FRESH, 1000 * seed + later, conditions)
            found += [sample for sample in drawn if hold(conditions, sample.sizes)]
        self._note(found)
        return found[: max(0, missing)]

    def _substantial(self, agreeing: list[Sizes]) -> list[Sizes]:
        """The points at which no size is 0 unless it is at the base: without layers any formula agrees."""
        base = self.points.sizes({})
        return [sizes for sizes in agreeing if all(sizes[name] or not base[name] for name in self.points.names)]

    def _unexplained(self, left: list[Sizes]) -> str:
        base = self.points.sizes(self.points.complete({}))
        closest = min(left, key=lambda sizes: sum(sizes[name] != base[name] for name in self.points.names))
        differing = [name for name in self.points.names if closest[name] != base[name]]
        said = ", ".join(f"{name} = {closest[name]}" for name in differing)
        return (
            f"the fitted formula is wrong at {said or 'the base itself'}, and no simple condition excludes such points"
        )

    def _provoked(self, terms: list[Term], seed: int) -> list[Sample]:
        """Points meant to break the formula: equal, small and large sizes, more layers, both sides of comparisons."""
        pool, _ = self.points.random(6, seed + 100)
        base = self.points.at({})
        pool = [*([base] if base else []), *pool]
        names = self.points.names
        points: list[dict[str, Any]] = []
        for place, (one, other) in enumerate(combinations(names, 2)):
            start = pool[place % len(pool)].point
            into, of = (one, other) if (place + seed) % 2 else (other, one)
            points.append({**start, into: start.get(of, self.points.fields.base[of])})
        for place, name in enumerate(names):
            start = pool[place % len(pool)].point
            large = self.points.fields.base[name] * (1 if name in self.points.fields.many else 5)
            points += [{**start, name: value} for value in (0, 1, 2, 3, 5, large)]
        points += self._edges(pool)
        points += self._steps(terms, pool)
        small = [point for point in points if self._small(point)]
        small += [{field: 2 * n} for field, n in self._layers().items() if field in self.base]
        return [sample for point in small if (sample := self.points.at(point)) is not None]

    def _layers(self) -> dict[str, int]:
        """The class's own numbers of layers, where a list of layers may end."""
        subject = self.points.workshop.subject
        layers = {field: n for field, n in subject.base.items() if subject.symbols[field].endswith("layers")}
        return {field: n for field, n in layers.items() if type(n) is int and n > 0}

    def _small(self, point: dict[str, Any]) -> bool:
        """Whether no number of layers is too large to build often, and no size is negative unless it is at the base."""
        fields = self.points.fields
        negative = any(point.get(field, 0) < min(0, fields.base[field]) for field in self.points.names)
        return not negative and all(point.get(field, 0) <= max(MOST, fields.base[field]) for field in fields.many)

    def _steps(self, terms: list[Term], pool: list[Sample]) -> list[dict[str, Any]]:
        parts = [part for term in terms for part in (*term.shape, term.number) if part is not None]
        changes = []
        for place, part in enumerate(dict.fromkeys(parts)):
            start = pool[place % len(pool)]
            changes += [{**start.point, **change} for change in steps(part, start.sizes)]
        return changes[:: 1 + len(changes) // PROBES]

    def _edges(self, pool: list[Sample]) -> list[dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        conditions = [Condition(*compared) for compared in self.points.trace.compared]
        names = set(self.points.names)
        for place, condition in enumerate(c for c in conditions if c.left.sizes | c.right.sizes <= names):
            start = pool[place % len(pool)]
            for change in edges(condition, start.sizes):
                point = {**start.point, **change}
                found.setdefault(repr(sorted(point.items())), point)
            if len(found) > PROBES:
                break
        return list(found.values())
